/** Loops over seeds: how many, and what a failure tells. For cases that a seed makes whole, where nothing would be shrunk. */
import { relative } from "node:path";
import { expect } from "vitest";

/**
 * Runs a case for each seed from 1 on; to be called inside a test, whose title goes into the replay command.
 * `HOLDFAST_CASES` asks for the long form, `HOLDFAST_SEED` for one seed alone.
 *
 * @param oneIn of how many cases of the long form one is run, where one costs so much more than elsewhere
 */
export function forEachSeed(count: number, run: (seed: number) => void, oneIn = 1): void {
  const only = Number(process.env.HOLDFAST_SEED);
  if (only > 0) {
    run(only);
    return;
  }
  const asked = Number(process.env.HOLDFAST_CASES) || count;
  const cases = Math.max(Math.ceil(asked / oneIn), Math.min(asked, count));
  for (let seed = 1; seed <= cases; seed++) {
    try {
      run(seed);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n\nReplay: ${replayCommand(seed)}`, { cause: error });
    }
  }
}

/** Whether all seeds run: what is counted over them says nothing when one alone is replayed. */
export function runsAllSeeds(): boolean {
  return !(Number(process.env.HOLDFAST_SEED) > 0);
}

function replayCommand(seed: number): string {
  const { currentTestName = "", testPath = "" } = expect.getState();
  const title = currentTestName.split(" > ").at(-1) ?? "";
  return `HOLDFAST_SEED=${seed} npx vitest run ${relative(process.cwd(), testPath)} -t ${JSON.stringify(title)}`;
}
