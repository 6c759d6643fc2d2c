/**
 * Deadlocks made by hand, each with its near miss: one detail differs, and the change ends. Every one of them is also carried
 * out in a whole lab, with its controllers, and has to come to the same there.
 */
import { describe, expect, test } from "vitest";
import {
  agent,
  alone,
  budget,
  claim,
  db,
  HOST,
  priorityClass,
  storage,
  web,
  ZONE,
} from "../../../test/support/prove/bodies.ts";
import {
  type Body,
  type ChangeCase,
  NO_IMAGE,
  provedAndSeen,
} from "../../../test/support/prove/change-lab.ts";

type Half = Partial<Omit<ChangeCase, "name" | "ends">> | readonly Body[];

interface Pair extends Omit<Partial<ChangeCase>, "name" | "ends" | "objects"> {
  readonly name: string;
  readonly deadlock: Half;
  readonly nearMiss: Half;
}

const on = (node: string) => ({ selector: { [HOST]: node } });
const ALL_AT_ONCE = { drain: ["node-1", "node-2"] };
const WEB = { rollOut: "Deployment web" };
const DB = { rollOut: "StatefulSet db" };
const AGENT = { rollOut: "DaemonSet agent" };
/** Room for the pods of one revision, not for one more. */
const TIGHT = { surge: 1, unavailable: 0 };

const BUDGETS: readonly Pair[] = [
  {
    name: "as many have to be available as there are",
    change: ALL_AT_ONCE,
    deadlock: [web(3), budget("web", { min: 3 })],
    nearMiss: [web(3), budget("web", { min: 2 })],
  },
  {
    name: "more have to be available than there are",
    change: ALL_AT_ONCE,
    deadlock: [web(3), budget("web", { min: 5 })],
    nearMiss: [web(6), budget("web", { min: 5 })],
  },
  {
    name: "every percent has to be available",
    change: ALL_AT_ONCE,
    deadlock: [web(4), budget("web", { min: "100%" })],
    nearMiss: [web(4), budget("web", { min: "75%" })],
  },
  {
    name: "a share that rounds up to all",
    change: ALL_AT_ONCE,
    deadlock: [web(3), budget("web", { min: "67%" })],
    nearMiss: [web(3), budget("web", { min: "66%" })],
  },
  {
    name: "none may be unavailable",
    change: ALL_AT_ONCE,
    deadlock: [web(3), budget("web", { max: 0 })],
    nearMiss: [web(3), budget("web", { max: 1 })],
  },
  {
    name: "no percent may be unavailable",
    change: ALL_AT_ONCE,
    deadlock: [web(3), budget("web", { max: "0%" })],
    nearMiss: [web(3), budget("web", { max: "1%" })],
  },
  {
    name: "the only one has to be available",
    change: { drain: ["node-1"] },
    deadlock: [web(1, on("node-1")), budget("web", { min: 1 })],
    nearMiss: [web(1, on("node-1")), budget("web", { max: 1 })],
  },
  {
    name: "two budgets for one pod, each of which would spare it",
    change: ALL_AT_ONCE,
    deadlock: [web(3), budget("web", { min: 1 }), budget("web", { min: 1, name: "again" })],
    nearMiss: [web(3), budget("web", { min: 1 })],
  },
  {
    name: "budgets by different labels that meet in one pod",
    change: ALL_AT_ONCE,
    deadlock: [
      web(3, { labels: { tier: "front" } }),
      budget("web", { min: 1 }),
      budget("front", { min: 1, selector: { tier: "front" } }),
    ],
    nearMiss: [
      web(3, { labels: { tier: "front" } }),
      budget("web", { min: 1 }),
      budget("back", { min: 1, selector: { tier: "back" } }),
    ],
  },
  {
    name: "a budget for everything in the namespace beside one of its own",
    change: ALL_AT_ONCE,
    deadlock: [web(3), budget("web", { min: 1 }), budget("all", { max: 1, selector: {} })],
    nearMiss: [web(3), budget("all", { max: 1, selector: {} })],
  },
  {
    name: "the only healthy one of a budget's pods",
    change: { drain: ["node-1"] },
    deadlock: [
      web(1, { ...on("node-1"), labels: { tier: "x" } }),
      web(1, { name: "other", labels: { tier: "x" }, image: NO_IMAGE }),
      budget("x", { min: 1, selector: { tier: "x" } }),
    ],
    nearMiss: [
      web(1, { ...on("node-1"), labels: { tier: "x" } }),
      web(1, { name: "other", labels: { tier: "x" } }),
      budget("x", { min: 1, selector: { tier: "x" } }),
    ],
  },
  {
    name: "a budget over two workloads",
    change: ALL_AT_ONCE,
    deadlock: [
      web(2, { labels: { tier: "x" } }),
      web(2, { name: "other", labels: { tier: "x" } }),
      budget("x", { min: 4, selector: { tier: "x" } }),
    ],
    nearMiss: [
      web(2, { labels: { tier: "x" } }),
      web(2, { name: "other", labels: { tier: "x" } }),
      budget("x", { min: 3, selector: { tier: "x" } }),
    ],
  },
  {
    name: "a budget for a StatefulSet",
    change: ALL_AT_ONCE,
    deadlock: [db(3), budget("db", { min: 3 })],
    nearMiss: [db(3), budget("db", { min: 2 })],
  },
  {
    name: "a share of pods that nobody controls cannot be worked out",
    change: { drain: ["node-1"] },
    deadlock: [alone("a", { ...on("node-1") }), budget("a", { max: 1 })],
    nearMiss: [alone("a", { ...on("node-1") }), budget("a", { min: 0 })],
  },
  {
    name: "a bare pod that has to be available",
    change: { drain: ["node-1"] },
    deadlock: [alone("a", { ...on("node-1") }), budget("a", { min: 1 })],
    nearMiss: [alone("a", { ...on("node-1") }), budget("b", { min: 1 })],
  },
  {
    name: "a budget of an app, and one that keeps the pods of DaemonSets, which stay anyway",
    change: ALL_AT_ONCE,
    deadlock: [agent(), web(3), budget("web", { max: 0 })],
    nearMiss: [agent(), web(3), budget("agent", { max: 0 })],
  },
];

/** Two pods on one node, of which the second only goes once the first is ready elsewhere. */
const ROOM: readonly Pair[] = [
  {
    name: "what was evicted may only run there",
    change: { drain: ["node-1"] },
    deadlock: [web(2, on("node-1")), budget("web", { max: 1 })],
    nearMiss: [web(2, on("node-1"))],
  },
  {
    name: "the others are full",
    nodes: 2,
    change: { drain: ["node-1"] },
    deadlock: [
      web(1, { name: "full", cpu: "3500m", ...on("node-2") }),
      web(2, { cpu: "1" }),
      budget("web", { max: 1 }),
    ],
    nearMiss: [
      web(1, { name: "full", cpu: "1500m", ...on("node-2") }),
      web(2, { cpu: "1" }),
      budget("web", { max: 1 }),
    ],
  },
  {
    name: "others of the same priority cannot be put out",
    nodes: 2,
    change: { drain: ["node-1"] },
    deadlock: [
      priorityClass("high", 1000),
      web(3, { name: "full", cpu: "1", priority: "high", ...on("node-2") }),
      web(2, { cpu: "1500m", priority: "high" }),
      budget("web", { max: 1 }),
    ],
    nearMiss: [
      priorityClass("high", 1000),
      web(3, { name: "full", cpu: "1", ...on("node-2") }),
      web(2, { cpu: "1500m", priority: "high" }),
      budget("web", { max: 1 }),
    ],
  },
  {
    name: "two nodes at once, and one a node",
    change: ALL_AT_ONCE,
    deadlock: [web(3, { apart: HOST }), budget("web", { max: 1 })],
    nearMiss: { nodes: 5, objects: [web(3, { apart: HOST }), budget("web", { max: 1 })] },
  },
  {
    name: "one a node is demanded, or only wished",
    change: ALL_AT_ONCE,
    deadlock: [web(3, { apart: HOST }), budget("web", { max: 1 })],
    nearMiss: [web(3, { apartIfPossible: HOST }), budget("web", { max: 1 })],
  },
  {
    name: "two nodes at once, and one port a node",
    change: ALL_AT_ONCE,
    deadlock: [web(3, { port: 8080 }), budget("web", { max: 1 })],
    nearMiss: { nodes: 5, objects: [web(3, { port: 8080 }), budget("web", { max: 1 })] },
  },
  {
    name: "two nodes at once, and a StatefulSet one a node",
    change: ALL_AT_ONCE,
    deadlock: [db(3, { apart: HOST }), budget("db", { max: 1 })],
    nearMiss: { nodes: 5, objects: [db(3, { apart: HOST }), budget("db", { max: 1 })] },
  },
  {
    name: "every node at once",
    nodes: 2,
    change: ALL_AT_ONCE,
    deadlock: [web(2), budget("web", { max: 1 })],
    nearMiss: { nodes: 3, objects: [web(2), budget("web", { max: 1 })] },
  },
  {
    name: "zones of drained nodes still count where nothing else is said",
    zones: 3,
    change: ALL_AT_ONCE,
    deadlock: [web(3, { spread: {} }), budget("web", { max: 1 })],
    nearMiss: [web(3, { spread: { maxSkew: 2 } }), budget("web", { max: 1 })],
  },
  {
    name: "zones of drained nodes count unless taints are honoured",
    zones: 3,
    change: ALL_AT_ONCE,
    deadlock: [web(3, { spread: { nodeTaintsPolicy: "Ignore" } }), budget("web", { max: 1 })],
    nearMiss: [web(3, { spread: { nodeTaintsPolicy: "Honor" } }), budget("web", { max: 1 })],
  },
  {
    name: "a spread that is demanded, or only wished",
    zones: 3,
    change: ALL_AT_ONCE,
    deadlock: [web(3, { spread: {} }), budget("web", { max: 1 })],
    nearMiss: [web(3, { spread: { whenUnsatisfiable: "ScheduleAnyway" } }), budget("web", { max: 1 })],
  },
  {
    name: "every host is a domain of its own",
    change: ALL_AT_ONCE,
    deadlock: [web(3, { spread: { topologyKey: HOST } }), budget("web", { max: 1 })],
    nearMiss: [
      web(3, { spread: { topologyKey: HOST, nodeTaintsPolicy: "Honor" } }),
      budget("web", { max: 1 }),
    ],
  },
  {
    name: "one a zone",
    nodes: 4,
    zones: 2,
    change: { drain: ["node-1", "node-2"] },
    deadlock: [
      web(2, { apart: ZONE, name: "web", selector: { pick: "none" } }),
      web(2, { apart: ZONE, name: "zoned" }),
      budget("zoned", { min: 2 }),
    ],
    nearMiss: [web(2, { apart: ZONE, name: "zoned" }), budget("zoned", { min: 1 })],
  },
];

const VOLUMES: readonly Pair[] = [
  {
    name: "the first one's data lies on the drained node",
    nodes: 2,
    change: ALL_AT_ONCE,
    deadlock: [storage("local"), db(2, { storage: "local", apart: HOST }), budget("db", { max: 1 })],
    nearMiss: {
      nodes: 3,
      objects: [storage("block"), db(2, { storage: "block", apart: HOST }), budget("db", { max: 1 })],
    },
  },
  {
    name: "two on one node with data there",
    nodes: 2,
    change: { drain: ["node-1"] },
    deadlock: [
      storage("local"),
      claim("data", "local"),
      web(2, { claim: "data", ...on("node-1") }),
      budget("web", { max: 1 }),
    ],
    nearMiss: [
      storage("shared"),
      claim("data", "shared"),
      web(2, { claim: "data" }),
      budget("web", { max: 1 }),
    ],
  },
  {
    name: "a volume that the old pod has on another node",
    change: WEB,
    deadlock: [storage("block"), claim("data", "block"), web(1, { claim: "data", apart: HOST, ...TIGHT })],
    nearMiss: [
      storage("shared"),
      claim("data", "shared", "ReadWriteMany"),
      web(1, { claim: "data", apart: HOST, ...TIGHT }),
    ],
  },
  {
    name: "a volume that the old pod has, unless it goes first",
    change: WEB,
    deadlock: [storage("block"), claim("data", "block"), web(1, { claim: "data", apart: HOST, ...TIGHT })],
    nearMiss: [
      storage("block"),
      claim("data", "block"),
      web(1, { claim: "data", apart: HOST, recreate: true }),
    ],
  },
  {
    name: "a volume that the old pod has, and may be missed for a while",
    change: WEB,
    deadlock: [storage("block"), claim("data", "block"), web(1, { claim: "data", apart: HOST, ...TIGHT })],
    nearMiss: [
      storage("block"),
      claim("data", "block"),
      web(1, { claim: "data", apart: HOST, surge: 0, unavailable: 1 }),
    ],
  },
  {
    name: "data on one node, and one a node",
    change: WEB,
    deadlock: [storage("local"), claim("data", "local"), web(1, { claim: "data", apart: HOST, ...TIGHT })],
    nearMiss: [storage("local"), claim("data", "local"), web(1, { claim: "data", ...TIGHT })],
  },
  {
    name: "data on one node that is full",
    change: WEB,
    deadlock: [storage("local"), claim("data", "local"), web(1, { claim: "data", cpu: "2500m", ...TIGHT })],
    nearMiss: [storage("local"), claim("data", "local"), web(1, { claim: "data", cpu: "1", ...TIGHT })],
  },
];

const ROLLOUTS: readonly Pair[] = [
  {
    name: "one a node on every node",
    change: WEB,
    deadlock: [web(3, { apart: HOST, ...TIGHT })],
    nearMiss: [web(3, { apart: HOST, surge: 1, unavailable: 1 })],
  },
  {
    name: "one a node, and a node to spare",
    change: WEB,
    deadlock: [web(3, { apart: HOST, ...TIGHT })],
    nearMiss: { nodes: 4, objects: [web(3, { apart: HOST, ...TIGHT })] },
  },
  {
    name: "the default quarter of three, which allows none to be missed",
    change: WEB,
    deadlock: [web(3, { apart: HOST })],
    nearMiss: { nodes: 4, objects: [web(4, { apart: HOST })] },
  },
  {
    name: "one a node, unless all go first",
    change: WEB,
    deadlock: [web(3, { apart: HOST, ...TIGHT })],
    nearMiss: [web(3, { apart: HOST, recreate: true })],
  },
  {
    name: "one a zone",
    zones: 3,
    change: WEB,
    deadlock: [web(3, { apart: ZONE, ...TIGHT })],
    nearMiss: [web(2, { apart: ZONE, ...TIGHT })],
  },
  {
    name: "one port a node",
    change: WEB,
    deadlock: [web(3, { port: 8080, ...TIGHT })],
    nearMiss: [web(2, { port: 8080, ...TIGHT })],
  },
  {
    name: "no room for one more",
    change: WEB,
    deadlock: [web(3, { cpu: "2500m", ...TIGHT })],
    nearMiss: [web(3, { cpu: "2500m", surge: 0, unavailable: 1 })],
  },
  {
    name: "room for one more",
    change: WEB,
    deadlock: [web(3, { cpu: "2500m", ...TIGHT })],
    nearMiss: [web(3, { cpu: "1500m", ...TIGHT })],
  },
  {
    name: "no room on the only node that will do",
    change: WEB,
    deadlock: [web(1, { cpu: "2500m", ...TIGHT, ...on("node-1") })],
    nearMiss: [web(1, { cpu: "2500m", ...TIGHT })],
  },
  {
    name: "others of the same priority fill every node",
    change: WEB,
    deadlock: [
      priorityClass("high", 1000),
      web(3, { name: "full", cpu: "2500m", apart: HOST, priority: "high" }),
      web(3, { cpu: "1", priority: "high", ...TIGHT }),
    ],
    nearMiss: [
      priorityClass("high", 1000),
      web(3, { name: "full", cpu: "2500m", apart: HOST }),
      web(3, { cpu: "1", priority: "high", ...TIGHT }),
    ],
  },
  {
    name: "more domains are demanded than there are",
    zones: 3,
    change: WEB,
    deadlock: [web(3, { spread: { minDomains: 4 }, ...TIGHT })],
    nearMiss: [web(3, { spread: { minDomains: 3 }, ...TIGHT })],
  },
  {
    name: "a dead zone that is still counted",
    nodes: 3,
    zones: 3,
    lost: ["node-3"],
    change: WEB,
    deadlock: [web(3, { spread: {}, ...TIGHT })],
    nearMiss: [web(3, { spread: { nodeTaintsPolicy: "Honor" }, ...TIGHT })],
  },
  {
    name: "a dead zone that is still counted, and a budget",
    nodes: 3,
    zones: 3,
    lost: ["node-3"],
    change: { drain: ["node-1"] },
    deadlock: [web(3, { spread: {} }), budget("web", { min: 2 })],
    nearMiss: [web(3, { spread: { nodeTaintsPolicy: "Honor" } }), budget("web", { min: 2 })],
  },
  {
    name: "one a node, and a node that is gone",
    lost: ["node-3"],
    change: WEB,
    deadlock: [web(2, { apart: HOST, ...TIGHT })],
    nearMiss: { lost: [], objects: [web(2, { apart: HOST, ...TIGHT })] },
  },
  {
    name: "a budget that a lost node has used up",
    lost: ["node-3"],
    change: { drain: ["node-1"] },
    deadlock: [web(3, { apart: HOST }), budget("web", { min: 2 })],
    nearMiss: [web(3, { apart: HOST }), budget("web", { min: 1 })],
  },
  {
    name: "others wait for the room that is made",
    nodes: 1,
    change: WEB,
    deadlock: [web(1, { cpu: "2", recreate: true }), web(1, { name: "waits", cpu: "3" })],
    nearMiss: [web(1, { cpu: "2", recreate: true }), web(1, { name: "waits", cpu: "5" })],
  },
];

const SETS: readonly Pair[] = [
  {
    name: "in order means that one which is not ready holds up the rest",
    change: DB,
    deadlock: [db(3, { image: NO_IMAGE })],
    nearMiss: [db(3)],
  },
  {
    name: "a pod on a lost node never leaves",
    lost: ["node-3"],
    change: DB,
    deadlock: [db(3, { apart: HOST })],
    nearMiss: { lost: [], objects: [db(3, { apart: HOST })] },
  },
  {
    name: "a pod of a set on a lost node never leaves, a Deployment's is replaced",
    lost: ["node-3"],
    deadlock: { change: DB, objects: [db(3, { apartIfPossible: HOST })] },
    nearMiss: { change: WEB, objects: [web(3, { apartIfPossible: HOST })] },
  },
  {
    name: "others wait for the room of the one that goes",
    nodes: 1,
    change: DB,
    deadlock: [db(1, { cpu: "2" }), web(1, { name: "waits", cpu: "3" })],
    nearMiss: [db(1, { cpu: "2" }), web(1, { name: "waits", cpu: "5" })],
  },
  {
    name: "one that finds no node again, unless the set leaves it alone",
    nodes: 1,
    change: DB,
    deadlock: [db(1, { cpu: "2" }), web(1, { name: "waits", cpu: "3" })],
    nearMiss: [db(1, { cpu: "2", partition: 1 }), web(1, { name: "waits", cpu: "3" })],
  },
  {
    name: "one that finds no node again, unless somebody else decides when it goes",
    nodes: 1,
    change: DB,
    deadlock: [db(1, { cpu: "2" }), web(1, { name: "waits", cpu: "3" })],
    nearMiss: [db(1, { cpu: "2", onDelete: true }), web(1, { name: "waits", cpu: "3" })],
  },
  {
    name: "a new agent beside the old one, and one port",
    change: AGENT,
    deadlock: [agent({ port: 9100, surge: 1 })],
    nearMiss: [agent({ port: 9100 })],
  },
  {
    name: "a new agent beside the old one, and no room for both",
    change: AGENT,
    deadlock: [agent({ cpu: "2500m", surge: 1 })],
    nearMiss: [agent({ cpu: "1", surge: 1 })],
  },
];

function halves({ name, deadlock, nearMiss, ...shared }: Pair): readonly ChangeCase[] {
  return [deadlock, nearMiss].map((half, i) => {
    const given = Array.isArray(half) ? { objects: half as readonly Body[] } : (half as Partial<ChangeCase>);
    return { ...shared, ...given, name, ends: i === 1 } as ChangeCase;
  });
}

describe.each([
  { what: "budgets", pairs: BUDGETS },
  { what: "room", pairs: ROOM },
  { what: "volumes", pairs: VOLUMES },
  { what: "rollouts", pairs: ROLLOUTS },
  { what: "sets", pairs: SETS },
])("$what", ({ pairs }) => {
  test.each(pairs.flatMap(halves))("$name: ends $ends", async (given) => {
    const { proved, seen } = await provedAndSeen(given);
    expect({ proved: proved.ends, seen: seen.ends }).toEqual({ proved: given.ends, seen: given.ends });
    expect(seen.lowest).toMatchObject(proved.lowest);
  });
});

test("there are sixty of each", () => {
  expect([BUDGETS, ROOM, VOLUMES, ROLLOUTS, SETS].flat()).toHaveLength(60);
});
