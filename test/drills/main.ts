/**
 * Lets the same failures happen on a lab and on a bed, and holds their moments against each other.
 *
 *   npm run drills                         once each, with pods that leave a lost node after 10 s: about four minutes
 *   npm run long -- drills                 three times each, with the 300 s that every pod gets: about half an hour
 *
 * --only names one of them, --runs and --toleration say how often and after how many seconds, --seeds how many labs make the
 * range, --result writes a file. The exit code is 1 where the two differ, 3 where no bed can run.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Moments } from "../../src/drill/moments.ts";
import { clientOf } from "../cluster/bed.ts";
import { withBed } from "../cluster/own-bed.ts";
import { BedError } from "../cluster/state.ts";
import { ProgramMissing } from "../programs/build.ts";
import { playOnBed, prepareBed } from "./bed-runs.ts";
import { compare, comparisonText } from "./compare.ts";
import { type Drill, MOMENTS, nodePoweredOff, playOnLab, podDeleted } from "./scenarios.ts";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      runs: { type: "string", default: "1" },
      toleration: { type: "string", default: "10" },
      // One real run may be any: it is held against all that can be.
      seeds: { type: "string", default: "200" },
      result: { type: "string" },
    },
  });
  const [runs, seeds] = [Number(values.runs), Number(values.seeds)];
  const all = [podDeleted(), nodePoweredOff(Number(values.toleration))];
  const drills = all.filter(({ name }) => values.only === undefined || name === values.only);
  if (drills.length === 0) throw new BedError(`--only is one of ${all.map(({ name }) => name).join(", ")}`);
  const real = await playAllOnBed(drills, runs);
  const outcomes = [];
  for (const [i, drill] of drills.entries()) {
    const moments = compare(MOMENTS, await playAllOnLabs(drill, seeds), real[i] ?? []);
    outcomes.push({ scenario: drill.name, tolerationSeconds: drill.tolerationSeconds, moments });
    console.log(`\n${comparisonText(drill.name, MOMENTS, moments)}`);
  }
  if (values.result !== undefined) writeFileSync(values.result, JSON.stringify({ runs, seeds, outcomes }));
  if (outcomes.some(({ moments }) => moments.some(({ agrees }) => !agrees))) process.exitCode = 1;
}

async function playAllOnLabs(drill: Drill, seeds: number): Promise<Moments[]> {
  const all: Moments[] = [];
  for (let seed = 1; seed <= seeds; seed++) all.push(await playOnLab(drill, seed));
  return all;
}

/** The moments of every run, by drill. */
function playAllOnBed(drills: readonly Drill[], runs: number): Promise<Moments[][]> {
  return withBed({ nodes: 3 }, async (bed) => {
    const client = clientOf(bed);
    try {
      prepareBed(bed);
      const all: Moments[][] = [];
      for (const drill of drills) {
        const theirs: Moments[] = [];
        for (let run = 1; run <= runs; run++) {
          const { what, moments } = await playOnBed(bed, client, drill);
          console.log(`${drill.name}, run ${run} of ${runs}: ${what}; ${JSON.stringify(moments)}`);
          theirs.push(moments);
        }
        all.push(theirs);
      }
      return all;
    } finally {
      client.close();
    }
  });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BedError || error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
