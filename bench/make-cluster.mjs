// Prints a cluster's snapshot. Usage: node bench/make-cluster.mjs NODES PODS WORKLOADS
import { once } from "node:events";
import { makeCluster, snapshotText } from "./clusters.mjs";

const [nodes, pods, workloads] = process.argv.slice(2).map(Number);
let text = "";
for (const part of snapshotText(makeCluster({ nodes, pods, workloads, fill: 0.7 }))) {
  text += part;
  if (text.length < 1 << 20) continue;
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
  text = "";
}
process.stdout.write(text);
