import { describe, expect, test } from "vitest";
import { type TestControllers, testControllers } from "../../../../test/support/controllers.ts";
import { defineGroves } from "../../../../test/support/custom-kinds.ts";
import { deploymentDraft } from "../../../../test/support/workloads.ts";
import { configMaps, deployments, pods, replicaSets, secrets } from "../../../kube/kinds.ts";
import { controllerReferenceTo, ownerReferenceTo } from "../../../kube/owners.ts";
import type { ConfigMap, KubeObject, OwnerReference } from "../../../kube/types/index.ts";
import { KindRegistry } from "../../apiserver/kind-registry.ts";
import { deployment } from "../deployment/deployment.ts";
import { replicaSet } from "../replicaset/replicaset.ts";
import { garbageCollector } from "./garbage-collector.ts";

function collecting(): TestControllers {
  return testControllers([garbageCollector(new KindRegistry())]);
}

function configMap(
  { api }: TestControllers,
  name: string,
  ownerReferences: readonly OwnerReference[] = [],
  finalizers: readonly string[] = [],
): ConfigMap {
  return api.create(configMaps, { metadata: { name, namespace: "default", ownerReferences, finalizers } });
}

const names = ({ api }: TestControllers) =>
  api
    .list(configMaps, { namespace: "default" })
    .map(
      ({ metadata: { name, deletionTimestamp } }) => `${name}${deletionTimestamp === undefined ? "" : "-"}`,
    );

const blocking = (owner: KubeObject): OwnerReference => ({
  ...ownerReferenceTo(owner),
  blockOwnerDeletion: true,
});

describe("background deletion", () => {
  test("takes dependents away after their owner, and theirs after them", () => {
    const lab = collecting();
    const owner = configMap(lab, "owner");
    const child = configMap(lab, "child", [ownerReferenceTo(owner)]);
    configMap(lab, "grandchild", [ownerReferenceTo(child)]);
    configMap(lab, "stranger");
    lab.api.delete(configMaps, "default", "owner", { propagationPolicy: "Background" });
    expect(names(lab)).toEqual(["child", "grandchild", "stranger"]);
    lab.runSeconds(1);
    expect(names(lab)).toEqual(["stranger"]);
  });

  test("leaves what still has another owner, without the one that is gone", () => {
    const lab = collecting();
    const [first, second] = [configMap(lab, "first"), configMap(lab, "second")];
    configMap(lab, "shared", [ownerReferenceTo(first), ownerReferenceTo(second)]);
    lab.api.delete(configMaps, "default", "first");
    lab.runSeconds(1);
    expect(names(lab)).toEqual(["second", "shared"]);
    expect(lab.api.get(configMaps, "default", "shared")?.metadata.ownerReferences).toEqual([
      ownerReferenceTo(second),
    ]);
  });

  test("takes what names an owner that never was, or an earlier one of the name", () => {
    const lab = collecting();
    const owner = configMap(lab, "owner");
    configMap(lab, "orphan", [{ ...ownerReferenceTo(owner), name: "nobody" }]);
    configMap(lab, "late", [{ ...ownerReferenceTo(owner), uid: "of-another-life" }]);
    lab.runSeconds(1);
    expect(names(lab)).toEqual(["owner"]);
  });

  test("finds dangling objects that are there when it starts", () => {
    const lab = testControllers([]);
    const owner = configMap(lab, "owner");
    configMap(lab, "orphan", [{ ...ownerReferenceTo(owner), uid: "gone" }]);
    garbageCollector(new KindRegistry())(lab.context).start();
    lab.runSeconds(1);
    expect(names(lab)).toEqual(["owner"]);
  });

  test("looks for an owner in the namespace of the dependent only", () => {
    const lab = collecting();
    const owner = configMap(lab, "owner");
    lab.api.create(configMaps, {
      metadata: { name: "far", namespace: "kube-system", ownerReferences: [ownerReferenceTo(owner)] },
    });
    lab.runSeconds(1);
    expect(lab.api.get(configMaps, "kube-system", "far")).toBeUndefined();
  });
});

describe("foreground deletion", () => {
  test("waits for blocking dependents, to the last of their own", () => {
    const lab = collecting();
    const owner = configMap(lab, "owner");
    const child = configMap(lab, "child", [blocking(owner)]);
    configMap(lab, "grandchild", [blocking(child)], ["example.com/hold"]);
    lab.api.delete(configMaps, "default", "owner", { propagationPolicy: "Foreground" });
    lab.runSeconds(1);
    expect(names(lab)).toEqual(["child-", "grandchild-", "owner-"]);
    expect(lab.api.get(configMaps, "default", "child")?.metadata.finalizers).toEqual(["foregroundDeletion"]);
    const held = lab.api.get(configMaps, "default", "grandchild") as ConfigMap;
    lab.api.update(configMaps, { ...held, metadata: { ...held.metadata, finalizers: [] } });
    lab.runSeconds(1);
    expect(names(lab)).toEqual([]);
  });

  test("does not wait for dependents that do not block, but takes them too", () => {
    const lab = collecting();
    const owner = configMap(lab, "owner");
    configMap(lab, "child", [ownerReferenceTo(owner)], ["example.com/hold"]);
    lab.api.delete(configMaps, "default", "owner", { propagationPolicy: "Foreground" });
    lab.runSeconds(1);
    expect(names(lab)).toEqual(["child-"]);
  });

  test("ends even when two objects own each other", () => {
    const lab = collecting();
    const first = configMap(lab, "first");
    const second = configMap(lab, "second", [blocking(first)]);
    lab.api.update(configMaps, {
      ...first,
      metadata: { ...first.metadata, ownerReferences: [blocking(second)] },
    });
    lab.api.delete(configMaps, "default", "first", { propagationPolicy: "Foreground" });
    lab.runSeconds(5);
    expect(names(lab)).toEqual([]);
  });

  test("of a Deployment ends when its last pod has stopped", () => {
    const lab = testControllers([deployment, replicaSet, garbageCollector(new KindRegistry())], {
      stopAfterMs: 10_000,
    });
    lab.api.create(deployments, deploymentDraft("web"));
    lab.runSeconds(10);
    lab.api.delete(deployments, "default", "web", { propagationPolicy: "Foreground" });
    lab.runSeconds(9);
    const count = () =>
      [deployments, replicaSets, pods].map((kind) => lab.api.list(kind as typeof pods).length);
    expect(count()).toEqual([1, 1, 3]);
    lab.runSeconds(3);
    expect(count()).toEqual([0, 0, 0]);
  });
});

describe("orphaning", () => {
  test("leaves dependents without the owner", () => {
    const lab = collecting();
    const owner = configMap(lab, "owner");
    lab.api.create(secrets, {
      metadata: { name: "kept", namespace: "default", ownerReferences: [controllerReferenceTo(owner)] },
    });
    lab.api.delete(configMaps, "default", "owner", { propagationPolicy: "Orphan" });
    lab.runSeconds(1);
    expect(names(lab)).toEqual([]);
    expect(lab.api.get(secrets, "default", "kept")?.metadata.ownerReferences ?? []).toEqual([]);
  });

  test("of a Deployment leaves a running ReplicaSet that the next one of the name adopts", () => {
    const lab = testControllers([deployment, replicaSet, garbageCollector(new KindRegistry())]);
    lab.api.create(deployments, deploymentDraft("web"));
    lab.runSeconds(10);
    const [set] = lab.api.list(replicaSets);
    lab.api.delete(deployments, "default", "web", { propagationPolicy: "Orphan" });
    lab.runSeconds(10);
    expect(lab.api.list(pods)).toHaveLength(3);
    lab.api.create(deployments, deploymentDraft("web"));
    lab.runSeconds(10);
    expect(lab.api.list(replicaSets).map(({ metadata }) => metadata.uid)).toEqual([set?.metadata.uid]);
    expect(lab.api.list(replicaSets)[0]?.metadata.ownerReferences).toHaveLength(1);
  });
});

test("follows kinds that come later", () => {
  const lab = testControllers([]);
  lab.start(garbageCollector(lab.server.kinds));
  const groves = defineGroves(lab);
  const metadata = { name: "elms", namespace: "default" };
  const elms = lab.api.create(groves, { metadata });
  configMap(lab, "map", [ownerReferenceTo(elms)]);
  lab.runSeconds(5);
  expect(names(lab)).toEqual(["map"]);
  lab.api.delete(groves, "default", "elms");
  lab.runSeconds(5);
  expect(names(lab)).toEqual([]);
});

test("costs nothing while nothing is deleted", () => {
  const lab = collecting();
  const owner = configMap(lab, "owner");
  for (let i = 0; i < 50; i++) configMap(lab, `child-${i}`, [ownerReferenceTo(owner)]);
  lab.runSeconds(3_600);
  expect(lab.engine.tasksRun).toBe(0);
});
