/** What a Deployment says about itself: counts over its ReplicaSets, and the conditions Available, Progressing, ReplicaFailure. */
import { findCondition, removeCondition } from "../../../kube/conditions.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from "../../../kube/types/index.ts";
import { nonZero } from "../shared/fields.ts";
import { momentMs } from "../shared/moment.ts";
import { allOf, desiredPods, type ReplicaSets, reportedPods } from "./replica-sets.ts";
import { rollingBounds } from "./rolling-bounds.ts";

/** math.MaxInt32 stands for "no limit". */
const NO_LIMIT = 2_147_483_647;

/** What a condition says, without its times. */
export interface Finding {
  readonly type: "Available" | "Progressing" | "ReplicaFailure";
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** Whether the Deployment wants to be told when it gets nowhere. */
export function hasProgressDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== NO_LIMIT;
}

/** Whether old ReplicaSets beyond some number go. */
export function hasRevisionHistoryLimit({ spec }: Deployment): boolean {
  return spec.revisionHistoryLimit !== undefined && spec.revisionHistoryLimit !== NO_LIMIT;
}

/**
 * The list with the condition set. One that says the same for the same reason stays as it is, whatever its message; a
 * changed one goes to the end, and keeps the time of its last transition while its status stays.
 */
export function withCondition(
  conditions: readonly Condition[],
  finding: Finding,
  nowMs: number,
): readonly Condition[] {
  const before = findCondition(conditions, finding.type);
  if (before !== undefined && before.status === finding.status && before.reason === finding.reason)
    return conditions;
  const now = formatTime(nowMs);
  const since = before?.status === finding.status ? (before.lastTransitionTime ?? now) : now;
  const condition = { ...finding, lastUpdateTime: now, lastTransitionTime: since };
  return [...removeCondition(conditions, finding.type), condition];
}

/** Counts and the condition Available; the other conditions stay as they are. */
export function countStatus(deployment: Deployment, sets: ReplicaSets, nowMs: number): DeploymentStatus {
  const all = allOf(sets);
  const { spec, metadata, status } = deployment;
  const availableReplicas = reportedPods(all, "availableReplicas");
  const isAvailable = availableReplicas >= spec.replicas - rollingBounds(deployment).maxUnavailable;
  const available: Finding = isAvailable
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
  return {
    ...nonZero({
      observedGeneration: metadata.generation ?? 0,
      replicas: reportedPods(all, "replicas"),
      updatedReplicas: sets.fresh?.status.replicas ?? 0,
      readyReplicas: reportedPods(all, "readyReplicas"),
      availableReplicas,
      unavailableReplicas: Math.max(0, desiredPods(all) - availableReplicas),
    }),
    ...(status.collisionCount !== undefined && { collisionCount: status.collisionCount }),
    conditions: withCondition(status.conditions ?? [], available, nowMs),
  };
}

/** The whole status during and after a rollout: counts, progress against its deadline, and what failed. */
export function rolloutStatus(deployment: Deployment, sets: ReplicaSets, nowMs: number): DeploymentStatus {
  const counted = countStatus(deployment, sets, nowMs);
  const conditions = withFailure(progressConditions(deployment, counted, sets.fresh, nowMs), sets);
  return { ...counted, conditions };
}

/** Whether everything there is is new and available, and the status speaks of the present spec. */
export function isComplete({ spec, metadata }: Deployment, status: DeploymentStatus): boolean {
  return (
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.replicas ?? 0) === spec.replicas &&
    (status.availableReplicas ?? 0) === spec.replicas &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

/** How long until a look at the clock may find the deadline passed; absent while there is nothing to wait for. */
export function progressCheckMs(deployment: Deployment, nowMs: number): number | undefined {
  const progressing = findCondition(deployment.status.conditions, "Progressing");
  if (!hasProgressDeadline(deployment) || progressing === undefined) return undefined;
  if (isComplete(deployment, deployment.status) || progressing.reason === "ProgressDeadlineExceeded")
    return undefined;
  return deadlineMs(deployment, progressing) - nowMs;
}

function progressConditions(
  deployment: Deployment,
  counted: DeploymentStatus,
  fresh: ReplicaSet | undefined,
  nowMs: number,
): readonly Condition[] {
  const conditions = counted.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return removeCondition(conditions, "Progressing");
  const before = findCondition(deployment.status.conditions, "Progressing");
  const isSettled =
    (counted.replicas ?? 0) === (counted.updatedReplicas ?? 0) && before?.reason === "NewReplicaSetAvailable";
  if (isSettled) return conditions;
  const what =
    fresh === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${fresh.metadata.name}"`;
  const progressing = { type: "Progressing" } as const;
  if (isComplete(deployment, counted)) {
    const message = `${what} has successfully progressed.`;
    const finding = { ...progressing, status: "True", reason: "NewReplicaSetAvailable", message } as const;
    return withCondition(conditions, finding, nowMs);
  }
  if (hasProgressed(deployment.status, counted)) {
    return withProgress(conditions, before, `${what} is progressing.`, nowMs);
  }
  if (before !== undefined && isTimedOut(deployment, before, nowMs)) {
    const message = `${what} has timed out progressing.`;
    const finding = { ...progressing, status: "False", reason: "ProgressDeadlineExceeded", message } as const;
    return withCondition(conditions, finding, nowMs);
  }
  return conditions;
}

/** Every step forward renews the condition's update time, which is what the deadline counts from. */
function withProgress(
  conditions: readonly Condition[],
  before: Condition | undefined,
  message: string,
  nowMs: number,
): readonly Condition[] {
  const now = formatTime(nowMs);
  const condition: Condition = {
    type: "Progressing",
    status: "True",
    reason: "ReplicaSetUpdated",
    message,
    lastUpdateTime: now,
    lastTransitionTime: before?.status === "True" ? (before.lastTransitionTime ?? now) : now,
  };
  return [...removeCondition(conditions, "Progressing"), condition];
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, progressing: Condition, nowMs: number): boolean {
  if (progressing.reason === "NewReplicaSetAvailable") return false;
  return progressing.reason === "ProgressDeadlineExceeded" || deadlineMs(deployment, progressing) < nowMs;
}

function deadlineMs({ spec }: Deployment, { lastUpdateTime }: Condition): number {
  return (lastUpdateTime === undefined ? 0 : momentMs(lastUpdateTime)) + spec.progressDeadlineSeconds * 1_000;
}

/** A ReplicaSet's failure is the Deployment's: the new one's first, else that of any. */
function withFailure(conditions: readonly Condition[], sets: ReplicaSets): readonly Condition[] {
  const candidates = sets.fresh === undefined ? sets.old : [sets.fresh, ...sets.old];
  for (const { status } of candidates) {
    const failure = findCondition(status.conditions, "ReplicaFailure");
    if (failure === undefined) continue;
    const before = findCondition(conditions, "ReplicaFailure");
    if (before !== undefined && before.status === failure.status && before.reason === failure.reason)
      return conditions;
    const { lastTransitionTime } = failure;
    const times = lastTransitionTime === undefined ? {} : { lastUpdateTime: lastTransitionTime };
    return [...removeCondition(conditions, "ReplicaFailure"), { ...failure, ...times }];
  }
  return removeCondition(conditions, "ReplicaFailure");
}
