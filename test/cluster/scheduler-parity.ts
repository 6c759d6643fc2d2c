/**
 * Lets a real kube-scheduler and ours place the same pods in the same clusters, one by one, and compares every answer.
 *
 *   npm run parity                                   500 placements
 *   npm run parity -- --seed 17                      one cluster
 *   npm run long -- scheduler-parity                 20,000 placements, into docs/results/scheduler-parity.json
 *
 * --placements and --clusters say how many there shall be at the least, --first the first seed, --planes how many control planes work on
 * them at once, --taken what the real scheduler chose by chance in the run that is to be replayed, --result writes a file, --document the
 * page about the last long run. The exit code is 1 where the two differ, 3 where no real scheduler can run.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ParityResult, parityPage } from "../parity/document.ts";
import { explanation, summary } from "../parity/explain.ts";
import { playCluster } from "../parity/play.ts";
import { randomCluster } from "../parity/random-cluster.ts";
import { type RealScheduler, startRealScheduler } from "../parity/real-scheduler.ts";
import { Stage } from "../parity/stage.ts";
import { addCounts, type Counts, noCounts } from "../parity/tally.ts";
import { ProgramMissing } from "../programs/build.ts";
import { KUBERNETES } from "../programs/recipes.ts";

/** A run ends early when it has found so many clusters in which the two differ, or that could not be played to the end. */
const DISAGREEMENTS_MAX = 10;

const { values } = parseArgs({
  options: {
    placements: { type: "string", default: "500" },
    clusters: { type: "string", default: "1" },
    first: { type: "string", default: "1" },
    planes: { type: "string", default: "3" },
    seed: { type: "string" },
    taken: { type: "string" },
    result: { type: "string" },
    document: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (values.document) {
    const result = JSON.parse(readFileSync("docs/results/scheduler-parity.json", "utf8")) as ParityResult;
    writeFileSync("docs/fidelity/scheduler.md", parityPage(result, KUBERNETES));
    return;
  }
  if (values.seed === undefined) await compareMany(Number(values.planes));
  else await onStage({ explains: true }, replay);
}

async function onStage(
  how: { readonly explains: boolean },
  play: (stage: Stage, real: RealScheduler) => Promise<void>,
): Promise<void> {
  const real = await startRealScheduler(how);
  const stage = await Stage.open(real);
  try {
    await play(stage, real);
  } finally {
    stage.close();
    await real.close();
  }
}

async function replay(stage: Stage, real: RealScheduler): Promise<void> {
  if (values.taken !== undefined) real.extender.narrow(takenFrom(values.taken));
  const counts = noCounts();
  const disagreement = await playCluster(stage, randomCluster(Number(values.seed)), counts);
  if (disagreement === undefined) console.log(`${counts.placements} placements, no disagreement`);
  else report(`${summary(disagreement)}\n${explanation(disagreement, real.log)}`);
}

async function compareMany(planes: number): Promise<void> {
  const counts = noCounts();
  const first = Number(values.first);
  let [next, disagreements] = [first, 0];
  const playOn = async (stage: Stage) => {
    while (!isEnough(counts) && disagreements < DISAGREEMENTS_MAX) {
      const disagreement = await compareOne(stage, next++, counts);
      if (disagreement === undefined) continue;
      disagreements++;
      report(disagreement);
    }
  };
  await Promise.all(Array.from({ length: planes }, () => onStage({ explains: false }, playOn)));
  const { clusters, placements } = counts;
  console.log(`${placements} placements in ${clusters} clusters, ${disagreements} disagreements`);
  if (values.result === undefined) return;
  writeFileSync(
    values.result,
    JSON.stringify({ seeds: `${first} to ${next - 1}`, ...counts, disagreements }),
  );
}

/** Plays one cluster to its end; tells what came between, if anything did. */
async function compareOne(stage: Stage, seed: number, counts: Counts): Promise<string | undefined> {
  const start = performance.now();
  const cluster = randomCluster(seed);
  const own = noCounts();
  const disagreement = await playCluster(stage, cluster, own).then(
    (found) => found && summary(found),
    (error: Error) => `cluster ${seed} could not be played: ${error.message}`,
  );
  addCounts(counts, own);
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  const cases = [...cluster.cases].join(", ");
  console.log(
    `seed ${seed}: ${cluster.nodes.length} nodes, ${own.placements} placements in ${seconds} s; ${cases}`,
  );
  return disagreement;
}

function isEnough({ placements, clusters }: Counts): boolean {
  return placements >= Number(values.placements) && clusters >= Number(values.clusters);
}

function report(text: string): void {
  console.log(text);
  process.exitCode = 1;
}

function takenFrom(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(",").map((pair) => pair.split("=") as [string, string]));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
