/**
 * How property tests are run: how many cases, and what a failure tells.
 * `HOLDFAST_FUZZ_RUNS` asks for the long form; a failing property prints the command that replays its shrunk case.
 */
import { relative } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";

const DEFAULT_RUNS = 1000;

/** Cases per property. */
export function fuzzRuns(): number {
  const asked = Number(process.env.HOLDFAST_FUZZ_RUNS);
  return asked > 0 ? asked : DEFAULT_RUNS;
}

/**
 * Runs a property; to be called inside a test, whose title goes into the replay command.
 * @param share of the usual number of cases, where each takes long
 */
export function assertProperty<T>(property: fc.IProperty<T>, share?: number): void;
export function assertProperty<T>(property: fc.IAsyncProperty<T>, share?: number): Promise<void>;
export function assertProperty<T>(
  property: fc.IProperty<T> | fc.IAsyncProperty<T>,
  share = 1,
): Promise<void> | void {
  const seed = process.env.HOLDFAST_FUZZ_SEED;
  const path = process.env.HOLDFAST_FUZZ_PATH;
  return fc.assert(property as fc.IAsyncProperty<T>, {
    numRuns: Math.ceil(fuzzRuns() * share),
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(path !== undefined && { path }),
    reporter: (run) => {
      if (!run.failed) return;
      const message = `${fc.defaultReportMessage(run)}\n\nReplay: ${replayCommand(run)}`;
      throw new Error(message, { cause: run.errorInstance });
    },
  });
}

function replayCommand<T>(run: fc.RunDetails<T>): string {
  const { currentTestName = "", testPath = "" } = expect.getState();
  const title = currentTestName.split(" > ").at(-1) ?? "";
  const seed = `HOLDFAST_FUZZ_SEED=${run.seed} HOLDFAST_FUZZ_PATH=${run.counterexamplePath ?? ""}`;
  return `${seed} npx vitest run ${relative(process.cwd(), testPath)} -t ${JSON.stringify(title)}`;
}
