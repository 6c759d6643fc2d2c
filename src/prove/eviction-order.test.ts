/**
 * Evictions come one by one: a pod that is more urgent may come when the room it would have had is taken, and put somebody out. What
 * has waited may come between any two of them.
 */
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
const LATE_AND_URGENT = [
  node("lost", "4"),
  node("room", "500m"),
  node("full", "500m"),
  running("urgent", "lost", "250m", 1000),
  running("plain", "lost", "500m"),
  running("elsewhere", "full", "500m"),
];

// As a real one did once: a pod that had waited had the room of one that was said to come back.
const waiting = (name: string, cpu: string) =>
  running(name, "", cpu)
    .replace("  nodeName: \n", "")
    .replace(/^status: .*$/m, "status: { phase: Pending }");
const ONE_WAITS = [running("plain", "lost", "500m"), waiting("hungry", "500m"), node("lost", "500m")];

/** What the loss does to the workload. */
function verdictOn(name: string, cluster: readonly string[], loss: string) {
  const objects = parseManifests(cluster.join("---"), "cluster.yaml").map(
    ({ object }) => object as unknown as KubeObject,
  );
  const model = modelOf(objects);
  const { losses } = prove(model, placingFor(model), { losses: [{ kind: "nodes" }, { kind: "pods" }] });
  return losses.find(({ id }) => id === loss)?.workloads.find((each) => each.name === name);
}

test("nobody is safe whom a late and urgent pod may put out", () => {
  expect(verdictOn("elsewhere", LATE_AND_URGENT, "node/lost")).toMatchObject({
    verdict: "outage",
    downSeconds: { min: 0, max: null },
  });
});

test("nobody is sure to come back whose room a pod may have that has waited", () => {
  const sure = { downSeconds: { max: expect.any(Number) } };
  const unsure = { verdict: "outage", downSeconds: { max: null } };
  expect(verdictOn("plain", [...ONE_WAITS, node("room", "500m")], "node/lost")).toMatchObject(unsure);
  expect(verdictOn("plain", [...ONE_WAITS, node("room", "1")], "node/lost")).toMatchObject(sure);
  expect(verdictOn("plain", ONE_WAITS, "pod/default/plain-1")).toMatchObject(unsure);
  expect(verdictOn("plain", [...ONE_WAITS, node("room", "500m")], "pod/default/plain-1")).toMatchObject(sure);
});
