/**
 * Proves what real clusters would do when they lose nodes or pods, takes them away, and holds what happens against the proof.
 *
 *   npm run losses                20 losses on four real control planes at once, whose nodes KWOK plays: about eight minutes
 *   npm run losses -- --bed       and six more on three real nodes with real pods, by the clock: about twelve minutes more; takes root
 *
 * --losses says how many of the first sort, --clusters on how many control planes, --seed where the random workloads begin,
 * --result writes a file. The exit code is 1 where proof and cluster differ, 3 where no such cluster can run.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BedError } from "../cluster/state.ts";
import { ProgramMissing } from "../programs/build.ts";
import { losesOnBed } from "./on-bed.ts";
import { losesOnKwok } from "./on-kwok.ts";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      losses: { type: "string", default: "20" },
      clusters: { type: "string", default: "4" },
      seed: { type: "string", default: "1" },
      bed: { type: "boolean", default: false },
      result: { type: "string" },
    },
  });
  const [losses, clusters, first] = [values.losses, values.clusters, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const shares = Array.from({ length: clusters }, (_, i) => Math.floor((losses + i) / clusters));
  const onKwok = (await Promise.all(shares.map((share, i) => losesOnKwok(first + i, share)))).flat();
  // After the others, who would make its seconds longer.
  const onBed = values.bed ? await losesOnBed() : [];
  const runs = [...onKwok, ...onBed];
  const different = runs.filter(({ differences: found }) => found.length > 0);
  console.log(`${runs.length} losses, ${different.length} of them not as proved`);
  if (values.result !== undefined)
    writeFileSync(values.result, JSON.stringify({ losses: runs.length, onKwok, onBed }));
  if (different.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ProgramMissing || error instanceof BedError)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
