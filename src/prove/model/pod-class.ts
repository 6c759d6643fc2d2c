import { controllerOf } from "../../kube/owners.ts";
import { TAINT_UNREACHABLE } from "../../kube/taints.ts";
import type { Job, Pod, Taint } from "../../kube/types/index.ts";
import { planEviction } from "../../lab/controllers/taint-eviction/eviction-plan.ts";
import { groupKindOf } from "./owners.ts";

/** Pods that are alike in everything that placing, preempting and judging read. */
export interface PodClass {
  readonly index: number;
  /** A whole pod, unbound and without a name: what `podInfo` is asked about. */
  readonly prototype: Pod;
  /** Index of the workload that they belong to. */
  readonly workload: number;
  /** What their controller does about one that is being deleted. */
  readonly replacement: Replacement;
  /** Whether they are evicted from a node that cannot be reached; others stay bound to it for as long as it is there. */
  readonly leavesLostNode: boolean;
  /** Pods of a DaemonSet: each may only run on the node that it was made for, which the prototype does not say. */
  readonly isPinned: boolean;
  /** Whether the default scheduler places them: no other is modelled, and gates hold a pod back until somebody lifts them. */
  readonly isScheduled: boolean;
}

/**
 * - "at-once": another pod is made as soon as the old one is being deleted.
 * - "once-gone": another is made when the old one is no more, which on a dead node is never by itself.
 * - "same-node": another is made on the same node only.
 * - "never": nobody makes another.
 * - "unknown": the controller is of a kind that is not modelled.
 */
export type Replacement = "at-once" | "once-gone" | "same-node" | "never" | "unknown";

const LOST: readonly Taint[] = [{ key: TAINT_UNREACHABLE, effect: "NoExecute" }];

/** Whether the pod is evicted from a node that cannot be reached, sooner or later. */
export function leavesLostNode({ spec }: Pod): boolean {
  return planEviction(LOST, spec.tolerations).kind !== "stay";
}

/** What becomes of a pod that its controller loses. `job` is the controller itself where it is a Job. */
export function replacementOf(pod: Pod, job: Job | undefined): Replacement {
  const owner = controllerOf(pod);
  if (owner === undefined || owner.kind === "Node") return "never";
  const kind = groupKindOf(owner);
  if (kind === "batch/Job") return job?.spec.podReplacementPolicy === "Failed" ? "once-gone" : "at-once";
  return REPLACEMENTS[kind] ?? "unknown";
}

const REPLACEMENTS: Readonly<Record<string, Replacement>> = {
  "apps/ReplicaSet": "at-once",
  "/ReplicationController": "at-once",
  "apps/StatefulSet": "once-gone",
  "apps/DaemonSet": "same-node",
};
