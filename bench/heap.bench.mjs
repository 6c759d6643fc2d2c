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

const ratios = [];
for (let seed = 1; seed <= RUNS; seed++) {
  let lab = createLab({ seed, nodes: NODES, nodeCpu: "16", nodeMemory: "64Gi" });
  lab.engine.runFor(5_000);
  const empty = heapBytes();
  for (let i = 0; i < WORKLOADS; i++) lab.api.create(deployments, deployment(`app-${i}`, REPLICAS));
  lab.engine.runFor(180_000);
  const inLab = heapBytes() - empty;
  const texts = lab.api.list(pods).map((pod) => JSON.stringify(pod));
  if (texts.length !== WORKLOADS * REPLICAS) throw new Error(`${texts.length} pods`);
  lab = undefined;
  const before = heapBytes();
  const parsed = texts.map((text) => JSON.parse(text));
  const asJson = heapBytes() - before;
  if (parsed.length === 0) throw new Error("nothing parsed");
  ratios.push(inLab / asJson);
}
report({
  what: "heap of a lab's pods / the same pods as parsed JSON",
  ratios,
  bar: 4,
  better: "lower",
  sizes: `${WORKLOADS * REPLICAS} pods on ${NODES} nodes, seeds 1 to ${RUNS}`,
});
