/** A Job's pods by what they mean to it. Only looks and answers. */
import type { Job, Pod } from "../../../kube/types/index.ts";
import { isPodActive, isPodReady, isPodTerminating } from "../shared/pod-state.ts";
import { finishedAtMs } from "./failure-backoff.ts";
import { IndexSet } from "./index-set.ts";
import { judgeFailure } from "./policies.ts";

/** Keeps a pod that has ended until it has been counted. */
export const TRACKING_FINALIZER = "batch.kubernetes.io/job-tracking";
export const INDEX_ANNOTATION = "batch.kubernetes.io/job-completion-index";
export const FAILURES_ANNOTATION = "batch.kubernetes.io/job-index-failure-count";
export const IGNORED_FAILURES_ANNOTATION = "batch.kubernetes.io/job-index-ignored-failure-count";

/** Everything that one turn goes by. */
export interface JobView {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  /** Ended pods that neither the counts nor the list of uncounted ones know yet. */
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  /** All that have succeeded and failed, counted or not; of indexed Jobs, indexes. */
  readonly succeeded: number;
  readonly failed: number;
  /** Indexed Jobs only. */
  readonly indexes?: IndexView;
}

/** The indexes of an indexed Job. */
export interface IndexView {
  readonly succeededBefore: IndexSet;
  readonly succeeded: IndexSet;
  /** With a limit per index only. */
  readonly failed?: IndexSet;
  /** With a limit per index: the last failed pod of each index that is to be tried again, kept until its pause is over. */
  readonly delayed: ReadonlyMap<number, Pod>;
}

/** Sorts the pods of a Job that is not finished. */
export function viewOf(job: Job, pods: readonly Pod[]): JobView {
  const uncounted = job.status.uncountedTerminatedPods ?? {};
  const succeededUids = uncounted.succeeded ?? [];
  const failedUids = uncounted.failed ?? [];
  const active = pods.filter(isPodActive);
  const fresh = (known: readonly string[]) =>
    pods.filter((pod) => isTracked(pod) && !known.includes(pod.metadata.uid) && hasValidIndex(job, pod));
  const newSucceeded = fresh(succeededUids).filter(({ status }) => status.phase === "Succeeded");
  const newFailed = fresh(failedUids).filter((pod) => isFailed(job, pod));
  const counting = newFailed.filter((pod) => judgeFailure(job, pod).counts).length;
  const indexes = isIndexed(job) ? indexView(job, pods, active) : undefined;
  return {
    job,
    pods,
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    newSucceeded,
    newFailed,
    succeeded:
      indexes?.succeeded.size ?? (job.status.succeeded ?? 0) + newSucceeded.length + succeededUids.length,
    failed: (job.status.failed ?? 0) + counting + failedUids.length,
    ...(indexes !== undefined && { indexes }),
  };
}

/** Whether the pod still waits to be counted. */
export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(TRACKING_FINALIZER) ?? false;
}

export function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === "Indexed";
}

/** Whether each index has a limit of its own. */
export function hasLimitPerIndex({ spec }: Job): boolean {
  return spec.backoffLimitPerIndex !== undefined;
}

/** Whether a pod is replaced only when it has ended for good, not already while it terminates. */
export function replacesOnlyFailed({ spec }: Job): boolean {
  return spec.podReplacementPolicy === "Failed" || spec.podFailurePolicy !== undefined;
}

/** Whether the pod has failed as far as the Job is concerned: one that terminates counts, unless it is waited for. */
export function isFailed(job: Job, { metadata, status }: Pod): boolean {
  if (status.phase === "Failed") return true;
  if (replacesOnlyFailed(job)) return false;
  return metadata.deletionTimestamp !== undefined && status.phase !== "Succeeded";
}

/** The pod's completion index, -1 for a pod without one. */
export function indexOf({ metadata }: Pod): number {
  const text = metadata.annotations?.[INDEX_ANNOTATION];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : -1;
}

/** Whether the pod's index is one that the Job has. Jobs without indexes take every pod. */
export function hasValidIndex(job: Job, pod: Pod): boolean {
  if (!isIndexed(job)) return true;
  const index = indexOf(pod);
  return index >= 0 && index < (job.spec.completions ?? 0);
}

/** Failures of the index so far, as the pod was told when it was made. */
export function failuresOf({ metadata }: Pod): { readonly counted: number; readonly ignored: number } {
  const count = (key: string) => {
    const text = metadata.annotations?.[key] ?? "";
    return /^\d+$/.test(text) ? Number(text) : 0;
  };
  return { counted: count(FAILURES_ANNOTATION), ignored: count(IGNORED_FAILURES_ANNOTATION) };
}

function indexView(job: Job, pods: readonly Pod[], active: readonly Pod[]): IndexView {
  const completions = job.spec.completions ?? 0;
  const tracked = pods.filter((pod) => isTracked(pod) && hasValidIndex(job, pod));
  const succeededBefore = IndexSet.parse(job.status.completedIndexes, completions);
  const succeeded = succeededBefore.with(
    tracked.filter(({ status }) => status.phase === "Succeeded").map(indexOf),
  );
  if (!hasLimitPerIndex(job)) return { succeededBefore, succeeded, delayed: new Map() };
  const failed = IndexSet.parse(job.status.failedIndexes, completions).with(
    tracked.filter((pod) => hasUsedUp(job, pod)).map(indexOf),
  );
  const running = new Set(active.map(indexOf));
  const delayed = new Map<number, Pod>();
  for (const pod of tracked) {
    const index = indexOf(pod);
    if (!isFailed(job, pod) || succeeded.has(index) || failed.has(index) || running.has(index)) continue;
    const other = delayed.get(index);
    if (other === undefined || isLater(pod, other)) delayed.set(index, pod);
  }
  return { succeededBefore, succeeded, failed, delayed };
}

/** Whether with this pod's failure its index has failed for good. */
function hasUsedUp(job: Job, pod: Pod): boolean {
  if (!isFailed(job, pod)) return false;
  const { counts, action } = judgeFailure(job, pod);
  if (action === "FailIndex") return true;
  return counts && failuresOf(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0);
}

function isLater(pod: Pod, other: Pod): boolean {
  const total = (failures: { readonly counted: number; readonly ignored: number }) =>
    failures.counted + failures.ignored;
  return total(failuresOf(other)) <= total(failuresOf(pod)) && finishedAtMs(pod) >= finishedAtMs(other);
}
