import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { container, pod, TEST_EPOCH_MS } from "../../../test/support/pods.ts";
import { daemonSetDraft, deploymentDraft, replicaSetDraft } from "../../../test/support/workloads.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { ModelBuilder } from "./builder.ts";
import type { Model } from "./model.ts";

function modelOf(...objects: readonly KubeObject[]): Model {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  return builder.build();
}

/** A draft as it stands in a cluster. */
function stored(kind: string, draft: object, owner?: KubeObject, apiVersion = "apps/v1"): KubeObject {
  const { metadata } = draft as KubeObject;
  const reference = owner && {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
  };
  return {
    ...draft,
    apiVersion,
    kind,
    metadata: {
      ...metadata,
      uid: `uid-${kind}-${metadata.name}`,
      ...(reference && { ownerReferences: [reference] }),
    },
  } as KubeObject;
}

const web = stored("Deployment", deploymentDraft("web"));
const webSet = stored("ReplicaSet", replicaSetDraft("web-abc"), web);
const webPod = (suffix: string) =>
  pod(`web-abc-${suffix}`).labels({ app: "web" }).ownedBy(webSet).meta({ generateName: "web-abc-" });

describe("pods of one controller", () => {
  test("share a class, and keep what is their own", () => {
    const model = modelOf(
      node("b"),
      node("a"),
      web,
      webSet,
      webPod("x")
        .on("b")
        .running()
        .startedAt(TEST_EPOCH_MS + 5_000),
      webPod("y").on("a").running(false),
      webPod("z"),
    );
    expect(model.classes).toHaveLength(1);
    expect(model.nodes.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    const pods = [0, 1, 2].map((i) => [model.keyOf(i), model.nodeOf[i], model.isReady(i), model.startOf[i]]);
    expect(pods).toEqual([
      ["default/web-abc-x", 1, true, TEST_EPOCH_MS / 1_000 + 5],
      ["default/web-abc-y", 0, false, 0],
      ["default/web-abc-z", -1, false, 0],
    ]);
    expect(model.workloads).toMatchObject([
      { kind: "Deployment", namespace: "default", name: "web", replicas: 3 },
    ]);
    expect(model.workloadOf(2)).toBe(model.workloads[0]);
    expect(model.podAt(0)).toMatchObject({
      metadata: { name: "web-abc-x", namespace: "default", labels: { app: "web" } },
      spec: { nodeName: "b", priority: 0 },
    });
    expect([...model.podsOn(1)]).toEqual([0]);
  });

  test.each<[string, (one: ReturnType<typeof webPod>) => KubeObject]>([
    ["labels", (one) => one.labels({ tier: "x" })],
    ["requests", (one) => one.requests({ cpu: "1" })],
    ["priority", (one) => one.priority(5)],
    ["tolerations", (one) => one.tolerates({ operator: "Exists" })],
    ["namespace", (one) => one.inNamespace("other")],
    ["image", (one) => one.image("other")],
    ["claims", (one) => one.claims("data")],
    ["owner", (one) => one.ownedBy(web)],
  ])("that differ in %s do not", (_, change) => {
    expect(modelOf(web, webSet, webPod("x"), change(webPod("y"))).classes).toHaveLength(2);
  });

  test.each<[string, (one: ReturnType<typeof webPod>) => KubeObject]>([
    ["annotations", (one) => one.annotations({ a: "b" })],
    [
      "volumes that say nothing about nodes",
      (one) => one.volumes({ name: "kube-api-access-x", projected: {} }),
    ],
    ["environment", (one) => one.containers({ ...container("main"), env: [{ name: "A" }] })],
    ["host name", (one) => one.withSpec({ hostname: "x" })],
  ])("that differ in %s do", (_, change) => {
    expect(modelOf(web, webSet, webPod("x"), change(webPod("y"))).classes).toHaveLength(1);
  });

  test("of a DaemonSet share one on all nodes, and each still names its own", () => {
    const set = stored("DaemonSet", daemonSetDraft("agent"));
    const on = (name: string) =>
      pod(`agent-${name}`)
        .ownedBy(set)
        .affinity({
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] },
              ],
            },
          },
        })
        .on(name);
    const model = modelOf(node("a"), node("b"), set, on("a"), on("b"));
    expect(model.classes).toMatchObject([{ isPinned: true, replacement: "same-node" }]);
    expect(model.classes[0]?.prototype.spec.affinity).toBeUndefined();
    expect(model.podAt(1).spec.affinity).toEqual(on("b").spec.affinity);
  });
});

test("a pod takes some two dozen bytes of its own", () => {
  const pods = Array.from({ length: 1_000 }, (_, i) => webPod(`${i}`.padStart(5, "0")).on("a").running());
  expect(modelOf(node("a"), web, webSet, ...pods).podBytes / 1_000).toBeLessThanOrEqual(24);
});

describe("the order of the input", () => {
  test("does not matter", () => {
    const objects = [
      node("a"),
      node("b"),
      web,
      webSet,
      webPod("x").on("a").running(),
      webPod("y").on("b"),
      pod("zone/alone").on("a").requests({ cpu: "1" }),
      stored("DaemonSet", daemonSetDraft("agent")),
    ];
    const dump = (model: Model) => ({
      nodes: model.nodes,
      pods: Array.from({ length: model.podCount }, (_, i) => model.podAt(i)),
      classes: model.classes,
      workloads: model.workloads,
      unknowns: model.unknowns,
      assumed: model.assumed,
    });
    const expected = dump(modelOf(...objects));
    fc.assert(
      fc.property(fc.shuffledSubarray(objects, { minLength: objects.length }), (shuffled) => {
        expect(dump(modelOf(...shuffled))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});

describe("what is going on", () => {
  const dead = node("dead").condition({ type: "Ready", status: "Unknown" });

  test("pods that have ended do not count", () => {
    expect(modelOf(node("a"), pod("x").on("a").phase("Succeeded")).podCount).toBe(0);
  });

  test("pods on their way out of a node that works are gone, those of a dead one stay", () => {
    const model = modelOf(
      node("a"),
      dead,
      webPod("x").on("a").deleting(TEST_EPOCH_MS),
      webPod("y").on("dead").deleting(TEST_EPOCH_MS),
    );
    expect(model.podCount).toBe(1);
    expect(model.isTerminating(0)).toBe(true);
    expect(model.podAt(0).metadata.deletionTimestamp).toBeDefined();
    expect(model.assumed).toContain(
      "Pod default/web-abc-x: being deleted; taken to be gone when a loss takes effect",
    );
  });
});

describe("input that is not right", () => {
  const reasons = (model: Model) => model.unknowns.map(({ object, why }) => `${object}: ${why}`);

  test("a pod on a node that is not there holds nothing and is named", () => {
    const model = modelOf(node("a"), webPod("x").on("gone").running());
    expect(reasons(model)).toEqual([
      "Pod default/web-abc-x: is bound to node gone, which is not in the input; it holds nothing anywhere",
    ]);
    expect(model.unknowns[0]?.workload).toBe(0);
    expect(model.nodeOf[0]).toBe(-1);
  });

  test("of an object that comes twice the last counts", () => {
    const model = modelOf(
      node("a"),
      node("b"),
      node("a").cordoned(),
      webPod("x").on("a"),
      webPod("x").on("b"),
    );
    expect(model.nodes[0]?.spec.unschedulable).toBe(true);
    expect([model.podCount, model.nodeOf[0]]).toEqual([1, 1]);
    expect(model.assumed.filter((text) => text.includes("twice"))).toEqual([
      "Node a, Pod default/web-abc-x: in the input twice; the last one counts",
    ]);
  });

  test.each<{ name: string; objects: readonly unknown[]; why: string }>([
    {
      name: "a node without allocatable",
      objects: [node("a").withStatus({ allocatable: undefined as never })],
      why: "Node a: says no status.allocatable: no pod is placed on it",
    },
    {
      name: "an amount that is none",
      objects: [pod("x").requests({ cpu: "many" })],
      why: "Pod default/x: cannot be read: quantities must match the regular expression",
    },
    {
      name: "a negative amount",
      objects: [pod("x").requests({ memory: "-1Gi" })],
      why: 'Pod default/x: spec.containers[0].resources.requests.memory: "-1Gi" is negative',
    },
    {
      name: "more than there can be",
      objects: [node("a").allocatable({ memory: "9Ei" })],
      why: 'Node a: status.allocatable.memory: "9Ei" is more than can be counted exactly: nothing is placed by it',
    },
    {
      name: "replicas below nothing",
      objects: [stored("Deployment", deploymentDraft("web", { replicas: -3 }))],
      why: "Deployment default/web: spec.replicas is -3; expected a whole number from 0 to 1000000",
    },
    {
      name: "fields of the wrong type",
      objects: [{ ...pod("x"), spec: { containers: "none" } }],
      why: "Pod default/x: cannot be read: ",
    },
    {
      name: "a spec that is none",
      objects: [{ ...pod("x"), spec: null, status: null }],
      why: "Pod default/x: cannot be read: it has no spec",
    },
    {
      name: "an owner of a kind that nobody knows",
      objects: [pod("x").ownedBy({ ...node("f"), apiVersion: "example.org/v1", kind: "Fleet" })],
      why: "Pod default/x: is owned by Fleet f: what that does about a lost pod is not modelled",
    },
    {
      name: "another scheduler",
      objects: [pod("x").withSpec({ schedulerName: "volcano" })],
      why: "Pod default/x: is placed by the scheduler volcano, which is not modelled",
    },
    {
      name: "owners in a circle",
      objects: (() => {
        const a = stored("ReplicaSet", replicaSetDraft("a"), {
          ...web,
          kind: "ReplicaSet",
          metadata: { ...web.metadata, name: "b", uid: "uid-ReplicaSet-b" },
        });
        const b = stored("ReplicaSet", replicaSetDraft("b"), a);
        return [a, b, pod("x").ownedBy(a)];
      })(),
      why: "ReplicaSet default/a: its owners own each other (ReplicaSet a, ReplicaSet b): nobody is at the top",
    },
  ])("$name", ({ objects, why }) => {
    const model = modelOf(...(objects as KubeObject[]));
    expect(reasons(model).join("\n")).toContain(why);
  });

  test("kinds that no answer reads are counted", () => {
    const model = modelOf(stored("Secret", { metadata: { name: "s" } }, undefined, "v1"));
    expect([...model.passedOver]).toEqual([["v1/Secret", 1]]);
  });
});
