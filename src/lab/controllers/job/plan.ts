/** Which pods a Job lacks and which it has too many of. Only looks and answers. */
import type { Job, Pod } from "../../../kube/types/index.ts";
import { sortForDeletion } from "../shared/pod-ranking.ts";
import { isPodTerminating } from "../shared/pod-state.ts";
import { type FailureRecord, finishedAtMs, remainingPauseMs } from "./failure-backoff.ts";
import { IndexSet } from "./index-set.ts";
import {
  failuresOf,
  hasLimitPerIndex,
  indexOf,
  isIndexed,
  type JobView,
  replacesOnlyFailed,
} from "./job-pods.ts";
import { isSuspended } from "./verdict.ts";

/** Pods created or deleted at once by one turn. */
const CHANGES_MAX = 500;

/** What to do about the number of pods. */
export type PodPlan =
  | { readonly kind: "nothing" }
  | { readonly kind: "delete"; readonly pods: readonly Pod[] }
  /** `undefined` in the place of an index for Jobs without. */
  | { readonly kind: "create"; readonly indexes: readonly (number | undefined)[] }
  /** Pods are missing, but the pause after a failure is not over. */
  | { readonly kind: "wait"; readonly waitMs: number };

/** Compares the pods at work with the number that should be. */
export function planPods(view: JobView, record: FailureRecord | undefined, nowMs: number): PodPlan {
  const { job, active } = view;
  if (isSuspended(job)) return active.length === 0 ? { kind: "nothing" } : { kind: "delete", pods: active };
  const wanted = wantedActive(view);
  const doomed = podsToRemove(job, active, Math.max(0, active.length - wanted)).slice(0, CHANGES_MAX);
  if (doomed.length > 0) return { kind: "delete", pods: doomed };
  const waitedFor = replacesOnlyFailed(job) ? view.terminating : 0;
  const missing = wanted - waitedFor - active.length;
  if (missing <= 0) return { kind: "nothing" };
  const waitMs = hasLimitPerIndex(job) ? 0 : remainingPauseMs(record, nowMs);
  if (waitMs > 0) return { kind: "wait", waitMs };
  const count = Math.min(missing, CHANGES_MAX);
  return isIndexed(job)
    ? planIndexes(view, count, nowMs)
    : { kind: "create", indexes: Array(count).fill(undefined) };
}

function wantedActive({ job, active, succeeded }: JobView): number {
  const { completions, parallelism = 1 } = job.spec;
  // Without a number of completions the first success ends it: what runs may finish, nothing new begins.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** The lowest indexes that have no pod, have not succeeded and have not failed for good. */
function planIndexes(view: JobView, count: number, nowMs: number): PodPlan {
  const pending = pendingIndexes(view, count);
  if (!hasLimitPerIndex(view.job)) return { kind: "create", indexes: pending };
  const waits = pending.map((index) => ({ index, waitMs: indexPauseMs(view, index, nowMs) }));
  const due = waits.filter(({ waitMs }) => waitMs === 0).map(({ index }) => index);
  if (due.length > 0 || waits.length === 0) return { kind: "create", indexes: due };
  return { kind: "wait", waitMs: Math.min(...waits.map(({ waitMs }) => waitMs)) };
}

function pendingIndexes({ job, pods, active, indexes }: JobView, count: number): readonly number[] {
  const busy = (replacesOnlyFailed(job) ? [...active, ...pods.filter(isPodTerminating)] : active).map(
    indexOf,
  );
  const taken = (indexes?.succeeded ?? IndexSet.EMPTY)
    .with(busy.filter((index) => index >= 0))
    .with(indexes?.failed ?? []);
  const pending: number[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && pending.length < count; index++) {
    if (!taken.has(index)) pending.push(index);
  }
  return pending;
}

function indexPauseMs({ indexes }: JobView, index: number, nowMs: number): number {
  const last = indexes?.delayed.get(index);
  if (last === undefined) return 0;
  const { counted, ignored } = failuresOf(last);
  const record = { failuresAfterLastSuccess: counted + ignored + 1, lastFailureMs: finishedAtMs(last) };
  return remainingPauseMs(record, nowMs);
}

/** Pods of an index that another one does already, or that the Job has no more, go in any case. */
function podsToRemove(job: Job, active: readonly Pod[], atLeast: number): readonly Pod[] {
  if (!isIndexed(job)) return sortForDeletion(active).slice(0, atLeast);
  const byIndex = new Map<number, Pod[]>();
  for (const pod of active) {
    const index = indexOf(pod);
    byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
  }
  const remove: Pod[] = [];
  const rest: Pod[] = [];
  for (const [index, pods] of byIndex) {
    const isUnknown = index < 0 || index >= (job.spec.completions ?? 0);
    const sorted = sortForDeletion(pods);
    remove.push(...(isUnknown ? sorted : sorted.slice(0, -1)));
    if (!isUnknown) rest.push(...sorted.slice(-1));
  }
  const more = Math.max(0, atLeast - remove.length);
  return [...remove, ...sortForDeletion(rest).slice(0, more)];
}
