/** Running the programs of others against a lab. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProgramMissing, programs } from "../../programs/build.ts";
import type { LabProcess } from "../../support/lab-process.ts";

/** Programs by their names, or why a test has to do without them. */
export type Programs<Name extends string> =
  | { readonly missing: undefined; readonly paths: Readonly<Record<Name, string>> }
  | { readonly missing: string; readonly paths: Readonly<Record<Name, string>> };

/** Builds what is not there yet. A test that cannot have its programs is left out, and the reason is printed. */
export async function clientPrograms<Name extends string>(
  ...names: readonly Name[]
): Promise<Programs<Name>> {
  try {
    return { missing: undefined, paths: await programs(...names) };
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error;
    console.warn(`left out for want of ${names.join(", ")}: ${error.message}`);
    return { missing: error.message, paths: {} as Record<Name, string> };
  }
}

/** What a program that has ended leaves. */
export interface Ended {
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Long enough for everything that a test waits for; a program that takes longer is killed, and its code is null. */
const PATIENCE_MS = 120_000;

/** A cluster that a kubeconfig leads to, and a folder for what is written meanwhile. */
export type Place = Pick<LabProcess, "kubeconfig" | "folder">;

/** What programs of a user see of the world: one lab, and a home that is empty. */
function environment(lab: Place, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const home = join(lab.folder, "home");
  mkdirSync(home, { recursive: true });
  return { PATH: process.env.PATH, HOME: home, KUBECONFIG: lab.kubeconfig, KUBECTL_KUBERC: "false", ...more };
}

/** Runs a program to its end. */
export function run(lab: Place, path: string, words: readonly string[], input = ""): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(path, words, { env: environment(lab), timeout: PATIENCE_MS, killSignal: "SIGKILL" });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("error", failed);
    child.once("close", (code) => done({ code, output }));
    // Who reads nothing may be gone before it is written.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** Runs a program that has to end well, and answers what it printed. @throws with everything that it printed */
export async function good(
  lab: Place,
  path: string,
  words: readonly string[],
  input?: string,
): Promise<string> {
  const { code, output } = await run(lab, path, words, input);
  if (code === 0) return output;
  throw new Error(`${path} ${words.join(" ")} ended with ${code ?? "a kill"}:\n${output}`);
}

/** A program that runs until it is told to stop. */
export interface Running {
  /** Everything that it has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a program that goes on running; it ends with this process at the latest. */
export function start(lab: Place, path: string, words: readonly string[], more?: NodeJS.ProcessEnv): Running {
  const child = spawn(path, words, {
    env: environment(lab, more),
    cwd: lab.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    output: () => output,
    async stop() {
      process.off("exit", kill);
      child.kill("SIGTERM");
      const stubborn = setTimeout(kill, STOP_MS);
      await ended;
      clearTimeout(stubborn);
    },
  };
}

/** From the request to stop to the end of those that do not hear it. */
const STOP_MS = 10_000;
const POLL_MS = 250;

/** Asks again and again until the answer is there. @throws with what was waited for, as it is told at the end */
export async function eventually<T>(
  what: string | (() => string),
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(POLL_MS);
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain for ${typeof what === "string" ? what : what()}`);
}
