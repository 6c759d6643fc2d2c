import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeCluster, objectsOf } from "../../../bench/clusters.mjs";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { node } from "../../../test/support/nodes.ts";
import { pod, TEST_EPOCH_MS } from "../../../test/support/pods.ts";
import type { KubeObject, Node, Pod } from "../../kube/types/index.ts";
import { ModelBuilder } from "./builder.ts";
import type { ModelChange } from "./change.ts";
import { ChangeableModel } from "./changeable-model.ts";
import type { Model } from "./model.ts";
import { imagesOf, withImages } from "./slim.ts";

function modelOf(objects: Iterable<KubeObject>): Model {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  return builder.build();
}

const text = (model: Model) => JSON.stringify(dump(model));

/** Everything that a model tells, whatever the numbers of its classes, and without classes that have no pods. */
function dump(model: Model) {
  const classText = (index: number) => {
    const { index: _number, ...rest } = model.classes[index] as (typeof model.classes)[number];
    return JSON.stringify(rest);
  };
  const images = imagesOf(model.classes.filter(({ index }) => model.podsOfClass(index).length > 0));
  const indexes = Array.from({ length: model.podCount }, (_, i) => i);
  return {
    nodes: model.nodes.map((one) => withImages(one, images)),
    podsOn: model.nodes.map((_, i) => [...model.podsOn(i)]),
    columns: [model.classOf, model.nodeOf, model.flags, model.startOf].map(({ length }) => length),
    pods: indexes.map((i) => [model.podAt(i), model.flags[i], classText(model.classOf[i] as number)]),
    ofClass: indexes.map((i) => [...model.podsOfClass(model.classOf[i] as number)]),
    budgetsOf: indexes.map((i) => model.budgetsOf(i)),
    workloads: model.workloads,
    budgets: model.budgets.map(({ classes, ...budget }) => ({
      ...budget,
      classes: classes.map(classText).sort(),
    })),
    tableOfBudgets: [...model.objects.budgets.all()]
      .map(({ metadata, status }) => [metadata.name, status])
      .sort(),
    unknowns: model.unknowns,
    assumed: model.assumed,
    nowMs: model.nowMs,
  };
}

const KEY = (object: KubeObject) =>
  `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`;

/** A cluster as its objects, to which the same is done as to the model. */
class Cluster {
  readonly objects: Map<string, KubeObject>;

  constructor(objects: Iterable<KubeObject>) {
    this.objects = new Map([...objects].map((object) => [KEY(object), object]));
  }

  pick<T extends KubeObject>(kind: string, number: number): T {
    const all = [...this.objects.values()].filter((object) => object.kind === kind);
    return all[number % all.length] as T;
  }

  apply(change: ModelChange): void {
    if (change.kind === "pod") this.objects.set(KEY(change.pod), change.pod);
    else if (change.kind === "node") this.objects.set(KEY(change.node), change.node);
    else if (change.kind === "node-gone") this.objects.delete(`Node /${change.name}`);
    else this.objects.delete(`Pod ${change.namespace}/${change.name}`);
  }
}

const withPod = (one: Pod, change: object): Pod => ({ ...one, ...change });
const gone = ({ metadata }: Pod): ModelChange => ({
  kind: "pod-gone",
  namespace: metadata.namespace as string,
  name: metadata.name,
});

/** Changes as they come in a cluster; each is made of one object that is there. */
const CHANGES: Readonly<Record<string, (cluster: Cluster, a: number, b: number) => ModelChange>> = {
  "a pod goes": (cluster, a) => gone(cluster.pick<Pod>("Pod", a)),
  "a pod ends": (cluster, a) => {
    const one = cluster.pick<Pod>("Pod", a);
    return { kind: "pod", pod: withPod(one, { status: { ...one.status, phase: "Succeeded" } }) };
  },
  "a pod moves": (cluster, a, b) => {
    const one = cluster.pick<Pod>("Pod", a);
    const nodeName = cluster.pick<Node>("Node", b).metadata.name;
    return { kind: "pod", pod: withPod(one, { spec: { ...one.spec, nodeName } }) };
  },
  "a pod is unbound": (cluster, a) => {
    const one = cluster.pick<Pod>("Pod", a);
    const { nodeName: _node, ...spec } = one.spec;
    return { kind: "pod", pod: withPod(one, { spec, status: { phase: "Pending" } }) };
  },
  "a pod is not ready": (cluster, a) => {
    const one = cluster.pick<Pod>("Pod", a);
    return { kind: "pod", pod: withPod(one, { status: { ...one.status, conditions: [] } }) };
  },
  "a pod comes": (cluster, a, b) => {
    const one = cluster.pick<Pod>("Pod", a);
    const metadata = { ...one.metadata, name: `${one.metadata.generateName ?? "p-"}${b}`, uid: `${b}` };
    const startTime = new Date(TEST_EPOCH_MS + b * 1_000_000).toISOString();
    return { kind: "pod", pod: withPod(one, { metadata, status: { ...one.status, startTime } }) };
  },
  "a pod gets a label": (cluster, a, b) => {
    const one = cluster.pick<Pod>("Pod", a);
    const labels = { ...one.metadata.labels, tier: String(b % 3), ...(b % 2 === 0 && { app: "none" }) };
    return { kind: "pod", pod: withPod(one, { metadata: { ...one.metadata, labels } }) };
  },
  "a pod is being deleted": (cluster, a) => {
    const one = cluster.pick<Pod>("Pod", a);
    const metadata = { ...one.metadata, deletionTimestamp: "2026-01-06T08:00:00Z" };
    return { kind: "pod", pod: withPod(one, { metadata }) };
  },
  "a node is cordoned": (cluster, a) => {
    const one = cluster.pick<Node>("Node", a);
    return { kind: "node", node: { ...one, spec: { ...one.spec, unschedulable: true } } };
  },
  "a node has another size": (cluster, a, b) => {
    const one = cluster.pick<Node>("Node", a);
    const allocatable = { ...one.status.allocatable, cpu: String(b % 64) };
    return { kind: "node", node: { ...one, status: { ...one.status, allocatable } } };
  },
  "a node is not ready, or is again": (cluster, a, b) => {
    const one = cluster.pick<Node>("Node", a);
    const conditions = [{ type: "Ready", status: b % 2 === 0 ? "Unknown" : "True" }];
    return { kind: "node", node: { ...one, status: { ...one.status, conditions } } } as ModelChange;
  },
  "a node comes": (cluster, a, b) => {
    const one = cluster.pick<Node>("Node", a);
    return { kind: "node", node: { ...one, metadata: { ...one.metadata, name: `node-${b % 9_999}` } } };
  },
  "a node goes": (cluster, a) => ({ kind: "node-gone", name: cluster.pick<Node>("Node", a).metadata.name }),
};

const NAMES = Object.keys(CHANGES);

describe("after changes", () => {
  const objectsBySeed = [1, 2, 3].map((seed) => [
    ...objectsOf(makeCluster({ nodes: 4, pods: 18, workloads: 8, fill: 0.6, seed })),
  ]);

  test("a model is what it would be if it were built of the objects as they are now", () => {
    const made = new Map<string, number>();
    const step = fc.tuple(fc.constantFrom(...NAMES), fc.nat(1_000), fc.nat(1_000));
    assertProperty(
      fc.property(fc.nat(2), fc.array(step, { minLength: 1, maxLength: 6 }), (seed, steps) => {
        const cluster = new Cluster(objectsBySeed[seed] as KubeObject[]);
        let changeable = new ChangeableModel(modelOf(cluster.objects.values()));
        // What is grouped at first use has to be there before anything changes.
        let before = text(changeable.model);
        for (const [name, a, b] of steps) {
          if (cluster.pick("Node", 0) === undefined || cluster.pick("Pod", 0) === undefined) break;
          const change = (CHANGES[name] as (typeof CHANGES)[string])(cluster, a, b);
          cluster.apply(change);
          const expected = modelOf(cluster.objects.values());
          const applied = changeable.apply(change);
          const after = text(changeable.model);
          if (applied.kind === "anew") {
            expect(after).toBe(before);
            changeable = new ChangeableModel(expected);
          } else {
            made.set(name, (made.get(name) ?? 0) + 1);
            if (after !== text(expected)) expect(dump(changeable.model)).toEqual(dump(expected));
          }
          before = text(changeable.model);
        }
      }),
      // Each builds some models anew.
      1 / 5,
    );
    // A change that is always refused would pass without this.
    const inPlace = NAMES.filter((name) => name !== "a pod is being deleted");
    expect(inPlace.filter((name) => (made.get(name) ?? 0) < 3)).toEqual([]);
  }, 60_000);
});

describe("what is told of a change", () => {
  const owner = { ...node("s"), apiVersion: "apps/v1", kind: "ReplicaSet" } as KubeObject;
  const owned = (name: string) => pod(name).ownedBy(owner);
  const start = () =>
    new ChangeableModel(
      modelOf([node("a"), node("b"), owned("p1").on("a").running(), owned("p3").on("a").running()]),
    );

  test("a pod that comes has its place by name", () => {
    const changeable = start();
    expect(changeable.apply({ kind: "pod", pod: owned("p2").on("b") })).toMatchObject({
      kind: "in-place",
      pods: [{ after: { pod: 1, node: 1, podClass: 0 } }],
      hasNewClass: false,
    });
    expect([0, 1, 2].map((i) => changeable.model.nameOf(i))).toEqual(["p1", "p2", "p3"]);
  });

  test("a node that goes leaves its pods without one, and unknowns", () => {
    const changeable = start();
    expect(changeable.apply({ kind: "node-gone", name: "a" })).toMatchObject({
      node: { index: 0, isGone: true },
      pods: [{ before: { node: 0 }, after: { node: -1 } }, {}],
    });
    expect(changeable.model.unknowns.map(({ object }) => object)).toEqual([
      "Pod default/p1",
      "Pod default/p3",
    ]);
  });

  test.each<[string, ModelChange, string]>([
    [
      "a pod of a controller that has none",
      { kind: "pod", pod: pod("x").on("a") },
      "the first of its controller",
    ],
    ["a pod on a node that is not there", { kind: "pod", pod: owned("p2").on("z") }, "is bound to node z"],
    [
      "an image that nodes may have",
      { kind: "pod", pod: owned("p2").image("other:1").on("a") },
      "image was not kept",
    ],
    [
      "a pod that nobody has seen",
      { kind: "pod-gone", namespace: "default", name: "x" },
      "is not in the model",
    ],
    [
      "a size that is none",
      { kind: "node", node: node("a").allocatable({ cpu: "-1" }) },
      "allocatable amounts",
    ],
  ])("%s needs another model", (_, change, why) => {
    const changeable = start();
    const before = dump(changeable.model);
    expect(changeable.apply(change)).toMatchObject({ kind: "anew", why: expect.stringContaining(why) });
    expect(dump(changeable.model)).toEqual(before);
  });
});
