import { parseCronSchedule } from "../../cron-schedule.ts";
import type { ObjectMeta } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsSubdomain } from "../names.ts";
import { checkNonnegative } from "../numbers.ts";
import type { KindRules } from "../rules.ts";
import { checkJobSpec, type LooseJobSpec } from "./jobs.ts";

interface LooseCronJob {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: {
    readonly schedule?: string;
    readonly timeZone?: string;
    readonly concurrencyPolicy?: string;
    readonly startingDeadlineSeconds?: number;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
    readonly jobTemplate?: { readonly spec?: LooseJobSpec };
  };
}

type CronJobSpec = NonNullable<LooseCronJob["spec"]>;

/** The names of its Jobs end in a dash and ten digits, and must fit a label. */
const NAME_LENGTH_MAX = 52;

/** CronJobs: when, in which zone, and which Job. */
export const CRON_JOB_RULES: KindRules<LooseCronJob> = {
  name: dnsSubdomain,
  statusPasses: [],
  check(errors, { metadata = {}, spec = {} }) {
    checkCronJob(errors, spec, undefined);
    if ((metadata.name ?? "").length > NAME_LENGTH_MAX) {
      errors.invalid("metadata.name", metadata.name, `must be no more than ${NAME_LENGTH_MAX} characters`);
    }
  },
  update(errors, { spec = {} }, { spec: old = {} }) {
    if (spec !== old) checkCronJob(errors, spec, old);
  },
};

const CONCURRENCY = ["Allow", "Forbid", "Replace"];

function checkCronJob(errors: FieldErrors, spec: CronJobSpec, old: CronJobSpec | undefined): void {
  const { concurrencyPolicy: policy = "" } = spec;
  checkSchedule(errors, spec, old);
  checkNonnegative(errors, spec.startingDeadlineSeconds, "spec.startingDeadlineSeconds");
  if (spec.timeZone !== undefined && spec.timeZone !== old?.timeZone) checkTimeZone(errors, spec.timeZone);
  if (policy === "") errors.required("spec.concurrencyPolicy");
  else if (!CONCURRENCY.includes(policy)) errors.notSupported("spec.concurrencyPolicy", policy, CONCURRENCY);
  checkJobTemplate(errors, spec.jobTemplate?.spec ?? {});
  checkNonnegative(errors, spec.successfulJobsHistoryLimit, "spec.successfulJobsHistoryLimit");
  checkNonnegative(errors, spec.failedJobsHistoryLimit, "spec.failedJobsHistoryLimit");
}

function checkSchedule(errors: FieldErrors, spec: CronJobSpec, old: CronJobSpec | undefined): void {
  const { schedule = "" } = spec;
  const path = "spec.schedule";
  if (schedule === "") {
    errors.required(path);
    return;
  }
  const answer = parseCronSchedule(schedule);
  if (!answer.ok) errors.invalid(path, schedule, answer.error);
  if (!schedule.includes("TZ")) return;
  if (!old?.schedule?.includes("TZ")) {
    errors.invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  } else if (spec.timeZone !== undefined) {
    errors.invalid(path, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
  }
}

function checkTimeZone(errors: FieldErrors, zone: string): void {
  const path = "spec.timeZone";
  if (zone === "") {
    errors.invalid(path, zone, "timeZone must be nil or non-empty string");
    return;
  }
  const isPath = zone
    .split("/")
    .every((part) => /^[A-Za-z._0-9+][-A-Za-z._0-9+]{0,13}$/.test(part) && !/^\.{1,2}$/.test(part));
  if (isPath && zone.toLowerCase() === "local") {
    const rule = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
    errors.invalid(path, zone, rule);
  }
  if (!isPath || !isKnownZone(zone)) errors.invalid(path, zone, `unknown time zone ${zone}`);
}

function isKnownZone(zone: string): boolean {
  if (zone === "Local" || zone === "UTC") return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function checkJobTemplate(errors: FieldErrors, spec: LooseJobSpec): void {
  const path = "spec.jobTemplate.spec";
  checkJobSpec(errors, spec, path);
  if (spec.selector) errors.invalid(`${path}.selector`, spec.selector, "`selector` will be auto-generated");
  if (spec.manualSelector === true) {
    errors.notSupported(`${path}.manualSelector`, spec.manualSelector, ["nil", "false"]);
  }
}
