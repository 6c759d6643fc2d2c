/**
 * Plants bugs one after the other, each in a copy of the sources, and sees whether the tests notice.
 *
 *   npm run long -- planted       all of them: some ten minutes
 *
 * --only NAME plants those whose name holds NAME, --result writes a file. The exit code is 1 when one is not noticed, or
 * cannot be planted because its line is not what it was.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { PLANTED } from "./bugs.ts";
import { misfit, PlantedCopy } from "./plant.ts";

const { values } = parseArgs({ options: { only: { type: "string" }, result: { type: "string" } } });
const bugs = PLANTED.filter(({ name }) => name.includes(values.only ?? ""));
const problems = PLANTED.flatMap((bug) => misfit(bug) ?? []);
if (problems.length > 0) {
  console.error(["These can no longer be planted:", ...problems].join("\n  "));
  process.exit(1);
}
const copy = new PlantedCopy();
process.once("exit", () => copy.remove());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

// A bug is noticed only by tests that pass without it.
const sound = await copy.run([...new Set(bugs.flatMap(({ tests }) => tests))], false);
if (sound.kind !== "passed") {
  console.error("The tests fail with nothing planted:", JSON.stringify(sound));
  process.exit(1);
}
console.log(`${sound.tests} tests pass with nothing planted`);

const seen: { readonly bug: string; readonly caughtBy: string | null }[] = [];
for (const bug of bugs) {
  const run = await copy.runWith(bug);
  const caughtBy = run.kind === "failed" ? (run.tests[0] ?? null) : null;
  seen.push({ bug: bug.name, caughtBy });
  const why = run.kind === "broken" ? ` (${run.why})` : "";
  console.log(caughtBy === null ? `NOT CAUGHT: ${bug.name}${why}` : `caught: ${bug.name} — ${caughtBy}`);
}
const missed = seen.filter(({ caughtBy }) => caughtBy === null);
console.log(`${seen.length} planted, ${seen.length - missed.length} caught`);
if (values.result !== undefined)
  writeFileSync(
    values.result,
    JSON.stringify({ planted: seen.length, caught: seen.length - missed.length, bugs: seen }),
  );
process.exit(missed.length > 0 ? 1 : 0);
