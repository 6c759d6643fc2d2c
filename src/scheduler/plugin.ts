/**
 * What a scheduling plugin is. A plugin looks at the pod once per attempt (`preFilter`, `preScore`) and gives back something
 * that looks at nodes, or nothing when it has no opinion about this pod: what it worked out lives in that something, so
 * there is no shared cycle state to look up. A filter answers with its reasons, never with a boolean.
 */

import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";
import type { EventInterest } from "./queue/cluster-event.ts";
import type { Snapshot } from "./snapshot.ts";
import type { PodVolumes } from "./volumes/pod-volumes.ts";

/** The plugins of kube-scheduler's default profile that can keep a pod from being scheduled. */
export type PluginName =
  | "SchedulingGates"
  | "NodeUnschedulable"
  | "NodeName"
  | "TaintToleration"
  | "NodeAffinity"
  | "NodePorts"
  | "NodeResourcesFit"
  | "VolumeRestrictions"
  | "NodeVolumeLimits"
  | "VolumeBinding"
  | "VolumeZone"
  | "PodTopologySpread"
  | "InterPodAffinity"
  | "DefaultPreemption";

/** Why a node, or every node, is not for this pod. */
export interface Rejection {
  readonly plugin: PluginName;
  /** In the words of kube-scheduler; every one is counted in the message that people read. */
  readonly reasons: readonly string[];
  /** Whether taking pods off the node could change the answer ("Unschedulable"); preemption only looks at such nodes. */
  readonly resolvable: boolean;
}

/** Looks at nodes for one pod. */
export interface NodeFilter {
  /** What speaks against the node; nothing when it will do. */
  filter(node: NodeInfo): Rejection | undefined;
  /** The only nodes that can ever do, where the pod names them. */
  readonly onlyNodes?: ReadonlySet<string>;
  /** From now on as if that pod stood on that node. */
  podAdded?(pod: PodInfo, node: NodeInfo): void;
  /** From now on as if that pod had left that node. */
  podRemoved?(pod: PodInfo, node: NodeInfo): void;
  /** A copy that `podAdded` and `podRemoved` change without changing this one; absent where they do not exist. */
  fork?(): NodeFilter;
  /** What would have to be done to the pod's volumes for it to run there; known once the node has passed. */
  volumesOn?(nodeName: string): PodVolumes | undefined;
}

/** Rates nodes for one pod. */
export interface NodeScorer {
  /** A whole number; between 0 and 100 once normalized. */
  score(node: NodeInfo): number;
  /** Writes the same for many nodes, in their order, for those that are asked most: a loop of one's own takes half the time. */
  scoreAll?(nodes: readonly NodeInfo[], scores: number[]): void;
  /** Brings the scores of all nodes, given in the nodes' order, into 0 … 100; absent where they are already. */
  normalize?(scores: number[], nodes: readonly NodeInfo[]): void;
}

/** Which changes in the cluster make a pod that the plugin rejected worth another try. */
export interface RequeuePlugin {
  readonly name: PluginName;
  readonly events: readonly EventInterest[];
}

/**
 * What decides beside the pod itself: "node" for plugins whose answer about a node follows from that node and the pods on it, which is kept
 * until they change; "cluster" for those that read anything else.
 */
export type LooksAt = "node" | "cluster";

export interface FilterPlugin extends RequeuePlugin {
  readonly looksAt: LooksAt;
  /** A filter for this pod; nothing when every node will do; a rejection when none ever will as things are. */
  preFilter(pod: PodInfo, snapshot: Snapshot): NodeFilter | Rejection | undefined;
}

export interface ScorePlugin {
  readonly name: string;
  /** How much its scores count beside those of others. */
  readonly weight: number;
  readonly looksAt: LooksAt;
  /** A scorer for this pod among these nodes; nothing when it would rate them all alike. */
  preScore(pod: PodInfo, snapshot: Snapshot, nodes: readonly NodeInfo[]): NodeScorer | undefined;
}

/** The best score that a plugin gives. */
export const MAX_NODE_SCORE = 100;

/** Whether a `preFilter` answered for every node at once. */
export function isRejection(answer: NodeFilter | Rejection): answer is Rejection {
  return "reasons" in answer;
}

/** A frozen rejection, made once and given out many times. */
export function rejection(plugin: PluginName, resolvable: boolean, ...reasons: string[]): Rejection {
  return Object.freeze({ plugin, resolvable, reasons: Object.freeze(reasons) });
}

/** Scales scores so that the highest becomes 100, or 0 with `reverse`, as kube-scheduler's DefaultNormalizeScore. */
export function normalizeByHighest(scores: number[], reverse: boolean): void {
  let highest = 0;
  for (let i = 0; i < scores.length; i++) highest = Math.max(highest, scores[i] as number);
  if (highest === 0) {
    scores.fill(reverse ? MAX_NODE_SCORE : 0);
    return;
  }
  for (let i = 0; i < scores.length; i++) {
    const scaled = Math.floor((MAX_NODE_SCORE * (scores[i] as number)) / highest);
    scores[i] = reverse ? MAX_NODE_SCORE - scaled : scaled;
  }
}
