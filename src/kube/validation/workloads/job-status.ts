import { deepEqual } from "../../../base/deep.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkNonnegative } from "../numbers.ts";
import { readIndexes } from "./index-ranges.ts";

/** How far a Job is, as validation meets it. */
export interface LooseJobStatus {
  readonly active?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly ready?: number;
  readonly terminating?: number;
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly completedIndexes?: string;
  readonly failedIndexes?: string;
  readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
  readonly uncountedTerminatedPods?: {
    readonly succeeded?: readonly string[];
    readonly failed?: readonly string[];
  };
}

interface LooseJob {
  readonly spec?: {
    readonly completions?: number;
    readonly completionMode?: string;
    readonly backoffLimitPerIndex?: number;
  };
  readonly status?: LooseJobStatus;
}

const COUNTS = ["active", "succeeded", "failed", "ready", "terminating"] as const;
const CONDITIONS = "status.conditions";

/** Whoever manages a Job must tell a story that holds together. Only what an update changes is judged (validateJobStatus). */
export function checkJobStatus(errors: FieldErrors, job: LooseJob, old: LooseJob): void {
  const { status = {}, spec = {} } = job;
  const before = old.status ?? {};
  if (status === before || deepEqual(status, before)) return;
  for (const field of COUNTS) checkNonnegative(errors, status[field], `status.${field}`);
  const now = flagsOf(status);
  const then = flagsOf(before);
  const changed = (...fields: (keyof LooseJobStatus)[]) =>
    fields.some((field) => !deepEqual(status[field], before[field]));
  const turned = (...flags: (keyof typeof now)[]) => flags.some((flag) => now[flag] !== then[flag]);

  if (turned("complete", "failed") && now.complete && now.failed) {
    errors.invalidUnshown(CONDITIONS, "cannot set Complete=True and Failed=true conditions");
  }
  if (turned("complete", "failureTarget") && now.complete && now.failureTarget) {
    errors.invalidUnshown(CONDITIONS, "cannot set Complete=True and FailureTarget=true conditions");
  }
  checkTimes(errors, status, now.complete, turned("complete"), changed);
  if ((turned("failed") || changed("failedIndexes")) && now.failed && !now.failureTarget) {
    errors.invalidUnshown(
      CONDITIONS,
      "cannot set Failed=True condition without the FailureTarget=true condition",
    );
  }
  if (turned("complete", "successCriteriaMet") && now.complete && !now.successCriteriaMet) {
    errors.invalidUnshown(
      CONDITIONS,
      "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
    );
  }
  const ended = now.complete || now.failed;
  const hasTurned = ended !== (then.complete || then.failed);
  checkEnded(errors, status, ended, (...fields) => hasTurned || changed(...fields));
  if (changed("completedIndexes", "failedIndexes")) checkIndexes(errors, status, spec, changed);
  if ((changed("terminating") || hasTurned) && ended && (status.terminating ?? 0) > 0) {
    errors.invalid("status.terminating", status.terminating, "terminating>0 is invalid for finished job");
  }
  if (changed("ready", "active") && status.ready !== undefined && status.ready > (status.active ?? 0)) {
    errors.invalid("status.ready", status.ready, "cannot set more ready pods than active");
  }
  if (now.successCriteriaMet && now.failed) {
    errors.invalidUnshown(CONDITIONS, "cannot set SuccessCriteriaMet=True and Failed=true conditions");
  }
  if (now.successCriteriaMet && now.failureTarget) {
    errors.invalidUnshown(CONDITIONS, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
  }
}

function flagsOf({ conditions = [] }: LooseJobStatus) {
  const holds = (wanted: string) =>
    conditions.some(({ type, status }) => type === wanted && status === "True");
  return {
    complete: holds("Complete"),
    failed: holds("Failed"),
    failureTarget: holds("FailureTarget"),
    successCriteriaMet: holds("SuccessCriteriaMet"),
  };
}

type Changed = (...fields: (keyof LooseJobStatus)[]) => boolean;

function checkTimes(
  errors: FieldErrors,
  status: LooseJobStatus,
  complete: boolean,
  turned: boolean,
  changed: Changed,
): void {
  const { startTime, completionTime } = status;
  const at = "status.completionTime";
  if ((turned || changed("completionTime")) && completionTime !== undefined && !complete) {
    errors.invalid(at, completionTime, "cannot set completionTime when there is no Complete=True condition");
  }
  if ((turned || changed("completionTime")) && completionTime === undefined && complete) {
    errors.required(at, "completionTime is required for Complete jobs");
  }
  const isBefore = startTime !== undefined && completionTime !== undefined && completionTime < startTime;
  if (changed("startTime", "completionTime") && isBefore) {
    errors.invalid(at, completionTime, "must be equal to or after `startTime`");
  }
}

function checkEnded(errors: FieldErrors, status: LooseJobStatus, ended: boolean, judged: Changed): void {
  if (!ended) return;
  if (judged("active") && (status.active ?? 0) > 0) {
    errors.invalid("status.active", status.active, "active>0 is invalid for finished job");
  }
  if (judged("startTime") && status.startTime === undefined) {
    errors.required("status.startTime", "startTime is required for finished job");
  }
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (judged("uncountedTerminatedPods") && succeeded.length + failed.length > 0) {
    errors.invalid(
      "status.uncountedTerminatedPods",
      status.uncountedTerminatedPods,
      "must be empty for finished job",
    );
  }
}

function checkIndexes(
  errors: FieldErrors,
  { completedIndexes = "", failedIndexes }: LooseJobStatus,
  { completions, completionMode, backoffLimitPerIndex }: NonNullable<LooseJob["spec"]>,
  changed: Changed,
): void {
  const check = (field: "completedIndexes" | "failedIndexes", text: string) => {
    const read = readIndexes(text, completions ?? 0);
    if ("error" in read) errors.invalid(`status.${field}`, text, `error parsing ${field}: ${read.error}`);
  };
  if (changed("completedIndexes") && completions !== undefined) check("completedIndexes", completedIndexes);
  if (
    changed("failedIndexes") &&
    completions !== undefined &&
    backoffLimitPerIndex !== undefined &&
    failedIndexes !== undefined
  ) {
    check("failedIndexes", failedIndexes);
  }
  if (changed("completedIndexes") && completedIndexes !== "" && completionMode !== "Indexed") {
    const why = "cannot set non-empty completedIndexes when non-indexed completion mode";
    errors.invalid("status.completedIndexes", completedIndexes, why);
  }
  if (changed("failedIndexes") && backoffLimitPerIndex === undefined && failedIndexes !== undefined) {
    const why = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
    errors.invalid("status.failedIndexes", failedIndexes, why);
  }
}
