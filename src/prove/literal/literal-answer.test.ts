import { describe, expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../../test/support/pods.ts";
import { claim, storageClass, volume } from "../../../test/support/volumes.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { ModelBuilder } from "../model/builder.ts";
import type { Model } from "../model/model.ts";
import { digestOf, UNPLACED } from "../outcome.ts";
import { LiteralAnswer } from "./literal-answer.ts";

function modelOf(objects: readonly KubeObject[]): Model {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  return builder.build();
}

const owner = (apiVersion: string, kind: string, name: string): KubeObject =>
  ({ apiVersion, kind, metadata: { name, namespace: "default", uid: `uid-${name}` } }) as KubeObject;
const set = (name: string) => owner("apps/v1", "ReplicaSet", name);

/** A running pod of a ReplicaSet. */
const web = (name: string, on: string): PodBuilder =>
  pod(name).ownedBy(set("web")).labels({ app: "web" }).on(on).running();

/** "web-0 → b", in the order in which they were placed; victims with a cross. */
function told(objects: readonly KubeObject[], lost: readonly string[], seed = 1): readonly string[] {
  const model = modelOf(objects);
  const answer = new LiteralAnswer(model, { seed });
  const indexes = lost.map((name) => model.nodes.findIndex(({ metadata }) => metadata.name === name));
  const { placements, victims, messages } = answer.explain(indexes);
  return [
    ...placements.map(({ pod, node }) =>
      node === UNPLACED
        ? `${model.nameOf(pod)} → nowhere: ${messages.get(pod)}`
        : `${model.nameOf(pod)} → ${model.nodes[node]?.metadata.name}`,
    ),
    ...victims.map((pod) => `${model.nameOf(pod)} ✗`),
  ];
}

const small = (name: string) => node(name).capacity({ cpu: "2" });

describe("who is placed again", () => {
  test.each<{ name: string; of: PodBuilder; told: readonly string[] }>([
    { name: "a ReplicaSet's pod", of: web("p", "a"), told: ["p → b"] },
    {
      name: "a ReplicationController's",
      of: web("p", "a").ownedBy(owner("v1", "ReplicationController", "rc")),
      told: ["p → b"],
    },
    { name: "a Job's", of: web("p", "a").ownedBy(owner("batch/v1", "Job", "job")), told: ["p → b"] },
    {
      name: "a StatefulSet's is not, while the old one may still run",
      of: web("p", "a").ownedBy(owner("apps/v1", "StatefulSet", "db")),
      told: [],
    },
    {
      name: "a DaemonSet's is not",
      of: web("p", "a").ownedBy(owner("apps/v1", "DaemonSet", "agent")),
      told: [],
    },
    { name: "nobody's is not", of: pod("p").on("a").running(), told: [] },
    {
      name: "one that stays on dead nodes is not",
      of: web("p", "a").withSpec({ tolerations: [{ operator: "Exists" }] }),
      told: [],
    },
    {
      name: "one of another scheduler is not",
      of: web("p", "a").withSpec({ schedulerName: "other" }),
      told: [],
    },
  ])("$name", ({ of, told: expected }) => {
    expect(told([node("a"), node("b"), of], ["a"])).toEqual(expected);
  });
});

describe("in which order", () => {
  test("the more important first, then by name, then those that waited before", () => {
    const objects = [
      node("a"),
      node("b").capacity({ cpu: "3" }),
      web("x", "a").requests({ cpu: "1" }),
      web("y", "a").requests({ cpu: "1" }).priority(10, "Never"),
      web("w", "a").requests({ cpu: "1" }),
      pod("old").ownedBy(set("other")).requests({ cpu: "1" }),
    ];
    expect(told(objects, ["a"])).toEqual([
      "y → b",
      "w → b",
      "x → b",
      "old → nowhere: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
    ]);
  });

  test("a pod that wants the company of a later one is tried again", () => {
    const objects = [
      node("a"),
      node("b"),
      pod("near").ownedBy(set("near")).near({ app: "web" }).on("a").running(),
      web("web", "a"),
    ];
    expect(told(objects, ["a"])).toEqual(["web → b", "near → b"]);
  });
});

describe("lost nodes", () => {
  test("still count for pods that stay apart, not for spreading", () => {
    const zoned = (name: string, zone: string) => node(name).zone(zone);
    const apart = (name: string, on: string) =>
      web(name, on).apartFrom({ app: "web" }, "topology.kubernetes.io/zone");
    expect(
      told([zoned("a", "1"), zoned("b", "1"), zoned("c", "2"), apart("p", "a"), apart("q", "c")], ["a"])[0],
    ).toMatch(
      /^p → nowhere: 0\/3 nodes are available: 1 node\(s\) had untolerated taint\(s\), 2 node\(s\) didn't match pod anti-affinity rules/,
    );
  });

  test("keep their zone among the domains of a spread that ignores taints", () => {
    const spread = (name: string, on: string) =>
      web(name, on).spread("topology.kubernetes.io/zone", { app: "web" });
    const objects = [node("a").zone("1"), node("b").zone("2"), spread("p", "a"), spread("q", "b")];
    expect(told(objects, ["a"])[0]).toMatch(/^p → nowhere/);
  });
});

describe("making room", () => {
  const urgent = web("urgent", "a").requests({ cpu: "2" }).priority(100);

  test("victims leave, and what their controllers make of them is placed where it can", () => {
    const objects = [
      small("a"),
      small("b"),
      node("c").capacity({ cpu: "1" }),
      urgent,
      web("idle", "b").requests({ cpu: "1" }),
    ];
    expect(told(objects, ["a"])).toEqual(["urgent → b", "idle → c", "idle ✗"]);
  });

  test("pods that nobody makes again are gone", () => {
    const objects = [small("a"), small("b"), urgent, pod("alone").requests({ cpu: "1" }).on("b").running()];
    expect(told(objects, ["a"])).toEqual(["urgent → b", "alone ✗"]);
  });

  test("a StatefulSet's victim comes back, because it ends on a node that works", () => {
    const db = web("db-0", "b")
      .ownedBy(owner("apps/v1", "StatefulSet", "db"))
      .requests({ cpu: "1" });
    expect(
      told(
        [small("a"), small("b"), small("c"), urgent.requests({ cpu: "2" }), db, web("x", "c").priority(200)],
        ["a"],
      ),
    ).toEqual(["urgent → c"]);
    expect(told([small("a"), small("b"), node("c").capacity({ cpu: "1" }), urgent, db], ["a"])).toEqual([
      "urgent → b",
      "db-0 → c",
      "db-0 ✗",
    ]);
  });

  test("a DaemonSet's victim waits for its own node", () => {
    const agent = pod("agent-b")
      .ownedBy(owner("apps/v1", "DaemonSet", "agent"))
      .requests({ cpu: "1" })
      .affinity({
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["b"] }] }],
          },
        },
      })
      .on("b")
      .running();
    const [placed, waits, victim] = told(
      [small("a"), small("b"), node("c").capacity({ cpu: "1" }), urgent, agent],
      ["a"],
    );
    expect([placed, victim]).toEqual(["urgent → b", "agent-b ✗"]);
    expect(waits).toMatch(/^agent-b → nowhere: 0\/3 nodes are available: .*Insufficient cpu/);
  });

  test("budgets count what the loss has taken already", () => {
    const budget = (name: string, app: string) =>
      ({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name, namespace: "default", uid: name },
        spec: { minAvailable: 1, selector: { matchLabels: { app } } },
        status: { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 },
      }) as unknown as KubeObject;
    const idle = (name: string, app: string, on: string) =>
      pod(name).ownedBy(set(app)).labels({ app }).requests({ cpu: "1" }).on(on).running();
    const objects = [
      node("a"),
      small("b"),
      small("c"),
      urgent,
      budget("x", "x"),
      budget("y", "y"),
      idle("x-1", "x", "a"),
      idle("x-2", "x", "b"),
      idle("y-1", "y", "b"),
      idle("y-2", "y", "c"),
    ];
    // x has lost one of its two with the node: only c can be emptied within the budgets.
    expect(told(objects, ["a"])[0]).toBe("urgent → c");
  });
});

describe("volumes", () => {
  test("are taken by one pod only", () => {
    const local = (name: string, on: string) => volume(name, { storageClass: "local", onNodes: [on] });
    const objects = [
      node("a"),
      node("b"),
      node("c"),
      storageClass("local", { provisioner: "kubernetes.io/no-provisioner" }),
      local("v1", "b"),
      claim("one", { storageClass: "local" }),
      claim("two", { storageClass: "local" }),
      web("p", "a").claims("one"),
      web("q", "a").claims("two"),
    ];
    const [first, second] = told(objects, ["a"]);
    expect(first).toBe("p → b");
    expect(second).toMatch(/^q → nowhere: .*didn't find available persistent volumes to bind/);
    expect(told(objects, ["a"])).toEqual(told(objects, ["a"]));
  });
});

describe("one answer after the other", () => {
  test("begins with the same state", () => {
    const nodes = ["a", "b", "c", "d"].map((name, i) => small(name).zone(`z${i % 2}`));
    const pods = Array.from({ length: 12 }, (_, i) =>
      web(`p${i}`, "abcd"[i % 4] as string)
        .requests({ cpu: `${100 + 37 * i}m` })
        .priority(i % 3),
    );
    const model = modelOf([...nodes, ...pods]);
    const answer = new LiteralAnswer(model, { seed: 3 });
    const losses = [[0], [1], [0, 1], [2, 3], [0, 1, 2], [0]];
    const digests = losses.map((lost) => digestOf(answer.outcomeOf(lost)));
    const fresh = losses.map((lost) => digestOf(new LiteralAnswer(model, { seed: 3 }).outcomeOf(lost)));
    expect(digests).toEqual(fresh);
    expect(digests[0]).toBe(digests[5]);
    expect(new Set(digests).size).toBe(5);
  });

  const x = (name: string, on: string) =>
    pod(name).ownedBy(set("x")).labels({ app: "x" }).requests({ cpu: "2" }).on(on).running();
  const urgentOn = (on: string) => web(`urgent-${on}`, on).requests({ cpu: "2" }).priority(100);
  const local = (name: string, on: string) => volume(name, { storageClass: "local", onNodes: [on] });

  test.each([
    {
      name: "budgets are as they were",
      objects: [
        ...["a", "b", "c", "d"].map(small),
        {
          apiVersion: "policy/v1",
          kind: "PodDisruptionBudget",
          metadata: { name: "x", namespace: "default", uid: "x" },
          spec: { minAvailable: 1, selector: { matchLabels: { app: "x" } } },
        } as unknown as KubeObject,
        x("x-1", "a"),
        x("x-2", "b"),
        web("other", "c").requests({ cpu: "2" }).priority(5),
        urgentOn("d"),
      ],
      // With a a budget loses one of its two pods; once that is taken back the other may go again.
      first: "a",
      second: "d",
      told: "urgent-d → b",
    },
    {
      name: "volumes are free again",
      objects: [
        ...["a", "b", "c", "d"].map((name) => node(name)),
        storageClass("local", { provisioner: "kubernetes.io/no-provisioner" }),
        local("v1", "b"),
        claim("one", { storageClass: "local" }),
        claim("two", { storageClass: "local" }),
        web("p", "a").claims("one"),
        web("q", "d").claims("two"),
      ],
      first: "a",
      second: "d",
      told: "q → b",
    },
  ])("$name", ({ objects, first, second, told: expected }) => {
    const model = modelOf(objects);
    const answer = new LiteralAnswer(model, { seed: 1 });
    const indexOf = (name: string) => model.nodes.findIndex(({ metadata }) => metadata.name === name);
    expect(answer.outcomeOf([indexOf(first)]).placements).not.toEqual([]);
    const [placed] = answer.outcomeOf([indexOf(second)]).placements;
    expect(`${model.nameOf(placed?.pod ?? -1)} → ${model.nodes[placed?.node ?? -1]?.metadata.name}`).toBe(
      expected,
    );
  });

  test("another seed takes another of equal nodes", () => {
    const nodes = Array.from({ length: 10 }, (_, i) => node(`n${i}`));
    const chosen = new Set(
      Array.from({ length: 20 }, (_, seed) => told([...nodes, web("p", "n0")], ["n0"], seed)[0]),
    );
    expect(chosen.size).toBeGreaterThan(4);
  });
});
