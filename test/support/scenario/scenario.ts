/**
 * Text scenarios: blocks of commands, a line of four dashes, and what they print. A block ends at an empty line after its
 * transcript. All blocks of a file act on one lab, one after another.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { COMMANDS } from "./commands/registry.ts";
import { Stage } from "./stage.ts";

interface Block {
  /** Everything up to the dashes, comments too, as it stands. */
  readonly source: string;
  readonly commands: readonly string[];
  readonly transcript: string;
}

const DASHES = "\n----\n";

export function parseScenario(text: string): Block[] {
  const blocks: Block[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf(DASHES);
    if (end < 0) return blocks;
    const source = rest.slice(0, end);
    const after = rest.slice(end + DASHES.length);
    // A transcript may be empty: then the empty line that ends it comes at once.
    const gap = after.startsWith("\n") ? 0 : after.indexOf("\n\n");
    const transcript = (gap < 0 ? after : after.slice(0, gap)).trimEnd();
    rest = gap < 0 ? "" : after.slice(gap).trimStart();
    const commands = source.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
    blocks.push({ source: source.trimStart(), commands, transcript });
  }
}

/** Plays a file. `update` writes what was printed into it; otherwise the caller compares. */
export async function playScenario(
  file: string,
  update: boolean,
): Promise<{ readonly expected: string; readonly printed: string }> {
  const text = readFileSync(file, "utf8");
  const stage = new Stage();
  const parts: string[] = [];
  for (const block of parseScenario(text)) {
    for (const line of block.commands) await perform(stage, line, file);
    parts.push(`${block.source}${DASHES}${stage.take()}`);
  }
  const printed = `${parts.join("\n\n")}\n`;
  if (update && printed !== text) writeFileSync(file, printed);
  return { expected: update ? printed : text, printed };
}

async function perform(stage: Stage, line: string, file: string): Promise<void> {
  const [name = "", ...words] = line.trim().split(/\s+/);
  const command = COMMANDS[name];
  if (command === undefined) {
    throw new Error(`${file}: unknown command "${name}"; there are ${Object.keys(COMMANDS).join(", ")}`);
  }
  await command(stage, new Words(line, words));
}

/** The words of a command: plain ones by position, key=value ones by key. */
export class Words {
  readonly #line: string;
  readonly #plain: readonly string[];
  readonly #pairs: ReadonlyMap<string, string>;

  constructor(line: string, words: readonly string[]) {
    this.#line = line;
    this.#plain = words.filter((word) => !word.includes("="));
    this.#pairs = new Map(
      words
        .filter((word) => word.includes("="))
        .map((word) => word.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
  }

  at(index: number): string {
    const word = this.#plain[index];
    if (word === undefined) throw new Error(`"${this.#line}" lacks its word number ${index + 1}`);
    return word;
  }

  has(index: number): boolean {
    return index < this.#plain.length;
  }

  text(key: string): string | undefined {
    return this.#pairs.get(key);
  }

  number(key: string, otherwise: number): number {
    const text = this.#pairs.get(key);
    const value = text === undefined ? otherwise : Number(text);
    if (!Number.isFinite(value)) throw new Error(`"${this.#line}": ${key} is no number`);
    return value;
  }
}

export type Command = (stage: Stage, words: Words) => void | Promise<void>;
