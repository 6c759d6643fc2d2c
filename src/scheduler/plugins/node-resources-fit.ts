import { wholeValue } from "../../base/quantity.ts";
import type { Node, Pod } from "../../kube/types/index.ts";
import type { NodeInfo } from "../node-info.ts";
import { type FilterPlugin, MAX_NODE_SCORE, type Rejection, rejection, type ScorePlugin } from "../plugin.ts";
import { podInfo } from "../pod-info.ts";
import { type Resources, resourcesOf } from "../pod-resources.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";

/** Keeps pods off nodes that have too little left of something that they request. */
export const nodeResourcesFit: FilterPlugin = {
  name: "NodeResourcesFit",
  looksAt: "node",
  events: [
    { resource: "Pod", actions: ["Delete", "UpdatePodScaleDown"], hint: freedResources },
    { resource: "Node", actions: ["Add", "UpdateNodeAllocatable"], hint: fitsBetter },
  ],
  preFilter({ requests }) {
    return { filter: (node) => insufficient(requests, node) };
  },
};

/** Prefers nodes with more CPU and memory left: the LeastAllocated strategy. */
export const leastAllocated: ScorePlugin = {
  name: "NodeResourcesFit",
  looksAt: "node",
  weight: 1,
  preScore({ scoredMilliCpu, scoredMemoryBytes }) {
    return {
      score: (node) => {
        const { milliCpu, memoryBytes } = node.allocatable;
        const resources = (milliCpu === 0 ? 0 : 1) + (memoryBytes === 0 ? 0 : 1);
        if (resources === 0) return 0;
        const cpu = unusedShare(node.nonZeroMilliCpu + scoredMilliCpu, milliCpu);
        const memory = unusedShare(node.nonZeroMemoryBytes + scoredMemoryBytes, memoryBytes);
        return Math.floor((cpu + memory) / resources);
      },
    };
  },
};

function unusedShare(requested: number, capacity: number): number {
  if (capacity === 0 || requested > capacity) return 0;
  return Math.floor(((capacity - requested) * MAX_NODE_SCORE) / capacity);
}

/** Every resource that does not fit is a reason. What exceeds the whole node no preemption can help. */
function insufficient(requests: Resources, node: NodeInfo): Rejection | undefined {
  let reasons: string[] | undefined;
  let resolvable = true;
  const lacks = (reason: string, exceedsNode: boolean) => {
    reasons ??= [];
    reasons.push(reason);
    if (exceedsNode) resolvable = false;
  };
  if (node.pods.length + 1 > node.podsMax) lacks("Too many pods", false);
  const { allocatable } = node;
  const { milliCpu, memoryBytes, ephemeralStorageBytes } = requests;
  if (milliCpu > 0 && milliCpu > allocatable.milliCpu - node.requestedMilliCpu) {
    lacks("Insufficient cpu", milliCpu > allocatable.milliCpu);
  }
  if (memoryBytes > 0 && memoryBytes > allocatable.memoryBytes - node.requestedMemoryBytes) {
    lacks("Insufficient memory", memoryBytes > allocatable.memoryBytes);
  }
  const storageLeft = allocatable.ephemeralStorageBytes - node.requestedEphemeralStorageBytes;
  if (ephemeralStorageBytes > 0 && ephemeralStorageBytes > storageLeft) {
    lacks("Insufficient ephemeral-storage", ephemeralStorageBytes > allocatable.ephemeralStorageBytes);
  }
  for (const [name, amount] of requests.scalars) {
    const capacity = allocatable.scalars.get(name) ?? 0;
    if (amount > 0 && amount > capacity - (node.requestedScalars.get(name) ?? 0)) {
      lacks(`Insufficient ${name}`, amount > capacity);
    }
  }
  return reasons && rejection("NodeResourcesFit", resolvable, ...reasons);
}

function freedResources(pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as Pod;
  const after = event.after as Pod | undefined;
  if (after === undefined) return Boolean(before.spec.nodeName || before.status.nominatedNodeName);
  if (after.metadata.uid === pod.metadata.uid) return true;
  return Boolean(after.spec.nodeName) && releases(podInfo(before).requests, podInfo(after).requests, pod);
}

/** Whether a pod now asks for less of something that the other pod wants. */
function releases(was: Resources, is: Resources, wantedBy: Pod): boolean {
  const wanted = podInfo(wantedBy).requests;
  if (wanted.milliCpu > 0 && was.milliCpu > is.milliCpu) return true;
  if (wanted.memoryBytes > 0 && was.memoryBytes > is.memoryBytes) return true;
  if (wanted.ephemeralStorageBytes > 0 && was.ephemeralStorageBytes > is.ephemeralStorageBytes) return true;
  return scalarsGrow(wanted, is, was);
}

/** Whether the node, were it empty, would hold the pod, and offers more of something that the pod wants than before. */
function fitsBetter(pod: Pod, event: ClusterEvent): boolean {
  const { requests } = podInfo(pod);
  const after = event.after as Node;
  const is = resourcesOf(after.status.allocatable);
  if (podsMax(after) < 1 || exceeds(requests, is)) return false;
  const before = event.before as Node | undefined;
  if (before === undefined || podsMax(after) > podsMax(before)) return true;
  const was = resourcesOf(before.status.allocatable);
  if (requests.milliCpu > 0 && is.milliCpu > was.milliCpu) return true;
  if (requests.memoryBytes > 0 && is.memoryBytes > was.memoryBytes) return true;
  if (requests.ephemeralStorageBytes > 0 && is.ephemeralStorageBytes > was.ephemeralStorageBytes) return true;
  return scalarsGrow(requests, was, is);
}

function exceeds(requests: Resources, capacity: Resources): boolean {
  if (requests.milliCpu > capacity.milliCpu || requests.memoryBytes > capacity.memoryBytes) return true;
  if (requests.ephemeralStorageBytes > capacity.ephemeralStorageBytes) return true;
  for (const [name, amount] of requests.scalars) if (amount > (capacity.scalars.get(name) ?? 0)) return true;
  return false;
}

function scalarsGrow(wanted: Resources, from: Resources, to: Resources): boolean {
  for (const [name, amount] of wanted.scalars) {
    if (amount > 0 && (to.scalars.get(name) ?? 0) > (from.scalars.get(name) ?? 0)) return true;
  }
  return false;
}

function podsMax({ status }: Node): number {
  const pods = status.allocatable?.pods;
  return pods === undefined ? 0 : wholeValue(pods);
}
