/** Evictions come one by one: a pod that is more urgent may come when the room it would have had is taken, and put somebody out. */
import { expect, test } from "vitest";
import type { KubeObject } from "../kube/types/index.ts";
import { parseManifests } from "../view/manifests.ts";
import { modelOf } from "./model-of.ts";
import { placingFor } from "./placing.ts";
import { prove } from "./prove.ts";

const node = (name: string, cpu: string) => `
apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name} } }
status: { allocatable: { cpu: ${cpu}, memory: 16Gi, pods: "110" }, conditions: [{ type: Ready, status: "True" }] }
`;

const running = (name: string, on: string, cpu: string, priority = 0) => `
apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: ${name}, uid: ${name} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: none, resources: { requests: { cpu: ${cpu} } } }] }
---
apiVersion: v1
kind: Pod
metadata:
  name: ${name}-1
  uid: ${name}-1
  labels: { app: ${name} }
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: ${name}, uid: ${name}, controller: true }]
spec:
  nodeName: ${on}
  priority: ${priority}
  containers: [{ name: main, image: none, resources: { requests: { cpu: ${cpu} } } }]
status: { phase: Running, conditions: [{ type: Ready, status: "True" }] }
`;

// As real ones did once: "plain" took the last room before "urgent" came, which then put "elsewhere" out, that fits nowhere.
const CLUSTER = [
  node("lost", "4"),
  node("room", "500m"),
  node("full", "500m"),
  running("urgent", "lost", "250m", 1000),
  running("plain", "lost", "500m"),
  running("elsewhere", "full", "500m"),
].join("---");

test("nobody is safe whom a late and urgent pod may put out", () => {
  const objects = parseManifests(CLUSTER, "cluster.yaml").map(
    ({ object }) => object as unknown as KubeObject,
  );
  const model = modelOf(objects);
  const { losses } = prove(model, placingFor(model), { losses: [{ kind: "nodes" }] });
  const verdicts = losses.find(({ id }) => id === "node/lost")?.workloads ?? [];
  const elsewhere = verdicts.find(({ name }) => name === "elsewhere");
  expect(elsewhere).toMatchObject({ verdict: "outage", downSeconds: { min: 0, max: null } });
});
