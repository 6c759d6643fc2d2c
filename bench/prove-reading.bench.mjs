// What it takes to read a cluster of 5,000 nodes, 150,000 pods and 30,000 workloads from a snapshot, against parsing the same
// bytes; what a pod costs in memory; and whether 10,000 nodes with 1,000,000 pods stay within 2 GiB.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSnapshot } from "../dist/prove/reading/read-cluster.js";
import { makeCluster, snapshotText } from "./clusters.mjs";
import { parseObjects, writeFile } from "./snapshot-file.mjs";
import { report } from "./support.mjs";

const RUNS = 5;
const SIZE = { nodes: 5_000, pods: 150_000, workloads: 30_000, fill: 0.7 };
const SIZES = "5,000 nodes, 150,000 pods, 30,000 workloads, 70 % full, seed 1";

const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
try {
  const file = join(folder, "cluster.json");
  await writeFile(file, snapshotText(makeCluster(SIZE)));
  await bench(file);
} finally {
  rmSync(folder, { recursive: true });
}
await benchLargest();

async function bench(file) {
  const ratios = [];
  const own = [];
  const memory = [];
  for (let run = 0; run <= RUNS; run++) {
    const parsed = await parseTimes(file);
    const before = used();
    const start = performance.now();
    const { model } = await readSnapshot(file);
    const ms = performance.now() - start;
    const whole = (used() - before) / model.podCount;
    // The first run only warms up.
    if (run === 0) continue;
    ratios.push(ms / parsed.ms);
    own.push((parsed.bytesPerPod * model.podCount) / model.podBytes);
    memory.push(parsed.bytesPerPod / whole);
  }
  const sizes = `${SIZES}; ${RUNS} runs`;
  report({ what: "snapshot to model / JSON.parse of its objects", ratios, bar: 3, better: "lower", sizes });
  report({
    what: "bytes of a parsed pod / bytes that a pod has of its own in the model",
    ratios: own,
    bar: 20,
    better: "higher",
    sizes,
  });
  report({
    what: "bytes of a parsed pod / bytes of the whole model by pod, classes, workloads, volumes and nodes included",
    ratios: memory,
    better: "higher",
    sizes,
  });
}

/** How long JSON.parse takes for every object, and how much of the heap its pods hold. */
async function parseTimes(file) {
  const pods = [];
  const before = used();
  const ms = await parseObjects(file, (object) => {
    if (object.kind === "Pod" && pods.length < 10_000) pods.push(object);
  });
  return { ms, bytesPerPod: (used() - before) / pods.length };
}

function used() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A process of its own reads what another one makes, so that only the reading counts. */
async function benchLargest() {
  const maker = spawn(process.execPath, ["bench/make-cluster.mjs", "10000", "1000000", "200000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const reader = spawn(process.execPath, ["bench/read-cluster.mjs"], {
    stdio: [maker.stdout, "pipe", "inherit"],
  });
  let text = "";
  for await (const part of reader.stdout) text += part;
  const { pods, cpuSeconds, maxRssBytes } = JSON.parse(text);
  report({
    what: "resident memory in GiB while 1,000,000 pods are read",
    ratios: [maxRssBytes / 2 ** 30],
    bar: 2,
    better: "lower",
    sizes: `10,000 nodes, ${pods.toLocaleString("en")} pods, 200,000 workloads; ${Math.round(cpuSeconds)} s of processor time`,
  });
}
