/**
 * Lets the same failures happen on a lab and on a bed, and holds their moments against each other.
 *
 *   npm run drills                 once each, with pods that leave a lost node after 10 s: about four minutes
 *   npm run drills -- --runs 3 --toleration 300 --result FILE
 *
 * The exit code is 1 where they differ, 3 where no bed can run.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Moments } from "../../src/drill/moments.ts";
import { bringUp, clientOf, takeDown } from "../cluster/bed.ts";
import { BedError } from "../cluster/state.ts";
import { ProgramMissing } from "../programs/build.ts";
import { playOnBed, prepareBed } from "./bed-runs.ts";
import { type Compared, compare, comparisonText } from "./compare.ts";
import { type Drill, nodePoweredOff, playOnLab, podDeleted } from "./scenarios.ts";

const SEEDS = 20;

interface Outcome {
  readonly scenario: string;
  readonly tolerationSeconds: number;
  readonly moments: readonly Compared[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "1" },
      toleration: { type: "string", default: "10" },
      result: { type: "string" },
    },
  });
  const runs = Number(values.runs);
  const drills = [podDeleted(), nodePoweredOff(Number(values.toleration))];
  const outcomes: Outcome[] = [];
  const real = await playAllOnBed(drills, runs);
  for (const [i, drill] of drills.entries()) {
    const simulated: Moments[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) simulated.push(await playOnLab(drill, seed));
    const moments = compare(simulated, real[i] ?? []);
    outcomes.push({ scenario: drill.name, tolerationSeconds: drill.tolerationSeconds, moments });
    console.log(`\n${comparisonText(drill.name, moments)}`);
  }
  if (values.result !== undefined) {
    writeFileSync(values.result, JSON.stringify({ seeds: SEEDS, runs, outcomes }));
  }
  if (outcomes.some(({ moments }) => moments.some(({ agrees }) => !agrees))) process.exitCode = 1;
}

/** The moments of every run, by drill. */
async function playAllOnBed(drills: readonly Drill[], runs: number): Promise<Moments[][]> {
  const bed = await bringUp({ name: `drills-${process.pid}` });
  const client = clientOf(bed);
  try {
    prepareBed(bed);
    const all: Moments[][] = [];
    for (const drill of drills) {
      const theirs: Moments[] = [];
      for (let run = 1; run <= runs; run++) {
        const { what, moments } = await playOnBed(bed, client, drill);
        console.log(`${drill.name}, run ${run}: ${what}, ${JSON.stringify(moments)}`);
        theirs.push(moments);
      }
      all.push(theirs);
    }
    return all;
  } finally {
    client.close();
    await takeDown(bed);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BedError || error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
