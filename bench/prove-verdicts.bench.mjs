// From a snapshot file to the verdicts of all single-node losses, against JSON.parse of the same objects one by one.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placingFor } from "../dist/prove/placing.js";
import { prove } from "../dist/prove/prove.js";
import { readSnapshot } from "../dist/prove/reading/read-cluster.js";
import { snapshotText } from "./clusters.mjs";
import { clusterOf, NODES, RUNS, sizesOf } from "./prove-support.mjs";
import { parseObjects, writeFile } from "./snapshot-file.mjs";
import { median, report } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
try {
  for (const [nodes, fill] of [
    [NODES / 10, 0.7],
    [NODES / 10, 0.95],
    [NODES, 0.7],
  ]) {
    const file = join(folder, "cluster.json");
    await writeFile(file, snapshotText(clusterOf(nodes, fill)));
    await bench(file, fill, nodes === NODES ? 1 : RUNS);
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function bench(file, fill, runs) {
  const ratios = [];
  const reading = [];
  const judging = [];
  let sizes;
  for (let run = 0; run < runs; run++) {
    const parsed = await parseObjects(file);
    const start = performance.now();
    const { model } = await readSnapshot(file);
    const read = performance.now();
    const { losses } = prove(model, placingFor(model), { losses: [{ kind: "nodes" }] });
    const end = performance.now();
    if (losses.length !== model.nodes.length) throw new Error("a loss is missing");
    ratios.push((end - start) / parsed);
    reading.push(read - start);
    judging.push(end - read);
    sizes = sizesOf(model, fill);
  }
  report({
    what: "snapshot file to verdicts of all single-node losses / JSON.parse of its objects",
    ratios,
    bar: 3,
    better: "lower",
    sizes: `${sizes}; ${runs} runs; reading ${Math.round(median(reading))} ms, judging ${Math.round(median(judging))} ms`,
  });
}
