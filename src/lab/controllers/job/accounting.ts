/**
 * How ended pods enter a Job's counts, so that none is counted twice and none is lost whatever stops in between:
 * their uids are listed as uncounted, then their finalizers go, then the list becomes the counts.
 * Only works out the next status and the pods to let go; `job-turn.ts` writes.
 */
import { findCondition } from "../../../kube/conditions.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Condition, JobStatus, Pod } from "../../../kube/types/index.ts";
import { nonZero } from "../shared/fields.ts";
import { hasValidIndex, indexOf, isFailed, isIndexed, isTracked, type JobView } from "./job-pods.ts";
import { judgeFailure } from "./policies.ts";
import type { Verdict } from "./verdict.ts";

/** More are not listed at once: a status has to fit into an object. */
const UNCOUNTED_MAX = 500;

/** What is to be written, and which pods can go once that is done. */
export interface Account {
  readonly status: JobStatus;
  readonly release: readonly Pod[];
  /** Some ended pods have to wait for the next turn. */
  readonly isFull: boolean;
}

/** Counts uids that are listed and whose pods have lost their finalizer, or are gone. */
export function settle(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const left = {
    succeeded: succeeded.filter((uid) => tracked.has(uid)),
    failed: failed.filter((uid) => tracked.has(uid)),
  };
  const { succeeded: _, failed: __, uncountedTerminatedPods: ___, ...rest } = status;
  return {
    ...rest,
    ...nonZero({
      succeeded: (status.succeeded ?? 0) + succeeded.length - left.succeeded.length,
      failed: (status.failed ?? 0) + failed.length - left.failed.length,
    }),
    uncountedTerminatedPods: {
      ...(left.succeeded.length > 0 && { succeeded: left.succeeded }),
      ...(left.failed.length > 0 && { failed: left.failed }),
    },
  };
}

/** Lists what has ended since, and what will never end well because the Job is over. */
export function account(view: JobView, status: JobStatus, verdict: Verdict | undefined): Account {
  const { job } = view;
  const known = status.uncountedTerminatedPods ?? {};
  const succeeded = [...(known.succeeded ?? [])];
  const failed = [...(known.failed ?? [])];
  const indexes: number[] = [];
  const release: Pod[] = [];
  const sorted = isIndexed(job) ? view.pods.toSorted((a, b) => indexOf(a) - indexOf(b)) : view.pods;
  let isFull = false;
  for (const pod of sorted) {
    if (!isTracked(pod) || !mayRelease(view, pod, verdict)) continue;
    release.push(pod);
    const { uid } = pod.metadata;
    if (pod.status.phase === "Succeeded" && !failed.includes(uid)) {
      if (!isIndexed(job)) addOnce(succeeded, uid);
      else if (hasValidIndex(job, pod) && !view.indexes?.succeededBefore.has(indexOf(pod)))
        indexes.push(indexOf(pod));
    } else if (isFailed(job, pod) || verdict?.outcome === "failure") {
      if (hasValidIndex(job, pod) && judgeFailure(job, pod).counts) addOnce(failed, uid);
    }
    if (indexes.length + succeeded.length + failed.length >= UNCOUNTED_MAX) {
      isFull = true;
      break;
    }
  }
  return { status: withLists(view, status, { succeeded, failed, indexes }), release, isFull };
}

/** The status with the condition that says that the Job is to end. */
export function announceEnd(
  status: JobStatus,
  { outcome, reason, message }: Verdict,
  nowMs: number,
): JobStatus {
  const type = outcome === "success" ? "SuccessCriteriaMet" : "FailureTarget";
  if (findCondition(status.conditions, type) !== undefined) return status;
  return withCondition(status, { type, status: "True", reason, message }, nowMs);
}

/** The status with the condition that says that the Job has ended. */
export function end(status: JobStatus, { outcome, reason, message }: Verdict, nowMs: number): JobStatus {
  const isSuccess = outcome === "success";
  const type = isSuccess ? "Complete" : "Failed";
  const ended = withCondition(status, { type, status: "True", reason, message }, nowMs);
  return isSuccess ? { ...ended, completionTime: formatTime(nowMs) } : ended;
}

/** The status with the condition in the place of one of its type, or at the end. */
export function withCondition(
  status: JobStatus,
  condition: Pick<Condition, "type" | "status" | "reason" | "message">,
  nowMs: number,
): JobStatus {
  const now = formatTime(nowMs);
  const next: Condition = { ...condition, lastProbeTime: now, lastTransitionTime: now };
  const conditions = status.conditions ?? [];
  const isThere = findCondition(conditions, condition.type) !== undefined;
  return {
    ...status,
    conditions: isThere
      ? conditions.map((old) => (old.type === next.type ? next : old))
      : [...conditions, next],
  };
}

function addOnce(list: string[], uid: string): void {
  if (!list.includes(uid)) list.push(uid);
}

function mayRelease({ job, indexes }: JobView, pod: Pod, verdict: Verdict | undefined): boolean {
  const isOver = job.metadata.deletionTimestamp !== undefined || verdict !== undefined;
  if (isOver || pod.status.phase === "Succeeded") return true;
  if (!isFailed(job, pod)) return false;
  // The next pod of the index is told how often it has failed, by the one that is replaced.
  return indexes?.delayed.get(indexOf(pod)) !== pod;
}

function withLists(
  { indexes }: JobView,
  status: JobStatus,
  lists: {
    readonly succeeded: readonly string[];
    readonly failed: readonly string[];
    readonly indexes: readonly number[];
  },
): JobStatus {
  const uncountedTerminatedPods = {
    ...(lists.succeeded.length > 0 && { succeeded: lists.succeeded }),
    ...(lists.failed.length > 0 && { failed: lists.failed }),
  };
  const listed: JobStatus = { ...status, uncountedTerminatedPods };
  if (indexes === undefined) return listed;
  const { succeeded: _, completedIndexes: __, ...rest } = listed;
  const completed = indexes.succeeded.with(lists.indexes);
  return {
    ...rest,
    ...nonZero({ succeeded: completed.size }),
    ...(completed.size > 0 && { completedIndexes: completed.toString() }),
    ...(indexes.failed !== undefined && { failedIndexes: indexes.failed.toString() }),
  };
}
