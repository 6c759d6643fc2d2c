/** What random clusters hardly ever come to: by hand, and against the literal scheduler for every set of lost nodes. */
import { expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../../test/support/pods.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { LiteralAnswer } from "../literal/literal-answer.ts";
import { ModelBuilder } from "../model/builder.ts";
import { digestOf, UNPLACED } from "../outcome.ts";
import { ExactAnswer } from "./exact-answer.ts";

const ZONE = "topology.kubernetes.io/zone";
const REGION = "topology.kubernetes.io/region";
const SEED = 1;

/** A pod of a ReplicaSet of its app. */
function of(app: string, name: string, priority: number, cpu = "0"): PodBuilder {
  const set = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: app, namespace: "default", uid: `uid-${app}` },
  } as KubeObject;
  return pod(name).ownedBy(set).labels({ app }).priority(priority).requests({ cpu });
}

const budget = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "m", namespace: "default", uid: "m" },
  spec: { minAvailable: 0, selector: { matchLabels: { app: "m" } } },
  status: { disruptionsAllowed: 2, currentHealthy: 2, desiredHealthy: 0, expectedPods: 2 },
} as unknown as KubeObject;

const spread = (name: string) => of("w", name, 0).spread(ZONE, { app: "w" }, { minDomains: 3 });
const inRegion = (name: string, cpu: string) =>
  node(name)
    .capacity({ cpu })
    .labels({ [REGION]: "r", pool: ["x", "c", "d"].includes(name) ? "p" : "none" });

test.each([
  {
    name: "fewer domains than wanted count as empty ones, however even the others are",
    objects: [
      ...["a", "b"].map((name) => node(name).zone("z1")),
      ...["c", "d"].map((name) => node(name).zone("z2")),
      spread("w-0").on("a").running(),
      spread("w-1").on("b").running(),
      spread("w-2").on("c").running(),
    ],
    lost: ["a"],
    told: ["w-0 → nowhere"],
  },
  {
    name: "the first of a group that wants to be together may go anywhere",
    objects: [node("a"), node("b").zone("z1"), of("db", "db-0", 0).near({ app: "db" }, ZONE)],
    lost: ["a"],
    told: ["db-0 → b"],
  },
  {
    name: "the first may go anywhere where company is on the same node, too",
    objects: [node("a"), node("b"), of("db", "db-0", 0).near({ app: "db" })],
    lost: ["a"],
    told: ["db-0 → b"],
  },
  {
    // "late" waits for "friend", which waits for "first": it comes to x only when m-1 has come there, and puts that out together
    // with n-0. Whether m-2 may be put out then, which n-0 wants, is for the budget to say: m-1 was not healthy yet.
    name: "who has come during the loss and is put out again uses up no budget",
    objects: [
      budget,
      ...[
        ["a", "8"],
        ["x", "3"],
        ["y", "2"],
        ["c", "2"],
        ["d", "2"],
      ].map(([name = "", cpu = ""]) => inRegion(name, cpu)),
      of("first", "first-0", 5, "1").nodeSelector({ "kubernetes.io/hostname": "y" }),
      of("friend", "friend-0", 200, "1")
        .nodeSelector({ "kubernetes.io/hostname": "y" })
        .near({ app: "first" }, REGION),
      of("late", "late-0", 100, "3")
        .nodeSelector({ "kubernetes.io/hostname": "x" })
        .near({ app: "friend" }, REGION)
        .on("a")
        .running(),
      of("m", "m-1", 1, "1").nodeSelector({ "kubernetes.io/hostname": "x" }).on("a").running(),
      of("m", "m-2", 1, "2").nodeSelector({ "kubernetes.io/hostname": "c" }).on("c").running(),
      of("n", "n-0", 50, "2").nodeSelector({ pool: "p" }).on("x").running(),
      of("o", "o-1", 2, "2").nodeSelector({ "kubernetes.io/hostname": "d" }).on("d").running(),
    ],
    lost: ["a"],
    told: [
      "first-0 → y",
      "m-1 → x",
      "friend-0 → y",
      "late-0 → x",
      "n-0 → c",
      "m-1 → nowhere",
      "m-2 → nowhere",
      "n-0 ✗",
      "m-1 ✗",
      "m-2 ✗",
    ],
  },
])("$name", ({ objects, lost, told }) => {
  const builder = new ModelBuilder();
  for (const object of objects) builder.add(object);
  const model = builder.build();
  const exact = new ExactAnswer(model, { seed: SEED });
  const literal = new LiteralAnswer(model, { seed: SEED });
  for (let subset = 1; subset < 2 ** model.nodes.length; subset++) {
    const nodes = [...model.nodes.keys()].filter((one) => ((subset >> one) & 1) === 1);
    expect([nodes, digestOf(exact.outcomeOf(nodes))]).toEqual([nodes, digestOf(literal.outcomeOf(nodes))]);
  }
  const indexes = lost.map((name) => model.nodes.findIndex(({ metadata }) => metadata.name === name));
  const { placements, victims } = exact.outcomeOf(indexes);
  expect([
    ...placements.map(
      ({ pod: one, node: where }) =>
        `${model.nameOf(one)} → ${where === UNPLACED ? "nowhere" : model.nodes[where]?.metadata.name}`,
    ),
    ...victims.map((one) => `${model.nameOf(one)} ✗`),
  ]).toEqual(told);
});

test("no certificate for a pod that minds two sorts of domains: each has room, and no node is in the right one of both", () => {
  const inRack = (name: string, zone: string, rack: string) => node(name).zone(zone).labels({ rack });
  const both = (name: string) => of("w", name, 0).spread(ZONE, { app: "w" }).spread("rack", { app: "w" });
  const builder = new ModelBuilder();
  for (const object of [
    inRack("a", "z1", "r1"),
    inRack("b", "z1", "r2"),
    inRack("c", "z2", "r1"),
    inRack("d", "z2", "r2"),
    both("w-0").on("d").running(),
    both("w-1").on("a").running(),
  ])
    builder.add(object);
  const model = builder.build();
  const exact = new ExactAnswer(model, { seed: SEED });
  expect(exact.outcomeOf([3]).placements).toEqual([{ pod: 0, node: UNPLACED }]);
  expect(exact.certifies([3])).toBe(false);
});
