import { deepEqual } from "../../../base/deep.ts";
import { compileSelector } from "../../selectors.ts";
import type { ObjectMeta, StringMap } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { checkSelector } from "../labels.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsLabel, dnsSubdomain } from "../names.ts";
import { checkDomainPath } from "../network/ingresses.ts";
import { checkNonnegative } from "../numbers.ts";
import { checkPodTemplate } from "../pods/pod.ts";
import { AS_CHANGED, AS_NEW, type KindRules } from "../rules.ts";
import { checkFailurePolicy, type LooseFailurePolicy } from "./failure-policy.ts";
import { checkJobStatus, type LooseJobStatus } from "./job-status.ts";
import { checkSuccessRules, type LooseSuccessPolicy } from "./success-policy.ts";
import { isSelecting, type LooseWorkloadSpec } from "./template.ts";

/** What a Job is to do, as validation meets it. */
export interface LooseJobSpec extends LooseWorkloadSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly completionMode?: string;
  readonly activeDeadlineSeconds?: number;
  readonly backoffLimit?: number;
  readonly backoffLimitPerIndex?: number;
  readonly maxFailedIndexes?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly manualSelector?: boolean;
  readonly suspend?: boolean;
  readonly managedBy?: string;
  readonly podReplacementPolicy?: string;
  readonly podFailurePolicy?: LooseFailurePolicy;
  readonly successPolicy?: LooseSuccessPolicy;
}

interface LooseJob {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: LooseJobSpec;
  readonly status?: LooseJobStatus;
}

/** Jobs: what they do is settled when they start. */
export const JOB_RULES: KindRules<LooseJob> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_CHANGED],
  check: checkJob,
  update(errors, job, old) {
    if (job.spec === old.spec) return;
    checkSpecWithSelector(errors, job.spec ?? {});
    checkJobChanges(errors, job, old);
  },
  status: checkJobStatus,
};

function checkJob(errors: FieldErrors, job: LooseJob): void {
  const { metadata = {}, spec = {} } = job;
  checkGeneratedSelector(errors, metadata, spec);
  checkSpecWithSelector(errors, spec);
  const { completions = 0 } = spec;
  if (spec.completionMode !== "Indexed" || completions <= 0) return;
  const last = `${metadata.name ?? ""}-${completions - 1}`;
  if (dnsLabel(last).length > 0) {
    const rule = `will not able to create pod with invalid DNS label: ${last}`;
    errors.invalid("metadata.name", metadata.name ?? "", rule);
  }
}

/** Unless the user selects, the API server does: by labels that it gives the pods, so that no two Jobs share any. */
function checkGeneratedSelector(
  errors: FieldErrors,
  metadata: Partial<ObjectMeta>,
  spec: LooseJobSpec,
): void {
  if (spec.manualSelector === true || !spec.selector) return;
  const { uid = "", name = "" } = metadata;
  if (uid === "") errors.required("metadata.uid");
  const expected: StringMap = {
    "controller-uid": uid,
    "job-name": name,
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
  };
  const labels = spec.template?.metadata?.labels ?? {};
  for (const [label, value] of Object.entries(expected)) {
    const at = `spec.template.metadata.labels[${label}]`;
    if (labels[label] === undefined) errors.required(at, `must be '${value}'`);
    else if (labels[label] !== value) errors.invalid(at, labels, `must be '${value}'`);
  }
  if (isSelecting(spec.selector) && !compileSelector(spec.selector).matches(expected)) {
    errors.invalid("spec.selector", spec.selector, "`selector` not auto-generated");
  }
}

function checkSpecWithSelector(errors: FieldErrors, spec: LooseJobSpec): void {
  checkJobSpec(errors, spec, "spec");
  if (!spec.selector) errors.required("spec.selector");
  else checkSelector(errors, spec.selector, "spec.selector");
  if (spec.selector && !isSelecting(spec.selector)) return;
  const labels = spec.template?.metadata?.labels;
  if (!compileSelector(spec.selector).matches(labels ?? {})) {
    errors.invalid(
      "spec.template.metadata.labels",
      labels ?? null,
      "`selector` does not match template `labels`",
    );
  }
}

const COUNTS = [
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "backoffLimitPerIndex",
] as const;
const MANAGER_LENGTH_MAX = 63;
const REPLACEMENT = ["Failed", "TerminatingOrFailed"];

/** A Job's spec wherever it stands; in a CronJob it has no selector yet. */
export function checkJobSpec(errors: FieldErrors, spec: LooseJobSpec, path: string): void {
  for (const field of COUNTS) checkNonnegative(errors, spec[field], `${path}.${field}`);
  if (spec.maxFailedIndexes !== undefined) {
    checkNonnegative(errors, spec.maxFailedIndexes, `${path}.maxFailedIndexes`);
    if (spec.backoffLimitPerIndex === undefined) {
      errors.required(`${path}.backoffLimitPerIndex`, "when maxFailedIndexes is specified");
    }
  }
  if (spec.managedBy !== undefined) checkManager(errors, spec.managedBy, `${path}.managedBy`);
  checkCompletionMode(errors, spec, path);
  if (spec.podFailurePolicy)
    checkFailurePolicy(errors, spec.podFailurePolicy, spec, `${path}.podFailurePolicy`);
  checkSuccessPolicy(errors, spec, `${path}.successPolicy`);
  const { podReplacementPolicy: replacement } = spec;
  const allowed = spec.podFailurePolicy ? ["Failed"] : REPLACEMENT;
  if (replacement !== undefined && !allowed.includes(replacement)) {
    errors.notSupported(`${path}.podReplacementPolicy`, replacement, allowed);
  }
  checkPodTemplate(errors, spec.template ?? {}, `${path}.template`);
  checkRestartPolicy(errors, spec, `${path}.template.spec.restartPolicy`);
}

function checkManager(errors: FieldErrors, manager: string, path: string): void {
  checkDomainPath(errors, manager, path);
  if (manager.length > MANAGER_LENGTH_MAX) errors.tooLong(path, MANAGER_LENGTH_MAX);
}

const MODES = ["NonIndexed", "Indexed"];
const PARALLELISM_MAX = 100_000;
const FAILED_INDEXES_MAX = 100_000;
const MANY_COMPLETIONS = 100_000;
const LIMIT_OF_MANY = 10_000;

function checkCompletionMode(errors: FieldErrors, spec: LooseJobSpec, path: string): void {
  const { completionMode: mode = "NonIndexed" } = spec;
  if (!MODES.includes(mode)) errors.notSupported(`${path}.completionMode`, mode, MODES);
  if (mode === "Indexed") checkIndexed(errors, spec, path);
  if (mode !== "NonIndexed") return;
  for (const field of ["backoffLimitPerIndex", "maxFailedIndexes"] as const) {
    if (spec[field] !== undefined)
      errors.invalid(`${path}.${field}`, spec[field], "requires indexed completion mode");
  }
}

function checkIndexed(errors: FieldErrors, spec: LooseJobSpec, path: string): void {
  const { completions, parallelism = 0, maxFailedIndexes: failed, backoffLimitPerIndex } = spec;
  if (completions === undefined) errors.required(`${path}.completions`, "when completion mode is Indexed");
  if (parallelism > PARALLELISM_MAX) {
    const rule = `must be less than or equal to ${PARALLELISM_MAX} when completion mode is Indexed`;
    errors.invalid(`${path}.parallelism`, parallelism, rule);
  }
  const at = `${path}.maxFailedIndexes`;
  if (completions !== undefined && failed !== undefined && failed > completions) {
    errors.invalid(at, failed, "must be less than or equal to completions");
  }
  if ((failed ?? 0) > FAILED_INDEXES_MAX) {
    errors.invalid(at, failed, `must be less than or equal to ${FAILED_INDEXES_MAX}`);
  }
  if ((completions ?? 0) <= MANY_COMPLETIONS || backoffLimitPerIndex === undefined) return;
  const rule = `must be less than or equal to ${LIMIT_OF_MANY} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (failed === undefined)
    errors.required(at, `must be specified when completions is above ${MANY_COMPLETIONS}`);
  if (parallelism > LIMIT_OF_MANY) errors.invalid(`${path}.parallelism`, parallelism, rule);
  if ((failed ?? 0) > LIMIT_OF_MANY) errors.invalid(at, failed, rule);
}

const SUCCESS_RULES_MAX = 20;

function checkSuccessPolicy(errors: FieldErrors, spec: LooseJobSpec, path: string): void {
  const { successPolicy } = spec;
  if (!successPolicy) return;
  const rules = successPolicy.rules ?? [];
  if (spec.completionMode !== "Indexed") {
    const form = internalForm("batch.SuccessPolicy", successPolicy);
    errors.invalid(path, form, "requires indexed completion mode");
    return;
  }
  if (rules.length === 0) {
    const rule = "at least one rules must be specified when the successPolicy is specified";
    errors.required(`${path}.rules`, rule);
  }
  if (rules.length > SUCCESS_RULES_MAX) errors.tooMany(`${path}.rules`, rules.length, SUCCESS_RULES_MAX);
  checkSuccessRules(errors, rules, spec.completions ?? 0, `${path}.rules`);
}

function checkRestartPolicy(errors: FieldErrors, spec: LooseJobSpec, path: string): void {
  const { restartPolicy = "" } = spec.template?.spec ?? {};
  if (restartPolicy === "Always" || restartPolicy === "") {
    errors.required(path, 'valid values: "OnFailure", "Never"');
  } else if (restartPolicy !== "OnFailure" && restartPolicy !== "Never") {
    errors.notSupported(path, restartPolicy, ["OnFailure", "Never"]);
  } else if (spec.podFailurePolicy && restartPolicy !== "Never") {
    errors.invalid(path, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified');
  }
}

function checkJobChanges(errors: FieldErrors, job: LooseJob, old: LooseJob): void {
  const { spec = {} } = job;
  const { spec: before = {} } = old;
  checkCompletions(errors, spec, before);
  checkImmutable(errors, spec.selector, before.selector, "spec.selector");
  checkTemplateChange(errors, spec, before, isStartable(old));
  checkImmutable(errors, spec.completionMode, before.completionMode, "spec.completionMode");
  for (const [field, type] of [
    ["podFailurePolicy", "batch.PodFailurePolicy"],
    ["backoffLimitPerIndex", ""],
    ["managedBy", ""],
    ["successPolicy", "batch.SuccessPolicy"],
  ] as const) {
    if (deepEqual(spec[field], before[field])) continue;
    const shown = type === "" ? (spec[field] ?? null) : internalForm(type, spec[field]);
    errors.invalid(`spec.${field}`, shown, "field is immutable");
  }
}

/** Suspended and never started: where its pods may run is still open. */
function isStartable(job: LooseJob): boolean {
  return job.spec?.suspend === true && job.status?.startTime === undefined;
}

function checkCompletions(errors: FieldErrors, spec: LooseJobSpec, before: LooseJobSpec): void {
  if (spec.completions === before.completions) return;
  const path = "spec.completions";
  if (spec.completionMode !== "Indexed") errors.invalid(path, spec.completions ?? null, "field is immutable");
  else if (spec.completions !== undefined && spec.completions !== spec.parallelism) {
    errors.invalid(path, spec.completions, "can only be modified in tandem with spec.parallelism");
  }
}

function checkTemplateChange(
  errors: FieldErrors,
  { template = {} }: LooseJobSpec,
  { template: before = {} }: LooseJobSpec,
  schedulingIsOpen: boolean,
): void {
  const expected = schedulingIsOpen ? withScheduling(before, template) : before;
  if (deepEqual(template, expected)) return;
  errors.invalid("spec.template", internalForm("core.PodTemplateSpec", template), "field is immutable");
}

type Template = NonNullable<LooseJobSpec["template"]>;

/** The old template with the new one's wishes of where to run. */
function withScheduling(before: Template, template: Template): Template {
  const { nodeSelector, tolerations, schedulingGates, affinity } = template.spec ?? {};
  const others = { ...before.spec?.affinity, nodeAffinity: affinity?.nodeAffinity };
  const hasAffinity = Object.values(others).some((part) => part !== undefined);
  const { labels, annotations } = template.metadata ?? {};
  const open: Readonly<Record<string, unknown>> = {
    nodeSelector,
    tolerations,
    schedulingGates,
    affinity: hasAffinity ? others : undefined,
  };
  const metadata: Readonly<Record<string, unknown>> = { ...before.metadata, labels, annotations };
  return { metadata, spec: { ...before.spec, ...open } };
}
