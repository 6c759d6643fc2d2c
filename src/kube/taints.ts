/**
 * Taints of nodes and the tolerations of pods for them: the well-known keys, and who puts up with what.
 * The rules are those of v1.Toleration.ToleratesTaint and v1.Taint.MatchTaint.
 */
import type { Taint, Toleration } from "./types/index.ts";

/** The node's kubelet says that it cannot run pods. */
export const TAINT_NOT_READY = "node.kubernetes.io/not-ready";
/** Nothing has been heard of the node's kubelet for the grace period. */
export const TAINT_UNREACHABLE = "node.kubernetes.io/unreachable";
/** The node is cordoned. */
export const TAINT_UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
export const TAINT_MEMORY_PRESSURE = "node.kubernetes.io/memory-pressure";
export const TAINT_DISK_PRESSURE = "node.kubernetes.io/disk-pressure";
export const TAINT_PID_PRESSURE = "node.kubernetes.io/pid-pressure";
export const TAINT_NETWORK_UNAVAILABLE = "node.kubernetes.io/network-unavailable";
/** Somebody vouches that the node is off: its pods may be deleted by force and its volumes detached at once. */
export const TAINT_OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

/** Whether both are the same taint: a node has one per key and effect, whatever its value. */
export function isSameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/** Whether the list has that taint. */
export function hasTaint(taints: readonly Taint[] | undefined, taint: Taint): boolean {
  return taints?.some((other) => isSameTaint(other, taint)) ?? false;
}

/** Whether the list has a taint with that key, whatever its effect. */
export function hasTaintKey(taints: readonly Taint[] | undefined, key: string): boolean {
  return taints?.some((taint) => taint.key === key) ?? false;
}

/** Whether the toleration puts up with the taint. No key means every key, no effect means every effect. */
export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  const { effect = "", key = "", operator = "Equal", value = "" } = toleration;
  if (effect !== "" && effect !== taint.effect) return false;
  if (key !== "" && key !== taint.key) return false;
  if (operator === "Exists") return true;
  return operator === "Equal" && value === (taint.value ?? "");
}

/** For each taint the first toleration that puts up with it; `undefined` when one is not tolerated. */
export function matchingTolerations(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] = [],
): readonly Toleration[] | undefined {
  const used: Toleration[] = [];
  for (const taint of taints) {
    const toleration = tolerations.find((candidate) => toleratesTaint(candidate, taint));
    if (toleration === undefined) return undefined;
    used.push(toleration);
  }
  return used;
}
