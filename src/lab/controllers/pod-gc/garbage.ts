/** Which pods nobody is left to clean up. Decides; does not delete. */
import { isConditionTrue } from "../../../kube/conditions.ts";
import { hasTaintKey, TAINT_OUT_OF_SERVICE } from "../../../kube/taints.ts";
import type { Node, Pod } from "../../../kube/types/index.ts";
import { isPodTerminal } from "../shared/pod-state.ts";

/** --terminated-pod-gc-threshold: so many ended pods are kept for people to look at. */
export const TERMINATED_PODS_MAX = 12_500;

/** Why a pod is garbage; each reason is looked at in this order. */
export type GarbageReason = "terminated" | "out-of-service" | "orphaned" | "unscheduled";

/** Whether the node was declared off, and does not say otherwise. */
export function isOutOfService(node: Node): boolean {
  return (
    !isConditionTrue(node.status.conditions, "Ready") && hasTaintKey(node.spec.taints, TAINT_OUT_OF_SERVICE)
  );
}

/** Why the pod, being deleted, will never be ended by a kubelet; `undefined` while one may still do it. */
export function abandonedReason(
  pod: Pod,
  findNode: (name: string) => Node | undefined,
): "out-of-service" | "unscheduled" | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (pod.spec.nodeName === undefined) return "unscheduled";
  const node = findNode(pod.spec.nodeName);
  return node !== undefined && isOutOfService(node) ? "out-of-service" : undefined;
}

/** The ended pods beyond the threshold: evicted ones first, then the oldest. */
export function surplusTerminated(all: readonly Pod[], keptMax = TERMINATED_PODS_MAX): readonly Pod[] {
  const ended = all.filter(isPodTerminal);
  return ended.length <= keptMax ? [] : sortForDeletion(ended).slice(0, ended.length - keptMax);
}

/** Evicted pods first, for no controller looks at them any more; then the oldest; then by name. */
export function sortForDeletion(all: readonly Pod[]): readonly Pod[] {
  return [...all].sort((a, b) => {
    const evicted = Number(isEvicted(b)) - Number(isEvicted(a));
    if (evicted !== 0) return evicted;
    return (
      compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
      compare(a.metadata.name, b.metadata.name)
    );
  });
}

function isEvicted({ status }: Pod): boolean {
  return status.phase === "Failed" && status.reason === "Evicted";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
