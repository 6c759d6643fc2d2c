/** Whether a Job is over, and why. Only looks and answers. */

import { findCondition } from "../../../kube/conditions.ts";
import { secondsOf } from "../../../kube/seconds.ts";
import type { Condition, Job, Pod } from "../../../kube/types/index.ts";
import { momentMs } from "../shared/moment.ts";
import { hasLimitPerIndex, isFailed, isIndexed, type JobView } from "./job-pods.ts";
import { judgeFailure, successOf } from "./policies.ts";

/**
 * How a Job ends. It is said twice: first that it is to end (SuccessCriteriaMet, FailureTarget), and when its last pod has
 * gone, that it has (Complete, Failed).
 */
export interface Verdict {
  readonly outcome: "success" | "failure";
  readonly reason: string;
  readonly message: string;
  /** The first of the two has been said already. */
  readonly isTold: boolean;
}

/** Whether the Job is not to have pods for now. */
export function isSuspended({ spec }: Job): boolean {
  return spec.suspend === true;
}

/** The end of a Job that has come to it other than by its pods all succeeding. */
export function verdictOf(view: JobView, nowMs: number): Verdict | undefined {
  const { job } = view;
  const told = toldVerdict(job);
  if (told !== undefined) return told;
  return failureByPods(view) ?? failureByTime(job, nowMs) ?? failureByIndexes(view) ?? successByPolicy(view);
}

/** The end of a Job whose pods have all succeeded. */
export function completed(): Verdict {
  const message = "Reached expected number of succeeded pods";
  return { outcome: "success", reason: "CompletionsReached", message, isTold: false };
}

/** How long the Job may still be active; absent for one without a deadline, or not begun, or suspended. */
export function remainingMs({ spec, status, ...job }: Job, nowMs: number): number | undefined {
  if (spec.activeDeadlineSeconds === undefined || status.startTime === undefined) return undefined;
  if (isSuspended({ spec, status, ...job })) return undefined;
  return momentMs(status.startTime) + secondsOf(spec.activeDeadlineSeconds) * 1_000 - nowMs;
}

function toldVerdict({ status }: Job): Verdict | undefined {
  const success = findCondition(status.conditions, "SuccessCriteriaMet");
  if (success?.status === "True") return fromCondition("success", success);
  const failure = findCondition(status.conditions, "FailureTarget");
  return failure?.status === "True" ? fromCondition("failure", failure) : undefined;
}

function fromCondition(outcome: Verdict["outcome"], { reason = "", message = "" }: Condition): Verdict {
  return { outcome, reason, message, isTold: true };
}

function failureByPods({ job, pods, failed }: JobView): Verdict | undefined {
  for (const pod of pods) {
    const why = isFailed(job, pod) ? judgeFailure(job, pod).failsJob : undefined;
    if (why !== undefined) return failure("PodFailurePolicy", why);
  }
  const isExceeded = failed > job.spec.backoffLimit || hasRestartedTooOften(job, pods);
  return isExceeded
    ? failure("BackoffLimitExceeded", "Job has reached the specified backoff limit")
    : undefined;
}

/** Pods that restart their containers themselves do not fail: their restarts count instead. */
function hasRestartedTooOften({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== "OnFailure") return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status.phase !== "Running" && status.phase !== "Pending") continue;
    for (const { restartCount } of status.initContainerStatuses ?? []) restarts += restartCount;
    for (const { restartCount } of status.containerStatuses ?? []) restarts += restartCount;
  }
  return spec.backoffLimit === 0 ? restarts > 0 : restarts >= spec.backoffLimit;
}

function failureByTime(job: Job, nowMs: number): Verdict | undefined {
  const leftMs = remainingMs(job, nowMs);
  return leftMs !== undefined && leftMs <= 0
    ? failure("DeadlineExceeded", "Job was active longer than specified deadline")
    : undefined;
}

function failureByIndexes({ job, indexes }: JobView): Verdict | undefined {
  const failed = indexes?.failed;
  if (indexes === undefined || failed === undefined || !hasLimitPerIndex(job)) return undefined;
  const { maxFailedIndexes, completions = 0 } = job.spec;
  if (maxFailedIndexes !== undefined && failed.size > maxFailedIndexes) {
    const message = "Job has exceeded the specified maximal number of failed indexes";
    return failure("MaxFailedIndexesExceeded", message);
  }
  const isAllDone = failed.size > 0 && failed.size + indexes.succeeded.size >= completions;
  return isAllDone ? failure("FailedIndexes", "Job has failed indexes") : undefined;
}

function successByPolicy({ job, indexes }: JobView): Verdict | undefined {
  if (!isIndexed(job) || indexes === undefined) return undefined;
  const message = successOf(job, indexes.succeeded);
  return message === undefined
    ? undefined
    : { outcome: "success", reason: "SuccessPolicy", message, isTold: false };
}

function failure(reason: string, message: string): Verdict {
  return { outcome: "failure", reason, message, isTold: false };
}
