/** Verbs as users call them, in this process. */
import { type Command, CommanderError } from "commander";
import { vi } from "vitest";
import { exitCodeOf } from "../../src/cli/exit-code.ts";
import { proveCommand } from "../../src/cli/prove.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runProveCommand(...words: readonly string[]): Promise<Ended> {
  return runCommand(proveCommand(), ...words);
}

/** Runs the command with these words behind it, and ends as the program would. */
export async function runCommand(verb: Command, ...words: readonly string[]): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  const listen = (stream: keyof typeof said) =>
    vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
      said[stream] += String(chunk);
      return true;
    });
  const spies = [listen("stdout"), listen("stderr")];
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const command = verb.exitOverride().configureOutput({ writeErr: (text) => process.stderr.write(text) });
    await command.parseAsync(words, { from: "user" });
    return { code: Number(process.exitCode ?? 0), ...said };
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, ...said };
    return {
      code: exitCodeOf(error),
      stdout: said.stdout,
      stderr: `${said.stderr}${(error as Error).message}`,
    };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
