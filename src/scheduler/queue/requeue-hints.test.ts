import { describe, expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../../test/support/pods.ts";
import { claim, csiNode, storageClass, volume } from "../../../test/support/volumes.ts";
import type { KubeObject, Node, Pod } from "../../kube/types/index.ts";
import { VIRTUAL_EPOCH_MS } from "../../time/engine.ts";
import { Nominator } from "../nominator.ts";
import type { PluginName } from "../plugin.ts";
import { type ClusterEvent, type EventResource, nodeUpdateEvents, podUpdateEvents } from "./cluster-event.ts";
import type { QueuedPod } from "./queued-pod.ts";
import { SchedulingQueue } from "./scheduling-queue.ts";

const ZONE = "topology.kubernetes.io/zone";

const added = (resource: EventResource, after: KubeObject): readonly ClusterEvent[] => [
  { resource, action: "Add", after },
];
const deleted = (resource: EventResource, before: KubeObject): readonly ClusterEvent[] => [
  { resource, action: "Delete", before },
];
const updated = (resource: EventResource, before: KubeObject, after: KubeObject): readonly ClusterEvent[] => [
  { resource, action: "Update", before, after },
];
const nodeChanged = (before: Node, after: Node) => nodeUpdateEvents(before, after);
const podChanged = (before: Pod, after: Pod) => podUpdateEvents(before, after);

interface HintCase {
  readonly name: string;
  readonly pod: PodBuilder;
  readonly events: readonly ClusterEvent[];
  readonly retries: boolean;
}

/** Whether a pod that the plugin rejected is tried again after the events. */
function isRetried(rejector: PluginName, { pod: waiting, events }: HintCase): boolean {
  const queue = new SchedulingQueue({
    clock: { now: () => VIRTUAL_EPOCH_MS },
    nominator: new Nominator(),
    backoffMs: 1_000,
    backoffMaxMs: 10_000,
    unschedulableMaxMs: 300_000,
  });
  queue.add(waiting);
  const queued = queue.pop() as QueuedPod;
  queue.addUnschedulable(queued, waiting, new Set([rejector]));
  for (const event of events) queue.move(event);
  return queue.hasNext;
}

function describeHints(rejector: PluginName, cases: readonly HintCase[]): void {
  describe(`a pod rejected by ${rejector}`, () => {
    test.each(cases)("$name", (given) => {
      expect(isRetried(rejector, given)).toBe(given.retries);
    });
  });
}

const p = pod("p");

describeHints("NodeUnschedulable", [
  {
    name: "is tried when a node is uncordoned",
    pod: p,
    events: nodeChanged(node("n").cordoned(), node("n")),
    retries: true,
  },
  {
    name: "is not tried when a cordoned node comes",
    pod: p,
    events: added("Node", node("n").cordoned()),
    retries: false,
  },
  { name: "is tried when a node comes", pod: p, events: added("Node", node("n")), retries: true },
  {
    name: "is not tried when a pod leaves",
    pod: p,
    events: deleted("AssignedPod", pod("x").on("n")),
    retries: false,
  },
]);

describeHints("TaintToleration", [
  {
    name: "is tried when the taint in its way goes",
    pod: p,
    events: nodeChanged(node("n").taint("x"), node("n")),
    retries: true,
  },
  {
    name: "is not tried while another taint stays",
    pod: p,
    events: nodeChanged(node("n").taint("x").taint("y"), node("n").taint("y")),
    retries: false,
  },
  {
    name: "is not tried when a tainted node comes",
    pod: p,
    events: added("Node", node("n").taint("x")),
    retries: false,
  },
  {
    name: "is not tried when a node only reports its conditions",
    pod: p,
    events: nodeChanged(node("n"), node("n").condition({ type: "Ready", status: "False" })),
    retries: false,
  },
]);

describeHints("NodeAffinity", [
  {
    name: "is tried when a node gets the label",
    pod: p.nodeSelector({ disk: "ssd" }),
    events: nodeChanged(node("n"), node("n").labels({ disk: "ssd" })),
    retries: true,
  },
  {
    name: "is not tried when a node gets another label",
    pod: p.nodeSelector({ disk: "ssd" }),
    events: nodeChanged(node("n"), node("n").labels({ disk: "hdd" })),
    retries: false,
  },
  {
    name: "is not tried when a node that did already changes",
    pod: p.nodeSelector({ disk: "ssd" }),
    events: nodeChanged(node("n").labels({ disk: "ssd" }), node("n").labels({ disk: "ssd", x: "y" })),
    retries: false,
  },
]);

describeHints("NodePorts", [
  {
    name: "is tried when a pod with its port leaves",
    pod: p.hostPort(80),
    events: deleted("AssignedPod", pod("x").on("n").hostPort(80)),
    retries: true,
  },
  {
    name: "is not tried when a pod with another port leaves",
    pod: p.hostPort(80),
    events: deleted("AssignedPod", pod("x").on("n").hostPort(81)),
    retries: false,
  },
  {
    name: "is tried when a node comes",
    pod: p.hostPort(80),
    events: added("Node", node("n")),
    retries: true,
  },
]);

describeHints("NodeResourcesFit", [
  {
    name: "is tried when any pod leaves a node",
    pod: p.requests({ cpu: "1" }),
    events: deleted("AssignedPod", pod("x").on("n")),
    retries: true,
  },
  {
    name: "is tried when a pod asks for less of what it wants",
    pod: p.requests({ cpu: "1" }),
    events: podChanged(pod("x").on("n").requests({ cpu: "2" }), pod("x").on("n").requests({ cpu: "1" })),
    retries: true,
  },
  {
    name: "is not tried when a pod asks for less of something else",
    pod: p.requests({ cpu: "1" }),
    events: podChanged(
      pod("x").on("n").requests({ memory: "2Gi" }),
      pod("x").on("n").requests({ memory: "1Gi" }),
    ),
    retries: false,
  },
  {
    name: "is tried when a node offers more of what it wants",
    pod: p.requests({ cpu: "1" }),
    events: nodeChanged(node("n").capacity({ cpu: "2" }), node("n").capacity({ cpu: "3" })),
    retries: true,
  },
  {
    name: "is not tried when the node is too small even so",
    pod: p.requests({ cpu: "4" }),
    events: nodeChanged(node("n").capacity({ cpu: "2" }), node("n").capacity({ cpu: "3" })),
    retries: false,
  },
  {
    name: "is not tried when a node offers more of something else",
    pod: p.requests({ cpu: "1" }),
    events: nodeChanged(node("n").capacity({ memory: "2Gi" }), node("n").capacity({ memory: "3Gi" })),
    retries: false,
  },
  {
    name: "is tried when a node takes more pods",
    pod: p,
    events: nodeChanged(node("n").capacity({ pods: "1" }), node("n").capacity({ pods: "2" })),
    retries: true,
  },
  {
    name: "is not tried when a node comes that is too small",
    pod: p.requests({ cpu: "9" }),
    events: added("Node", node("n")),
    retries: false,
  },
  {
    name: "is tried when a node's taints change, as every plugin's that cares about new nodes",
    pod: p.requests({ cpu: "1" }),
    events: nodeChanged(node("n").taint("x"), node("n")),
    retries: true,
  },
]);

describeHints("VolumeRestrictions", [
  {
    name: "is tried when a pod with its claim leaves",
    pod: p.claims("data"),
    events: deleted("AssignedPod", pod("x").on("n").claims("data")),
    retries: true,
  },
  {
    name: "is not tried when a pod with another claim leaves",
    pod: p.claims("data"),
    events: deleted("AssignedPod", pod("x").on("n").claims("logs")),
    retries: false,
  },
  {
    name: "is not tried when a pod of another namespace leaves",
    pod: p.claims("data"),
    events: deleted("AssignedPod", pod("other/x").on("n").claims("data")),
    retries: false,
  },
  {
    name: "is tried when its claim comes",
    pod: p.claims("data"),
    events: added("PersistentVolumeClaim", claim("data")),
    retries: true,
  },
  {
    name: "is not tried when another claim comes",
    pod: p.claims("data"),
    events: added("PersistentVolumeClaim", claim("logs")),
    retries: false,
  },
]);

describeHints("NodeVolumeLimits", [
  {
    name: "is tried when a pod with volumes leaves",
    pod: p.claims("data"),
    events: deleted("AssignedPod", pod("x").on("n").claims("logs")),
    retries: true,
  },
  {
    name: "is not tried when a pod without volumes leaves",
    pod: p.claims("data"),
    events: deleted("AssignedPod", pod("x").on("n")),
    retries: false,
  },
  {
    name: "is tried when a node's limit rises",
    pod: p.claims("data"),
    events: updated("CSINode", csiNode("n", 1), csiNode("n", 2)),
    retries: true,
  },
  {
    name: "is not tried when a node's limit falls",
    pod: p.claims("data"),
    events: updated("CSINode", csiNode("n", 2), csiNode("n", 1)),
    retries: false,
  },
]);

describeHints("VolumeBinding", [
  {
    name: "is tried when its claim is bound",
    pod: p.claims("data"),
    events: updated("PersistentVolumeClaim", claim("data"), claim("data", { volume: "pv" })),
    retries: true,
  },
  {
    name: "is not tried when another claim is bound",
    pod: p.claims("data"),
    events: updated("PersistentVolumeClaim", claim("logs"), claim("logs", { volume: "pv" })),
    retries: false,
  },
  {
    name: "is tried when any volume comes",
    pod: p.claims("data"),
    events: added("PersistentVolume", volume("pv")),
    retries: true,
  },
  {
    name: "is tried when a class comes",
    pod: p.claims("data"),
    events: added("StorageClass", storageClass("fast")),
    retries: true,
  },
  {
    name: "is not tried when a class changes without its topologies",
    pod: p.claims("data"),
    events: updated(
      "StorageClass",
      storageClass("fast"),
      storageClass("fast", { allowVolumeExpansion: true }),
    ),
    retries: false,
  },
  {
    name: "is tried when a node's labels change",
    pod: p.claims("data"),
    events: nodeChanged(node("n"), node("n").zone("z")),
    retries: true,
  },
]);

describeHints("VolumeZone", [
  {
    name: "is not tried when a volume changes without its zone",
    pod: p.claims("data"),
    events: updated("PersistentVolume", volume("pv"), volume("pv", { labels: { x: "y" } })),
    retries: false,
  },
  {
    name: "is tried when a volume moves to another zone",
    pod: p.claims("data"),
    events: updated("PersistentVolume", volume("pv"), volume("pv", { labels: { [ZONE]: "z" } })),
    retries: true,
  },
  {
    name: "is not tried when an immediate class comes",
    pod: p.claims("data"),
    events: added("StorageClass", storageClass("fast", { volumeBindingMode: "Immediate" })),
    retries: false,
  },
]);

const spreading = p.labels({ app: "w" }).spread(ZONE, { app: "w" });

describeHints("PodTopologySpread", [
  {
    name: "is tried when a counted pod comes",
    pod: spreading,
    events: added("AssignedPod", pod("x").on("n").labels({ app: "w" })),
    retries: true,
  },
  {
    name: "is tried when a counted pod leaves",
    pod: spreading,
    events: deleted("AssignedPod", pod("x").on("n").labels({ app: "w" })),
    retries: true,
  },
  {
    name: "is not tried when another pod leaves",
    pod: spreading,
    events: deleted("AssignedPod", pod("x").on("n").labels({ app: "v" })),
    retries: false,
  },
  {
    name: "is not tried when a pod of another namespace leaves",
    pod: spreading,
    events: deleted("AssignedPod", pod("other/x").on("n").labels({ app: "w" })),
    retries: false,
  },
  {
    name: "is tried when a pod becomes a counted one",
    pod: spreading,
    events: podChanged(pod("x").on("n"), pod("x").on("n").labels({ app: "w" })),
    retries: true,
  },
  {
    name: "is tried when a domain comes",
    pod: spreading,
    events: added("Node", node("n").zone("z")),
    retries: true,
  },
  {
    name: "is tried when a domain goes",
    pod: spreading,
    events: deleted("Node", node("n").zone("z")),
    retries: true,
  },
  {
    name: "is not tried when a node without the key comes",
    pod: spreading,
    events: added("Node", node("n")),
    retries: false,
  },
  {
    name: "is tried when a node moves to another domain",
    pod: spreading,
    events: nodeChanged(node("n").zone("y"), node("n").zone("z")),
    retries: true,
  },
  {
    name: "is tried when a domain's taints change",
    pod: spreading,
    events: nodeChanged(node("n").zone("z").taint("x"), node("n").zone("z")),
    retries: true,
  },
]);

describeHints("InterPodAffinity", [
  {
    name: "is tried when its company comes",
    pod: p.near({ app: "db" }),
    events: added("AssignedPod", pod("x").on("n").labels({ app: "db" })),
    retries: true,
  },
  {
    name: "is not tried when other pods come",
    pod: p.near({ app: "db" }),
    events: added("AssignedPod", pod("x").on("n").labels({ app: "web" })),
    retries: false,
  },
  {
    name: "is tried when the pod that it avoids leaves",
    pod: p.apartFrom({ app: "w" }),
    events: deleted("AssignedPod", pod("x").on("n").labels({ app: "w" })),
    retries: true,
  },
  {
    name: "is not tried when other pods leave",
    pod: p.apartFrom({ app: "w" }),
    events: deleted("AssignedPod", pod("x").on("n")),
    retries: false,
  },
  {
    name: "is tried when the pod that it avoids loses its label",
    pod: p.apartFrom({ app: "w" }),
    events: podChanged(pod("x").on("n").labels({ app: "w" }), pod("x").on("n").labels({ app: "v" })),
    retries: true,
  },
  {
    name: "is not tried when a pod leaves that had shut it out: kube-scheduler looks at the waiting pod's own terms only",
    pod: p.labels({ app: "w" }),
    events: deleted("AssignedPod", pod("x").on("n").apartFrom({ app: "w" })),
    retries: false,
  },
  {
    name: "is tried when a node comes that is apart from everybody",
    pod: p.apartFrom({ app: "w" }),
    events: added("Node", node("n")),
    retries: true,
  },
  {
    name: "is not tried when a node comes without the key that it needs",
    pod: p.near({ app: "w" }, ZONE),
    events: added("Node", node("n")),
    retries: false,
  },
  {
    name: "is tried when a node gets the key that it needs",
    pod: p.near({ app: "w" }, ZONE),
    events: nodeChanged(node("n"), node("n").zone("z")),
    retries: true,
  },
]);
