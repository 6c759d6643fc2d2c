// What a pod costs in a running lab, against the same pods as parsed JSON.
import { deployments, pods } from "../dist/kube/kinds.js";
import { createLab } from "../dist/lab/lab.js";
import { deployment, report } from "./support.mjs";

const NODES = 100;
const WORKLOADS = 100;
const REPLICAS = 30;
const RUNS = 5;

function heapBytes() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Bytes that a lab's pods take, and those that the same pods take as parsed JSON beside it. */
function measure(seed) {
  const lab = createLab({ seed, nodes: NODES, nodeCpu: "16", nodeMemory: "64Gi" });
  lab.engine.runFor(5_000);
  const empty = heapBytes();
  for (let i = 0; i < WORKLOADS; i++) lab.api.create(deployments, deployment(`app-${i}`, REPLICAS));
  lab.engine.runFor(180_000);
  const inLab = heapBytes() - empty;
  const texts = lab.api.list(pods).map((pod) => JSON.stringify(pod));
  if (texts.length !== WORKLOADS * REPLICAS) throw new Error(`${texts.length} pods`);
  const before = heapBytes();
  const parsed = texts.map((text) => JSON.parse(text));
  const asJson = heapBytes() - before;
  // Both have to be alive to the end, or what is freed of one is taken from the other.
  if (parsed.length !== lab.api.list(pods).length) throw new Error("a pod is missing");
  return inLab / asJson;
}

const ratios = [];
for (let seed = 1; seed <= RUNS; seed++) ratios.push(measure(seed));
report({
  what: "heap of a lab's pods / the same pods as parsed JSON",
  ratios,
  bar: 4,
  better: "lower",
  sizes: `${WORKLOADS * REPLICAS} pods on ${NODES} nodes, seeds 1 to ${RUNS}`,
});
