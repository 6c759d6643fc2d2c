import { createInterface } from "node:readline/promises";
import type { Command } from "commander";

/**
 * Asks on the terminal; anything but y or yes is no. Without a terminal nobody can answer, and --yes has to have been given: the
 * command ends with code 2 then.
 */
export async function confirm(question: string, command: Command): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    command.error("error: there is no terminal to ask on; say --yes to have it done without being asked");
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
