import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../kube/types/index.ts";
import { ModelBuilder } from "../model/builder.ts";
import { controlPlaneOf, survives } from "./control-plane.ts";
import { combinations, type LossChoice, listLosses } from "./losses.ts";

type Labels = Readonly<Record<string, string>>;

function model(nodes: Readonly<Record<string, Labels>>, more: readonly object[] = []) {
  const builder = new ModelBuilder();
  for (const [name, labels] of Object.entries(nodes)) {
    builder.add({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels },
      spec: {},
      status: { allocatable: { cpu: "4", memory: "8Gi", pods: "110" } },
    } as unknown as KubeObject);
  }
  for (const object of more) builder.add(object as KubeObject);
  return builder.build();
}

const zone = (name: string) => ({ "topology.kubernetes.io/zone": name });
const FOUR = { a: { ...zone("z1"), rack: "r1" }, b: { ...zone("z1"), rack: "r2" }, c: zone("z2"), d: {} };

const VOLUME = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "pv", uid: "pv" },
  spec: {
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "In", values: ["z1"] }] },
        ],
      },
    },
  },
  status: {},
};

describe("losses are named in a stable order:", () => {
  test.each<{ choice: LossChoice; ids: string[] }>([
    { choice: { kind: "nodes" }, ids: ["node/a", "node/b", "node/c", "node/d"] },
    { choice: { kind: "zones" }, ids: ["zone/z1", "zone/z2"] },
    { choice: { kind: "racks", label: "rack" }, ids: ["rack/r1", "rack/r2"] },
    { choice: { kind: "volume-zones" }, ids: ["volume-zone/z1"] },
    {
      choice: { kind: "pairs" },
      ids: ["pair/a+b", "pair/a+c", "pair/a+d", "pair/b+c", "pair/b+d", "pair/c+d"],
    },
    { choice: { kind: "control-plane" }, ids: [] },
  ])("$choice.kind", ({ choice, ids }) => {
    expect(listLosses(model(FOUR, [VOLUME]), [choice]).losses.map(({ id }) => id)).toEqual(ids);
  });

  test("sets of nodes", () => {
    const { losses } = listLosses(model(FOUR), [], 3);
    expect(losses.map(({ id }) => id)).toEqual(["nodes/a+b+c", "nodes/a+b+d", "nodes/a+c+d", "nodes/b+c+d"]);
  });
});

test("what would be the whole cluster, or too much to count out, is said instead", () => {
  const same = model({ a: zone("z"), b: zone("z") });
  expect(listLosses(same, [{ kind: "zones" }]).notes[0]).toMatch(/every node is in zone z/);
  expect(listLosses(same, [], 2).notes[0]).toMatch(/losing 2 at once is losing the cluster/);
  const many = model(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`n${i}`, {}])));
  expect(listLosses(many, [], 5)).toMatchObject({
    losses: [],
    notes: [expect.stringMatching(/more than 20000 sets/)],
  });
});

test.each([
  { members: 1, may: 0 },
  { members: 2, may: 0 },
  { members: 3, may: 1 },
  { members: 5, may: 2 },
])("a control plane of $members bears the loss of $may", ({ members, may }) => {
  const role = { "node-role.kubernetes.io/control-plane": "" };
  const cluster = model({
    ...Object.fromEntries(Array.from({ length: members }, (_, i) => [`cp-${i}`, role])),
    worker: {},
  });
  const plane = controlPlaneOf(cluster);
  expect(plane.members).toHaveLength(members);
  expect(survives(plane, new Set(plane.members.slice(0, may)))).toBe(true);
  expect(survives(plane, new Set(plane.members.slice(0, may + 1)))).toBe(false);
});

test("combinations are all there, once", () => {
  expect(combinations(5, 2)).toHaveLength(10);
  expect(new Set(combinations(6, 3).map(String)).size).toBe(20);
});
