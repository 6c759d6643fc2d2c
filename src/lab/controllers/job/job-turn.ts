import { deepEqual } from "../../../base/deep.ts";
import { findCondition } from "../../../kube/conditions.ts";
import { jobs, pods } from "../../../kube/kinds.ts";
import { isStatus, type StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Job, JobStatus, Pod } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import type { LabContext } from "../../context.ts";
import { attemptAll, slowStart } from "../shared/attempt.ts";
import { nonZero } from "../shared/fields.ts";
import { createPod, deletePod } from "../shared/pod-control.ts";
import { isPodReady } from "../shared/pod-state.ts";
import { account, announceEnd, end, settle, withCondition } from "./accounting.ts";
import type { FailureRecord } from "./failure-backoff.ts";
import { isTracked, type JobView, TRACKING_FINALIZER } from "./job-pods.ts";
import { planPods } from "./plan.ts";
import { draftPod } from "./pod-template.ts";
import { completed, isSuspended, remainingMs, type Verdict, verdictOf } from "./verdict.ts";

/** What a turn came to. */
export interface TurnResult {
  readonly refusal?: StatusError | undefined;
  /** When to look again although nothing may have changed by then. */
  readonly waitMs?: number | undefined;
  /** The failures have been counted, and the next pause goes by them. */
  readonly hasCounted: boolean;
}

/** One turn of one Job that is not finished: makes and deletes pods, counts those that have ended, writes the status. */
export class JobTurn {
  readonly #context: LabContext;
  readonly #view: JobView;
  readonly #nowMs: number;
  #job: Job;
  #active: number;
  #ready: number;
  #terminating: number;
  #verdict: Verdict | undefined;
  #refusal: StatusError | undefined;
  #waitMs: number | undefined;
  #hasCounted = false;

  constructor(context: LabContext, view: JobView) {
    this.#context = context;
    this.#view = view;
    this.#job = view.job;
    this.#nowMs = context.engine.now();
    this.#active = view.active.length;
    this.#ready = view.ready;
    this.#terminating = view.terminating;
  }

  run(record: FailureRecord | undefined): TurnResult {
    let status = this.#begun(this.#job.status);
    this.#verdict = verdictOf(this.#view, this.#nowMs);
    if (this.#verdict !== undefined) {
      this.#stopActive();
    } else {
      this.#waitMs = remainingMs({ ...this.#job, status }, this.#nowMs);
      status = this.#work(status, record);
    }
    const refusal = this.#track(status) ?? this.#refusal;
    return { refusal, waitMs: this.#waitMs, hasCounted: this.#hasCounted };
  }

  #begun(status: JobStatus): JobStatus {
    if (status.startTime !== undefined || isSuspended(this.#job)) return status;
    return { ...status, startTime: formatTime(this.#nowMs) };
  }

  /** A Job that is to end keeps no pod; if one cannot be deleted, it is not to end yet. */
  #stopActive(): void {
    if (!this.#remove(this.#view.active)) this.#verdict = undefined;
  }

  #work(status: JobStatus, record: FailureRecord | undefined): JobStatus {
    const isLeaving = this.#job.metadata.deletionTimestamp !== undefined;
    if (!isLeaving) this.#managePods(record);
    const { completions } = this.#job.spec;
    const { succeeded } = this.#view;
    const isEnough = completions === undefined ? succeeded > 0 : succeeded >= completions;
    if (isEnough && this.#active === 0) this.#verdict = completed();
    return this.#verdict !== undefined || isLeaving ? status : this.#suspension(status);
  }

  #managePods(record: FailureRecord | undefined): void {
    const plan = planPods(this.#view, record, this.#nowMs);
    switch (plan.kind) {
      case "delete":
        // These are not to be counted: they are let go of before they are deleted.
        this.#refusal = attemptAll(plan.pods, (pod) => release(this.#context.api, pod))[0];
        this.#remove(plan.pods);
        break;
      case "create":
        this.#create(plan.indexes);
        break;
      case "wait":
        this.#waitMs = Math.min(Math.max(plan.waitMs, 1_000), this.#waitMs ?? plan.waitMs);
        // The real controller reports none active while it waits, whatever runs.
        this.#active = 0;
        break;
      default:
    }
  }

  #create(indexes: readonly (number | undefined)[]): void {
    const { succeeded, refusals } = slowStart(indexes.length, (i) => {
      const index = indexes[i];
      const replaced = index === undefined ? undefined : this.#view.indexes?.delayed.get(index);
      createPod(this.#context, this.#job, draftPod(this.#job, index, replaced));
    });
    this.#active += succeeded;
    this.#refusal = refusals[0];
  }

  /** Whether all of them could be deleted. */
  #remove(doomed: readonly Pod[]): boolean {
    const refusals = attemptAll(doomed, (pod) => deletePod(this.#context, this.#job, pod));
    const deleted = doomed.length - refusals.length;
    this.#active -= deleted;
    this.#terminating += deleted;
    this.#ready -= doomed.filter(isPodReady).length;
    this.#refusal ??= refusals[0];
    return refusals.length === 0;
  }

  #suspension(status: JobStatus): JobStatus {
    const isOn = isSuspended(this.#job);
    const before = findCondition(status.conditions, "Suspended");
    if (isOn === (before?.status === "True")) return status;
    const [word, state] = isOn ? ["Suspended", "True" as const] : ["Resumed", "False" as const];
    const message = isOn ? "Job suspended" : "Job resumed";
    this.#context.events.event(this.#job, "Normal", word, message);
    const finding = { type: "Suspended", status: state, reason: `Job${word}`, message };
    const changed = withCondition(status, finding, this.#nowMs);
    return isOn ? changed : { ...changed, startTime: formatTime(this.#nowMs) };
  }

  #track(begun: JobStatus): StatusError | undefined {
    const tracked = new Set(this.#view.pods.filter(isTracked).map(({ metadata }) => metadata.uid));
    const counted = settle(this.#withCounts(begun), tracked);
    const { status, release: ended, isFull } = account(this.#view, counted, this.#verdict);
    this.#write(this.#verdict === undefined ? status : announceEnd(status, this.#verdict, this.#nowMs));
    const refusal = attemptAll(ended, (pod) => {
      release(this.#context.api, pod);
      tracked.delete(pod.metadata.uid);
    })[0];
    const settled = settle(this.#job.status, tracked);
    const { succeeded = [], failed = [] } = settled.uncountedTerminatedPods ?? {};
    const isOver = succeeded.length + failed.length === 0 && this.#terminating === 0 && !isFull;
    if (refusal === undefined && this.#verdict !== undefined && isOver) this.#finish(settled, this.#verdict);
    else this.#write(settled);
    return refusal;
  }

  #withCounts(status: JobStatus): JobStatus {
    const { active: _, ...rest } = status;
    return {
      ...rest,
      ...nonZero({ active: this.#active }),
      ready: this.#ready,
      terminating: this.#terminating,
    };
  }

  #finish(status: JobStatus, verdict: Verdict): void {
    this.#write(end(status, verdict, this.#nowMs));
    const { events } = this.#context;
    if (verdict.outcome === "failure") {
      events.event(this.#job, "Warning", verdict.reason, verdict.message);
      return;
    }
    const { completions } = this.#job.spec;
    if (completions !== undefined && (this.#job.status.succeeded ?? 0) > completions) {
      const message = "Too many succeeded pods running after completion count reached";
      events.event(this.#job, "Warning", "TooManySucceededPods", message);
    }
    events.event(this.#job, "Normal", "Completed", "Job completed");
  }

  #write(status: JobStatus): void {
    if (deepEqual(status, this.#job.status)) return;
    this.#job = this.#context.api.updateStatus(jobs, { ...this.#job, status });
    this.#hasCounted = true;
  }
}

/** Lets go of a pod that has been counted, or is not to be. */
export function release(api: Api, { metadata }: Pod): void {
  const current = api.get(pods, metadata.namespace, metadata.name);
  if (current?.metadata.uid !== metadata.uid || !isTracked(current)) return;
  const finalizers = (current.metadata.finalizers ?? []).filter(
    (finalizer) => finalizer !== TRACKING_FINALIZER,
  );
  try {
    api.update(pods, { ...current, metadata: { ...current.metadata, finalizers } });
  } catch (error) {
    if (!isStatus(error, "NotFound")) throw error;
  }
}
