/** How many disruptions a PodDisruptionBudget allows now. Only looks and answers. */
import { setCondition } from "../../../kube/conditions.ts";
import { controllerOf } from "../../../kube/owners.ts";
import type { OwnerReference, Pod, PodDisruptionBudget, Time } from "../../../kube/types/index.ts";
import { nonZero } from "../shared/fields.ts";
import { scaledValue } from "../shared/int-or-percent.ts";
import { momentMs } from "../shared/moment.ts";
import { isPodReady } from "../shared/pod-state.ts";
import type { ScaleAnswer } from "./scale-of.ts";

/** How long an eviction that was granted holds its place until the pod is seen to go (DeletionTimeout). */
const DELETION_TIMEOUT_MS = 120_000;

export type BudgetStatus = PodDisruptionBudget["status"];

/** How many pods there should be, and how many of them healthy. */
export type Expectation =
  | { readonly expectedPods: number; readonly desiredHealthy: number; readonly unmanaged: readonly Pod[] }
  | { readonly error: string };

/** What the budget asks for of these pods. Shares, and `maxUnavailable`, are of the sizes of the pods' controllers. */
export function expectationOf(
  { spec }: PodDisruptionBudget,
  pods: readonly Pod[],
  scaleOf: (reference: OwnerReference) => ScaleAnswer,
): Expectation {
  const { maxUnavailable, minAvailable } = spec;
  if (maxUnavailable === undefined && typeof minAvailable !== "string") {
    const expectedPods = minAvailable === undefined ? 0 : pods.length;
    return { expectedPods, desiredHealthy: minAvailable ?? 0, unmanaged: [] };
  }
  const scale = expectedScale(pods, scaleOf);
  if ("error" in scale) return scale;
  const { expectedPods, unmanaged } = scale;
  const desiredHealthy =
    maxUnavailable === undefined
      ? scaledValue(minAvailable ?? 0, expectedPods, "up")
      : Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, "up"));
  return { expectedPods, desiredHealthy, unmanaged };
}

/** Evictions granted whose pods are still there. */
export interface Disrupted {
  /** By name, those still held a place for. */
  readonly pods: Readonly<Record<string, Time>>;
  /** Pods that should have gone by now. */
  readonly overdue: readonly Pod[];
  /** When the next of them becomes overdue. */
  readonly recheckMs: number | undefined;
}

/** Sorts the granted evictions; one whose pod is gone, or going, has done its part. */
export function disruptedPods(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  nowMs: number,
): Disrupted {
  const held: Record<string, Time> = {};
  const overdue: Pod[] = [];
  let recheckMs: number | undefined;
  for (const pod of pods) {
    const grantedAt = status.disruptedPods?.[pod.metadata.name];
    if (grantedAt === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const expiresMs = momentMs(grantedAt) + DELETION_TIMEOUT_MS;
    if (expiresMs < nowMs) {
      overdue.push(pod);
    } else {
      held[pod.metadata.name] = grantedAt;
      recheckMs = Math.min(recheckMs ?? expiresMs, expiresMs);
    }
  }
  return { pods: held, overdue, recheckMs };
}

/** The status: what is healthy, what is asked for, and the difference. */
export function budgetStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  { expectedPods, desiredHealthy }: { readonly expectedPods: number; readonly desiredHealthy: number },
  disrupted: Disrupted,
  nowMs: number,
): BudgetStatus {
  const isHealthy = (pod: Pod) =>
    pod.metadata.deletionTimestamp === undefined && !(pod.metadata.name in disrupted.pods) && isPodReady(pod);
  const currentHealthy = pods.filter(isHealthy).length;
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const observedGeneration = budget.metadata.generation ?? 0;
  const condition = {
    type: "DisruptionAllowed",
    status: disruptionsAllowed > 0 ? ("True" as const) : ("False" as const),
    reason: disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods",
    message: "",
    observedGeneration,
  };
  return {
    ...nonZero({ observedGeneration }),
    ...(Object.keys(disrupted.pods).length > 0 && { disruptedPods: disrupted.pods }),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: setCondition(budget.status.conditions, condition, nowMs),
  };
}

/** The status when the sum cannot be done: nothing is allowed. */
export function failedStatus({ status }: PodDisruptionBudget, error: string, nowMs: number): BudgetStatus {
  const condition = {
    type: "DisruptionAllowed",
    status: "False" as const,
    reason: "SyncFailed",
    message: error,
    ...nonZero({ observedGeneration: status.observedGeneration ?? 0 }),
  };
  return {
    ...status,
    disruptionsAllowed: 0,
    conditions: setCondition(status.conditions, condition, nowMs),
  };
}

function expectedScale(
  pods: readonly Pod[],
  scaleOf: (reference: OwnerReference) => ScaleAnswer,
): { readonly expectedPods: number; readonly unmanaged: readonly Pod[] } | { readonly error: string } {
  const byController = new Map<string, number>();
  const seen = new Set<string>();
  const unmanaged: Pod[] = [];
  for (const pod of pods) {
    const reference = controllerOf(pod);
    if (reference === undefined) {
      unmanaged.push(pod);
      continue;
    }
    if (seen.has(reference.uid)) continue;
    seen.add(reference.uid);
    const scale = scaleOf(reference);
    if (scale === undefined) return { error: `found no controllers for pod "${pod.metadata.name}"` };
    if ("error" in scale) return scale;
    byController.set(scale.uid, scale.replicas);
  }
  const expectedPods = [...byController.values()].reduce((sum, replicas) => sum + replicas, 0);
  return { expectedPods, unmanaged };
}
