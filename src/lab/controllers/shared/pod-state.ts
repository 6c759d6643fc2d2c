import { findCondition } from "../../../kube/conditions.ts";
import type { Condition, Pod } from "../../../kube/types/index.ts";
import { momentMs } from "./moment.ts";

/** The pod's condition of that type. */
export function podCondition(pod: Pod, type: string): Condition | undefined {
  return findCondition(pod.status.conditions, type);
}

/** Whether the pod's Ready condition is True. */
export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, "Ready")?.status === "True";
}

/** Since when the pod has been ready; absent for one that is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = podCondition(pod, "Ready");
  if (ready?.status !== "True" || ready.lastTransitionTime === undefined) return undefined;
  return momentMs(ready.lastTransitionTime);
}

/** Whether the pod has been ready for so many seconds. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  if (!isPodReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const sinceMs = readySinceMs(pod);
  return sinceMs !== undefined && sinceMs + minReadySeconds * 1_000 <= nowMs;
}

/** How long until the first of the ready pods that are not available yet becomes so. */
export function nextAvailabilityMs(
  pods: readonly Pod[],
  minReadySeconds: number,
  nowMs: number,
): number | undefined {
  let soonest: number | undefined;
  for (const pod of pods) {
    const sinceMs = readySinceMs(pod);
    if (sinceMs === undefined) continue;
    const waitMs = sinceMs + minReadySeconds * 1_000 - nowMs;
    if (waitMs > 0 && (soonest === undefined || waitMs < soonest)) soonest = waitMs;
  }
  return soonest;
}

/** Whether the pod has ended, well or not. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
}

/** Neither ended nor being deleted: what counts as a replica. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Being deleted, and still going. */
export function isPodTerminating(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined;
}
