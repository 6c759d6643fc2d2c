/**
 * Lets a real kube-scheduler and ours place the same pods in the same clusters, one by one, and compares every answer.
 *
 *   npm run parity                                   500 placements
 *   npm run parity -- --seed 17                      one cluster
 *   npm run long -- scheduler-parity                 20,000 placements, into docs/results/scheduler-parity.json
 *
 * --placements and --clusters say how many there shall be at the least, --first the first seed, --taken what the real scheduler chose by
 * chance in the run that is to be replayed, --result writes a file, --document the page about the last long run. The exit code is 1 where the two differ, 3 where no real
 * scheduler can run.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ParityResult, parityPage } from "../parity/document.ts";
import { explanation, summary } from "../parity/explain.ts";
import { playCluster } from "../parity/play.ts";
import { randomCluster } from "../parity/random-cluster.ts";
import { type RealScheduler, startRealScheduler } from "../parity/real-scheduler.ts";
import { Stage } from "../parity/stage.ts";
import { type Counts, noCounts } from "../parity/tally.ts";
import { ProgramMissing } from "../programs/build.ts";
import { KUBERNETES } from "../programs/recipes.ts";

/** A run ends early when it has found so many clusters in which the two differ, or that could not be played to the end. */
const DISAGREEMENTS_MAX = 10;
/** How often a cluster in which the two differ is played again: whatever is not chance shows every time. */
const REPLAYS = 3;

const { values } = parseArgs({
  options: {
    placements: { type: "string", default: "500" },
    clusters: { type: "string", default: "1" },
    first: { type: "string", default: "1" },
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
  const isReplay = values.seed !== undefined;
  const real = await startRealScheduler({ explains: isReplay });
  const stage = await Stage.open(real);
  try {
    if (isReplay) await replay(stage, real);
    else await compareMany(stage);
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

async function compareMany(stage: Stage): Promise<void> {
  const counts = noCounts();
  const first = Number(values.first);
  const unrepeated: number[] = [];
  let [seed, disagreements] = [first, 0];
  for (; !isEnough(counts) && disagreements < DISAGREEMENTS_MAX; seed++) {
    const start = performance.now();
    const before = counts.placements;
    const cluster = randomCluster(seed);
    const disagreement = await playCluster(stage, cluster, counts).then(
      (found) => found && summary(found),
      (error: Error) => `cluster ${seed} could not be played: ${error.message}`,
    );
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    const cases = [...cluster.cases].join(", ");
    console.log(
      `seed ${seed}: ${cluster.nodes.length} nodes, ${counts.placements - before} placements in ${seconds} s; ${cases}`,
    );
    if (disagreement === undefined) continue;
    if (await isRepeated(stage, seed)) {
      disagreements++;
      report(disagreement);
    } else {
      unrepeated.push(seed);
      console.log(`${disagreement}\nbut not so in ${REPLAYS} replays`);
    }
  }
  const { clusters, placements, askedAgain } = counts;
  console.log(
    `${placements} placements in ${clusters} clusters, ${askedAgain} asked again, ${disagreements} disagreements, ${unrepeated.length} that no replay showed`,
  );
  if (values.result === undefined) return;
  writeFileSync(
    values.result,
    JSON.stringify({ seeds: `${first} to ${seed - 1}`, ...counts, disagreements, unrepeated }),
  );
}

/**
 * Whether a cluster in which the two differed does so again. What our scheduler knows is what has been written; the real one hears of
 * it a moment later, by several ways, and on a busy machine may have placed a pod before it did.
 */
async function isRepeated(stage: Stage, seed: number): Promise<boolean> {
  for (let i = 0; i < REPLAYS; i++) {
    const again = await playCluster(stage, randomCluster(seed), noCounts()).catch((error: Error) => error);
    if (again !== undefined) return true;
  }
  return false;
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
