/** What a loss of nodes leaves behind before anybody is placed again: one rule for every answer. */
import { TAINT_UNREACHABLE } from "../../kube/taints.ts";
import type { Node, Taint } from "../../kube/types/index.ts";
import type { Budget } from "./budget.ts";
import type { Model } from "./model.ts";
import type { PodClass } from "./pod-class.ts";
import { ORPHANED, READY, TERMINATING } from "./pod-table.ts";

/** What a node is tainted with once it cannot be reached. */
export const LOST_TAINTS: readonly Taint[] = (["NoSchedule", "NoExecute"] as const).map((effect) => ({
  key: TAINT_UNREACHABLE,
  effect,
}));

/** The node once the control plane has noticed that it is gone: it stays, tainted and not ready. */
export function lostNode(node: Node): Node {
  const others = (node.spec.taints ?? []).filter(({ key }) => key !== TAINT_UNREACHABLE);
  const conditions = (node.status.conditions ?? []).filter(({ type }) => type !== "Ready");
  return {
    ...node,
    spec: { ...node.spec, taints: [...others, ...LOST_TAINTS] },
    status: { ...node.status, conditions: [...conditions, { type: "Ready", status: "Unknown" }] },
  };
}

/** Whether a pod of the class makes way for another of its controller while it is being deleted on a dead node. */
export function isReplaced({ leavesLostNode, replacement, isScheduled }: PodClass): boolean {
  return leavesLostNode && replacement === "at-once" && isScheduled;
}

/** Whether another pod of the class comes once one has left a node that works. */
export function returnsAfterEviction({ replacement, isScheduled }: PodClass): boolean {
  return replacement !== "never" && replacement !== "unknown" && isScheduled;
}

/** Pods that wait for a node whatever is lost, ascending. */
export function waitingBefore(model: Model): readonly number[] {
  const waiting: number[] = [];
  for (let pod = 0; pod < model.podCount; pod++) {
    if ((model.nodeOf[pod] as number) >= 0 || ((model.flags[pod] as number) & ORPHANED) !== 0) continue;
    if (model.podClass(pod).isScheduled) waiting.push(pod);
  }
  return waiting;
}

/** By index of the budget, how many healthy pods it has once the nodes are lost: of those on them, none. Others stay as they are. */
export function healthyAfter(model: Model, lost: Iterable<number>): ReadonlyMap<number, number> {
  const healthy = new Map<number, number>();
  for (const node of lost) {
    for (const pod of model.podsOn(node)) {
      if (!isHealthy(model, pod)) continue;
      for (const index of model.budgetsOf(pod)) {
        healthy.set(index, (healthy.get(index) ?? (model.budgets[index] as Budget).healthy) - 1);
      }
    }
  }
  return healthy;
}

/** Whether budgets count the pod as one that does its work. */
export function isHealthy(model: Model, pod: number): boolean {
  return ((model.flags[pod] as number) & (READY | TERMINATING)) === READY;
}
