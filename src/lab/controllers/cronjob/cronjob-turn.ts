import { deepEqual } from "../../../base/deep.ts";
import { cronJobs, jobs } from "../../../kube/kinds.ts";
import { controllerReferenceTo, isControlledBy } from "../../../kube/owners.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { CronJob, Job, ObjectReference } from "../../../kube/types/index.ts";
import type { LabContext } from "../../context.ts";
import { finishedCondition } from "../shared/finished-job.ts";
import { momentMs } from "../shared/moment.ts";
import { isNamespaceTerminating } from "../shared/pod-control.ts";
import type { TimeZone } from "./time-zone.ts";

const SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/** One turn's hands: every write for one CronJob goes through here; the status is written once, at the end. */
export class CronJobTurn {
  readonly #context: LabContext;
  readonly #cronJob: CronJob;
  readonly #children: readonly Job[];
  #status: CronJob["status"];

  constructor(context: LabContext, cronJob: CronJob, children: readonly Job[]) {
    this.#context = context;
    this.#cronJob = cronJob;
    this.#children = children;
    this.#status = cronJob.status;
  }

  get active(): readonly ObjectReference[] {
    return this.#status.active ?? [];
  }

  tell(type: "Normal" | "Warning", reason: string, message: string): void {
    this.#context.events.event(this.#cronJob, type, reason, message);
  }

  /** Deletes finished Jobs beyond the history limits, those first that began first. */
  cleanUp(): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.#cronJob.spec;
    for (const [type, limit] of [
      ["Complete", successfulJobsHistoryLimit],
      ["Failed", failedJobsHistoryLimit],
    ] as const) {
      const finished = this.#children.filter(({ status }) => finishedCondition(status)?.type === type);
      const surplus = Math.max(0, finished.length - limit);
      for (const job of finished.toSorted(byStart).slice(0, surplus)) this.remove(job);
    }
  }

  /** Brings the list of active Jobs, and the time of the last success, up to date. */
  observe(): void {
    for (const job of this.#children) this.#observeJob(job);
    for (const { uid, name = "", namespace } of this.active) {
      const isChild = this.#children.some(({ metadata }) => metadata.uid === uid);
      if (isChild || this.#context.api.get(jobs, namespace, name) !== undefined) continue;
      this.tell("Normal", "MissingJob", `Active job went missing: ${name}`);
      this.#forget(uid);
    }
  }

  /** Whether the Job could be deleted. */
  remove({ metadata }: Job): boolean {
    try {
      this.#context.api.delete(jobs, metadata.namespace, metadata.name, { propagationPolicy: "Background" });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.tell("Warning", "FailedDelete", `Deleted job: ${error.message}`);
      return false;
    }
    this.#forget(metadata.uid);
    this.tell("Normal", "SuccessfulDelete", `Deleted job ${metadata.name}`);
    return true;
  }

  /** Begins the Job of that moment. */
  start(atMs: number, zone: TimeZone): void {
    const job = this.#create(atMs, zone);
    if (job === undefined) return;
    const { apiVersion, kind, metadata } = job;
    const { name, uid, resourceVersion, namespace } = metadata;
    const reference = {
      apiVersion,
      kind,
      name,
      uid,
      resourceVersion,
      ...(namespace !== undefined && { namespace }),
    };
    this.#status = {
      ...this.#status,
      active: [...this.active, reference],
      lastScheduleTime: formatTime(atMs),
    };
  }

  /** Stores the status where it differs. */
  writeStatus(): void {
    const { active = [], ...rest } = this.#status;
    const status = active.length === 0 ? rest : { ...rest, active };
    if (!deepEqual(status, this.#cronJob.status)) {
      this.#context.api.updateStatus(cronJobs, { ...this.#cronJob, status });
    }
  }

  /** Names are made of the moment, so that one moment never gets two Jobs. */
  jobName(atMs: number): string {
    return `${this.#cronJob.metadata.name}-${Math.floor(atMs / 60_000)}`;
  }

  #observeJob(job: Job): void {
    const { uid, name } = job.metadata;
    const isListed = this.active.some((reference) => reference.uid === uid);
    const finished = finishedCondition(job.status);
    if (finished === undefined) {
      if (isListed) return;
      this.tell(
        "Warning",
        "UnexpectedJob",
        `Saw a job that the controller did not create or forgot: ${name}`,
      );
      return;
    }
    if (isListed) {
      this.#forget(uid);
      this.tell("Normal", "SawCompletedJob", `Saw completed job: ${name}, condition: ${finished.type}`);
    }
    const { completionTime } = job.status;
    if (finished.type !== "Complete" || completionTime === undefined) return;
    const last = this.#status.lastSuccessfulTime;
    if (last === undefined || momentMs(completionTime) > momentMs(last)) {
      this.#status = { ...this.#status, lastSuccessfulTime: completionTime };
    }
  }

  #create(atMs: number, zone: TimeZone): Job | undefined {
    const { metadata, spec } = this.#cronJob;
    const { jobTemplate } = spec;
    const name = this.jobName(atMs);
    const { namespace } = metadata;
    try {
      const job = this.#context.api.create(jobs, {
        metadata: {
          name,
          ...(namespace !== undefined && { namespace }),
          ...(jobTemplate.metadata?.labels !== undefined && { labels: jobTemplate.metadata.labels }),
          annotations: { ...jobTemplate.metadata?.annotations, [SCHEDULED_AT]: zone.format(atMs) },
          ownerReferences: [controllerReferenceTo(this.#cronJob)],
        },
        spec: jobTemplate.spec,
      });
      this.tell("Normal", "SuccessfulCreate", `Created job ${name}`);
      return job;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason === "AlreadyExists") return this.#findCreated(name);
      if (!isNamespaceTerminating(error))
        this.tell("Warning", "FailedCreate", `Error creating job: ${error.message}`);
      throw error;
    }
  }

  /** A turn that was cut off after it had made the Job: the list of active ones is made up for. */
  #findCreated(name: string): Job | undefined {
    const job = this.#context.api.get(jobs, this.#cronJob.metadata.namespace, name);
    if (job === undefined || !isControlledBy(job, this.#cronJob)) return undefined;
    return this.active.some(({ uid }) => uid === job.metadata.uid) ? undefined : job;
  }

  #forget(uid: string | undefined): void {
    this.#status = { ...this.#status, active: this.active.filter((reference) => reference.uid !== uid) };
  }
}

/** Jobs that have not begun come last. */
function byStart(a: Job, b: Job): number {
  const [left, right] = [a, b].map(({ status }) =>
    status.startTime === undefined ? Number.POSITIVE_INFINITY : momentMs(status.startTime),
  );
  if (left !== right) return (left ?? 0) < (right ?? 0) ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
