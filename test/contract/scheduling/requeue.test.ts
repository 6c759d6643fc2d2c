/**
 * Whether a pod that waits is tried again when something changes: the same steps in the lab, or with HOLDFAST_REFERENCE_SERVER
 * set before a real kube-scheduler. Too few tries leave pods waiting for minutes, too many would hide that the real one waits.
 */
import { describe, expect, test } from "vitest";
import { KINDS, pods } from "../../../src/kube/kinds.ts";
import type { KubeObject, Node, Pod } from "../../../src/kube/types/index.ts";
import type { Api } from "../../../src/lab/apiserver/api.ts";
import { put } from "../../support/lab-context.ts";
import { node } from "../../support/nodes.ts";
import { pod } from "../../support/pods.ts";
import { REFERENCE, referenceRetries, updatedObject } from "../../support/reference-scheduler.ts";
import type { Change, Cluster } from "../../support/scheduling.ts";
import { schedulingLab } from "../../support/scheduling-lab.ts";
import { claim, csiNode, storageClass, volume } from "../../support/volumes.ts";

interface RequeueCase extends Cluster {
  readonly name: string;
  /** It finds no node at first. */
  readonly pod: Pod;
  readonly change: Change;
  readonly retries: boolean;
}

const ZONE = "topology.kubernetes.io/zone";
const tiny = (name: string) => node(name).capacity({ cpu: "1" });
const big = pod("p").requests({ cpu: "2" });
const full = [pod("x").on("a").requests({ cpu: "3" })];
const avoiding = pod("p").labels({ app: "w" }).apartFrom({ app: "w" });
const spreading = pod("p").labels({ app: "w" }).spread(ZONE, { app: "w" });
const uneven = {
  nodes: [node("a").zone("z1"), node("b").zone("z2").taint("x")],
  pods: [pod("w").on("a").labels({ app: "w" })],
};

const cases: readonly RequeueCase[] = [
  {
    name: "no room: a pod leaves",
    nodes: [node("a")],
    pods: full,
    pod: big,
    change: { delete: pod("x").on("a") },
    retries: true,
  },
  {
    name: "no room: a pod ends",
    nodes: [node("a")],
    pods: full,
    pod: big,
    change: { update: pod("x").on("a").requests({ cpu: "3" }).phase("Succeeded") },
    retries: true,
  },
  {
    name: "no room: a pod is labelled",
    nodes: [node("a")],
    pods: full,
    pod: big,
    change: { update: pod("x").on("a").requests({ cpu: "3" }).labels({ y: "z" }) },
    retries: false,
  },
  {
    name: "no room: a node grows enough",
    nodes: [tiny("a")],
    pod: big,
    change: { update: node("a") },
    retries: true,
  },
  {
    name: "no room: a node grows, not enough",
    nodes: [tiny("a")],
    pod: big,
    change: { update: node("a").capacity({ cpu: "1500m" }) },
    retries: false,
  },
  {
    name: "no room: a node is labelled",
    nodes: [tiny("a")],
    pod: big,
    change: { update: tiny("a").labels({ y: "z" }) },
    retries: false,
  },
  {
    name: "no room: a node is annotated",
    nodes: [tiny("a")],
    pod: big,
    change: { update: tiny("a").meta({ annotations: { y: "z" } }) },
    retries: false,
  },
  {
    name: "no room: a node's taint goes",
    nodes: [tiny("a").taint("x"), tiny("b")],
    pod: big,
    change: { update: tiny("a") },
    retries: true,
  },
  {
    name: "no room: a node's condition changes",
    nodes: [tiny("a")],
    pod: big,
    change: { update: tiny("a").condition({ type: "Ready", status: "False" }) },
    retries: false,
  },
  {
    name: "no room: a large node comes",
    nodes: [tiny("a")],
    pod: big,
    change: { create: node("b") },
    retries: true,
  },
  {
    name: "no room: a node goes",
    nodes: [tiny("a"), tiny("b")],
    pod: big,
    change: { delete: tiny("b") },
    retries: false,
  },
  {
    name: "no room: a pod comes",
    nodes: [tiny("a")],
    pod: big,
    change: { create: pod("y").on("a") },
    retries: false,
  },
  {
    name: "cordoned: the node is uncordoned",
    nodes: [node("a").cordoned()],
    pod: pod("p"),
    change: { update: node("a") },
    retries: true,
  },
  {
    name: "cordoned: the node is labelled",
    nodes: [node("a").cordoned()],
    pod: pod("p"),
    change: { update: node("a").cordoned().labels({ y: "z" }) },
    retries: false,
  },
  {
    name: "tainted: the taint goes",
    nodes: [node("a").taint("x")],
    pod: pod("p"),
    change: { update: node("a") },
    retries: true,
  },
  {
    name: "tainted: one of two taints goes",
    nodes: [node("a").taint("x").taint("y")],
    pod: pod("p"),
    change: { update: node("a").taint("y") },
    retries: false,
  },
  {
    name: "tainted: the pod tolerates something",
    nodes: [node("a").taint("x")],
    pod: pod("p"),
    change: { update: pod("p").tolerates({ key: "z", operator: "Exists" }) },
    retries: true,
  },
  {
    name: "tainted: the pod is labelled",
    nodes: [node("a").taint("x")],
    pod: pod("p"),
    change: { update: pod("p").labels({ y: "z" }) },
    retries: false,
  },
  {
    name: "wrong label: the node gets it",
    nodes: [node("a")],
    pod: pod("p").nodeSelector({ disk: "ssd" }),
    change: { update: node("a").labels({ disk: "ssd" }) },
    retries: true,
  },
  {
    name: "wrong label: the node gets another",
    nodes: [node("a")],
    pod: pod("p").nodeSelector({ disk: "ssd" }),
    change: { update: node("a").labels({ disk: "hdd" }) },
    retries: false,
  },
  {
    name: "wrong label: a pod leaves",
    nodes: [node("a")],
    pods: full,
    pod: pod("p").nodeSelector({ disk: "ssd" }),
    change: { delete: pod("x").on("a") },
    retries: false,
  },
  {
    name: "wrong label: a node's taint comes",
    nodes: [node("a")],
    pod: pod("p").nodeSelector({ disk: "ssd" }),
    change: { update: node("a").taint("x") },
    retries: true,
  },
  {
    name: "port taken: its owner leaves",
    nodes: [node("a")],
    pods: [pod("x").on("a").hostPort(80)],
    pod: pod("p").hostPort(80),
    change: { delete: pod("x").on("a") },
    retries: true,
  },
  {
    name: "port taken: another pod leaves",
    nodes: [node("a")],
    pods: [pod("x").on("a").hostPort(80), pod("y").on("a").hostPort(81)],
    pod: pod("p").hostPort(80),
    change: { delete: pod("y").on("a") },
    retries: false,
  },
  {
    name: "kept apart: the other pod leaves",
    nodes: [node("a")],
    pods: [pod("w").on("a").labels({ app: "w" })],
    pod: avoiding,
    change: { delete: pod("w").on("a") },
    retries: true,
  },
  {
    name: "kept apart: an unrelated pod leaves",
    nodes: [node("a")],
    pods: [pod("w").on("a").labels({ app: "w" }), pod("y").on("a")],
    pod: avoiding,
    change: { delete: pod("y").on("a") },
    retries: false,
  },
  {
    name: "kept apart: the other pod loses its label",
    nodes: [node("a")],
    pods: [pod("w").on("a").labels({ app: "w" })],
    pod: avoiding,
    change: { update: pod("w").on("a").labels({ app: "v" }) },
    retries: true,
  },
  {
    name: "shut out by another pod's terms: that pod leaves",
    nodes: [node("a")],
    pods: [pod("x").on("a").apartFrom({ app: "w" })],
    pod: pod("p").labels({ app: "w" }),
    change: { delete: pod("x").on("a") },
    retries: false,
  },
  {
    name: "missing company: it comes",
    nodes: [node("a")],
    pod: pod("p").near({ app: "db" }),
    change: { create: pod("db").on("a").labels({ app: "db" }) },
    retries: true,
  },
  {
    name: "missing company: somebody else comes",
    nodes: [node("a")],
    pod: pod("p").near({ app: "db" }),
    change: { create: pod("y").on("a") },
    retries: false,
  },
  {
    name: "uneven: a counted pod leaves",
    ...uneven,
    pod: spreading,
    change: { delete: pod("w").on("a") },
    retries: true,
  },
  {
    name: "uneven: an uncounted pod comes",
    ...uneven,
    pod: spreading,
    change: { create: pod("y").on("a") },
    retries: false,
  },
  { name: "uneven: a domain goes", ...uneven, pod: spreading, change: { delete: node("b") }, retries: true },
  {
    name: "missing claim: it comes",
    nodes: [node("a")],
    pod: pod("p").claims("data"),
    change: { create: claim("data", { volume: "pv" }) },
    retries: true,
  },
  {
    name: "missing claim: another comes",
    nodes: [node("a")],
    pod: pod("p").claims("data"),
    change: { create: claim("logs") },
    retries: false,
  },
  {
    name: "unbound claim: a volume of another class comes",
    nodes: [node("a")],
    objects: [
      storageClass("local", { provisioner: "kubernetes.io/no-provisioner" }),
      claim("data", { storageClass: "local" }),
    ],
    pod: pod("p").claims("data"),
    change: { create: volume("pv", { storageClass: "other" }) },
    retries: true,
  },
  {
    name: "too many volumes: a pod with volumes leaves",
    nodes: [node("a")],
    objects: [
      csiNode("a", 1),
      volume("pv-x", { claim: "default/x" }),
      claim("x", { volume: "pv-x" }),
      volume("pv-y", { claim: "default/y" }),
      claim("y", { volume: "pv-y" }),
    ],
    pods: [pod("first").on("a").claims("x")],
    pod: pod("p").claims("y"),
    change: { delete: pod("first").on("a") },
    retries: true,
  },
  {
    name: "volume on another node: that node's labels change",
    nodes: [node("a"), node("b").cordoned()],
    objects: [volume("pv-x", { claim: "default/x", onNodes: ["b"] }), claim("x", { volume: "pv-x" })],
    pod: pod("p").claims("x"),
    change: { update: node("b").cordoned().labels({ y: "z" }) },
    retries: true,
  },
];

function kindOf({ apiVersion, kind }: KubeObject) {
  const row = KINDS.find((one) => one.kind === kind && `${one.group}/${one.version}`.endsWith(apiVersion));
  if (row === undefined) throw new Error(`No kind ${apiVersion} ${kind}`);
  return row;
}

/** Whether the lab's scheduler tries the pod again. */
function labRetries(given: RequeueCase): boolean {
  const lab = schedulingLab(...given.nodes);
  const { api } = lab;
  for (const object of given.objects ?? []) put(api, kindOf(object), object);
  for (const other of given.pods ?? []) put(api, pods, other);
  lab.addPod(given.pod);
  lab.engine.runFor(2_000);
  expect(lab.takeEvents().filter((text) => text.includes("default/p"))).toHaveLength(1);
  const { create, update, delete: gone } = given.change;
  if (create?.kind === "Node") lab.addNode(create as Node);
  else if (create !== undefined) put(api, kindOf(create), create);
  else if (gone !== undefined) {
    api.delete(kindOf(gone), gone.metadata.namespace, gone.metadata.name, { gracePeriodSeconds: 0 });
  } else if (update !== undefined) replace(lab.api, update);
  lab.engine.runFor(2_000);
  return lab.takeEvents().some((text) => text.includes("default/p"));
}

function replace(api: Api, object: KubeObject): void {
  const kind = kindOf(object);
  const { namespace, name } = object.metadata;
  const current = api.get(kind, namespace, name);
  if (current === undefined) throw new Error(`There is no ${object.kind} ${name}`);
  const updated = api.update(kind, updatedObject(current, object));
  if (kind.subresources.status === undefined) return;
  const { status } = object as Pod;
  api.updateStatus(kind, { ...updated, status } as KubeObject);
}

describe("a waiting pod is tried again, or not", () => {
  test.each(cases)("$name", async (given) => {
    expect(REFERENCE ? await referenceRetries(given) : labRetries(given)).toBe(given.retries);
  });
});
