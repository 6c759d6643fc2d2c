import { expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { pod } from "../../../test/support/pods.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { ModelBuilder } from "../model/builder.ts";
import { placingFor } from "../placing.ts";
import { prove } from "../prove.ts";

const SET = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "db", namespace: "default", uid: "uid-db" },
  spec: { replicas: 2, selector: { matchLabels: { app: "db" } }, serviceName: "db", template: {} },
} as unknown as KubeObject;

function budget(minAvailable: number): KubeObject {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "db", namespace: "default", uid: "uid-budget" },
    spec: { minAvailable, selector: { matchLabels: { app: "db" } } },
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  } as unknown as KubeObject;
}

const member = (ordinal: number, on: string) =>
  pod(`db-${ordinal}`).ownedBy(SET).labels({ app: "db" }).on(on).running();

/** "drain/a: stuck Deployment web: cause" for everything that is not safe. */
function told(objects: readonly KubeObject[]): readonly string[] {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  const model = builder.build();
  const { losses } = prove(model, placingFor(model), {
    losses: [{ kind: "drains" }, { kind: "rollouts" }],
  });
  return losses.flatMap(({ id, workloads }) =>
    workloads.map(({ verdict, kind, name, cause }) => `${id}: ${verdict} ${kind} ${name}: ${cause}`),
  );
}

test("a drain that a budget forbids is stuck, and the next begins as if it had not been tried", () => {
  expect(told([node("a"), node("b"), SET, budget(2), member(0, "a"), member(1, "b")])).toEqual([
    "drain/a: stuck StatefulSet db: draining a never ends: db-0 may not be evicted, because budget default/db needs 2 healthy pods and has 2",
    "drain/b: stuck StatefulSet db: draining b never ends: db-1 may not be evicted, because budget default/db needs 2 healthy pods and has 2",
    "rollout/StatefulSet/default/db: outage StatefulSet db: 1 of 2 ready pods are left while rolling out StatefulSet db",
  ]);
});

test("drains go on from where the last one ended", () => {
  // Once a has been emptied both are on b.
  expect(told([node("a"), node("b"), SET, member(0, "a"), member(1, "b")])).toEqual([
    "drain/a: degraded StatefulSet db: 1 of 2 ready pods are being replaced while draining a",
    "drain/b: outage StatefulSet db: 0 of 2 ready pods are left while draining b",
    "rollout/StatefulSet/default/db: degraded StatefulSet db: 1 of 2 ready pods are being replaced while rolling out StatefulSet db",
  ]);
});

const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", uid: "uid-web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {},
  },
} as unknown as KubeObject;

const REPLICA_SET = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: {
    name: "web-1",
    namespace: "default",
    uid: "uid-web-1",
    ownerReferences: [
      { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "uid-web", controller: true },
    ],
  },
  spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: {} },
} as unknown as KubeObject;

const web = (name: string, on: string) =>
  pod(name).ownedBy(REPLICA_SET).labels({ app: "web" }).requests({ cpu: "1" }).on(on).running();

const quota = (hard: Record<string, string>) =>
  ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "limit", namespace: "default", uid: "uid-limit" },
    spec: { hard },
    status: { hard },
  }) as unknown as KubeObject;

const shop = [node("a"), node("b"), node("c"), DEPLOYMENT, REPLICA_SET, web("web-a", "a"), web("web-b", "b")];

test("a rollout that a quota has no room for beside the old pods is stuck", () => {
  expect(told([...shop, quota({ pods: "3" })]).filter((line) => line.includes("rollout"))).toEqual([]);
  expect(told([...shop, quota({ pods: "2" })]).filter((line) => line.includes("rollout"))).toEqual([
    "rollout/Deployment/default/web: stuck Deployment web: rolling out Deployment web never ends: quota default/limit lets no other pod in",
  ]);
});

test("a full quota lets the pods of a drained node in again, one that is overdrawn does not", () => {
  const drained = (hard: Record<string, string>) =>
    told([...shop, quota(hard)]).filter((line) => line.startsWith("drain/a"));
  expect(drained({ "requests.cpu": "2" })).toEqual([
    "drain/a: degraded Deployment web: 1 of 2 ready pods are being replaced while draining a",
  ]);
  expect(drained({ "requests.cpu": "1500m" })).toEqual([
    "drain/a: stuck Deployment web: after draining a quota default/limit lets no other pod in",
  ]);
});
