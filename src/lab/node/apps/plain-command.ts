import type { Container } from "../../../kube/types/index.ts";

/** How a program ends that says so itself. */
export interface PlainCommand {
  /** From its start to its end; endless when absent. */
  readonly runSeconds?: number;
  readonly exitCode: number;
}

const SHELLS = new Set(["sh", "ash", "bash", "dash"]);
const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * What a container's command does, where its words tell without running it: `true`, `false`, `sleep 5`, `pause`, and shell
 * scripts of nothing but these, `exit 3` and `echo`. Nothing for every other program.
 */
export function plainCommand(container: Words): PlainCommand | undefined {
  return follow(container, () => {});
}

/** What such a command prints; nothing of every other program is known. */
export function plainOutput(container: Words): readonly PrintedLine[] {
  const lines: PrintedLine[] = [];
  const known = follow(container, (afterSeconds, text) => lines.push({ afterSeconds, text }));
  return known === undefined ? [] : lines;
}

/** One line of output, and when it comes, counted from the program's start. */
export interface PrintedLine {
  readonly afterSeconds: number;
  readonly text: string;
}

type Words = Pick<Container, "command" | "args">;
type Print = (afterSeconds: number, text: string) => void;

function follow(container: Words, print: Print): PlainCommand | undefined {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const [program = "", flag = "", script = ""] = words;
  if (!SHELLS.has(baseName(program))) return ending([[words]], print);
  // The words after a script are its parameters, which a plain one does not look at.
  return /^-[eux]*c$/.test(flag) && !/[$`<>|(){}]/.test(script) ? ending(chains(script), print) : undefined;
}

type Statement = readonly string[];

/** The statements of a script: those that are joined by "&&" are one chain. */
function chains(script: string): readonly (readonly Statement[])[] {
  const lists = script.split(/;|\n/).filter((list) => list.trim() !== "");
  return lists.map((list) => list.split("&&").map((statement) => statement.trim().split(/\s+/)));
}

function ending(script: readonly (readonly Statement[])[], print: Print): PlainCommand | undefined {
  let runSeconds = 0;
  let exitCode = 0;
  if (script.length === 0) return undefined;
  for (const chain of script) {
    for (const statement of chain) {
      const step = stepOf(statement, exitCode);
      if (step === undefined) return undefined;
      if (baseName(statement[0] ?? "") === "echo") print(runSeconds, printed(statement));
      exitCode = step.exitCode;
      if (step.runSeconds === undefined) return { exitCode };
      runSeconds += step.runSeconds;
      if (step.ends) return { runSeconds, exitCode };
      // What failed takes the rest of its chain with it.
      if (exitCode !== 0) break;
    }
  }
  return { runSeconds, exitCode };
}

function printed([, ...words]: Statement): string {
  return words.join(" ").replaceAll(/["']/g, "");
}

/** One statement's part: how long it takes, its status, and whether the script ends with it. */
function stepOf([program = "", argument = ""]: Statement, status: number): Step | undefined {
  switch (baseName(program)) {
    case "echo":
    case "true":
      return { runSeconds: 0, exitCode: 0 };
    case "false":
      return { runSeconds: 0, exitCode: 1 };
    case "pause":
      return { exitCode: 0 };
    case "sleep": {
      if (argument === "infinity") return { exitCode: 0 };
      const seconds = sleepSeconds(argument);
      return seconds === undefined ? undefined : { runSeconds: seconds, exitCode: 0 };
    }
    case "exit":
      if (!/^\d*$/.test(argument)) return undefined;
      return { runSeconds: 0, exitCode: argument === "" ? status : Number(argument) % 256, ends: true };
    default:
      return undefined;
  }
}

interface Step extends PlainCommand {
  readonly ends?: boolean;
}

function sleepSeconds(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (SECONDS[unit] as number);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
