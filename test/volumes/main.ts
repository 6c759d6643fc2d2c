/**
 * Does the same to an application with a disk on a bed and on labs, and holds the moments of what follows against each other:
 * npm run long -- volumes takes about a quarter of an hour.
 *
 * --seeds says how many labs make the range, --result writes a file. The exit code is 1 where the two differ, 3 where no bed
 * can run.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { deployManifests } from "../../src/drill/deploy.ts";
import { labTarget } from "../../src/drill/lab-target.ts";
import { findKind } from "../../src/kube/kinds.ts";
import { createLab } from "../../src/lab/lab.ts";
import { drive } from "../../src/time/drive.ts";
import { parseManifests } from "../../src/view/manifests.ts";
import { csi, DISK_MANIFESTS } from "../cluster/add-ons/csi/csi.ts";
import { addProgram, clientOf } from "../cluster/bed.ts";
import { withBed } from "../cluster/own-bed.ts";
import { BedError } from "../cluster/state.ts";
import { bedTarget } from "../drills/bed-target.ts";
import { compare, comparisonText, type Times } from "../drills/compare.ts";
import { ProgramMissing } from "../programs/build.ts";
import { IMAGE, PROFILE, SOURCE } from "./application.ts";
import { type Moment, SCENARIOS, type Scenario, type Target } from "./scenarios.ts";

const NODES = 3;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seeds: { type: "string", default: "20" }, result: { type: "string" } },
  });
  const seeds = Number(values.seeds);
  const real = await playOnBed();
  const labs: Times<Moment>[][] = [];
  for (let seed = 1; seed <= seeds; seed++) labs.push(await playOnLab(seed));
  const outcomes = SCENARIOS.map(({ name, moments }, i) => {
    const one = (run: readonly Times<Moment>[]) => run[i] as Times<Moment>;
    const compared = compare(moments, labs.map(one), [one(real)]);
    console.log(`\n${comparisonText(name, moments, compared)}`);
    return { scenario: name, moments: compared };
  });
  if (values.result !== undefined) writeFileSync(values.result, JSON.stringify({ runs: 1, seeds, outcomes }));
  if (outcomes.some(({ moments }) => moments.some(({ agrees }) => !agrees))) process.exitCode = 1;
}

/** The moments of every scenario, one after another on the same cluster. */
async function playAll(
  target: Target,
  told: (scenario: Scenario, times: Times<Moment>) => void,
): Promise<Times<Moment>[]> {
  const all: Times<Moment>[] = [];
  for (const scenario of SCENARIOS) {
    const times = await scenario.play(target);
    told(scenario, times);
    all.push(times);
  }
  return all;
}

function playOnBed(): Promise<Times<Moment>[]> {
  return withBed({ nodes: NODES, addOns: [csi] }, async (bed) => {
    const client = clientOf(bed);
    try {
      addProgram(bed, { name: IMAGE, source: SOURCE });
      // It takes a while: whoever waits sees how far it is.
      return await playAll(bedTarget(bed, client), ({ name }, times) =>
        console.log(`${name}: ${JSON.stringify(times)}`),
      );
    } finally {
      client.close();
    }
  });
}

function playOnLab(seed: number): Promise<Times<Moment>[]> {
  const lab = createLab({ seed, nodes: NODES, profile: PROFILE });
  const run = async () => {
    await lab.ready();
    const target = labTarget(lab);
    await deployManifests(target.client, parseManifests(DISK_MANIFESTS, "disk.yaml"), findKind);
    return await playAll(target, () => {});
  };
  return drive(lab.engine, run());
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BedError || error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
