import { deepEqual } from "../../../base/deep.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { jsonDiff } from "../line-diff.ts";
import { rangeError } from "../names.ts";
import { checkImageSpaces, type LooseContainer } from "./containers.ts";
import type { LoosePodSpec } from "./pod-spec.ts";
import { checkTolerations } from "./scheduling.ts";

const DEADLINE_MAX = 2 ** 31 - 1;
const UPDATABLE = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
].join(",");

/** What may change of a pod that exists: images, shorter deadlines, more tolerations, fewer gates (ValidatePodUpdate). */
export function checkPodSpecUpdate(errors: FieldErrors, spec: LoosePodSpec, old: LoosePodSpec): void {
  for (const field of ["containers", "initContainers"] as const) {
    if (!checkSameContainers(errors, spec[field] ?? [], old[field] ?? [], `spec.${field}`)) return;
  }
  if (!checkDeadline(errors, spec, old)) return;
  checkAddedTolerations(errors, spec, old);
  checkDeletedGates(errors, spec, old);
  if (deepEqual(spec, old)) return;
  let munged = withUpdatable(spec, old);
  if ((old.schedulingGates ?? []).length > 0) munged = withGatedChanges(errors, munged, old);
  if (deepEqual(munged, old)) return;
  const diff = jsonDiff(internalForm("core.PodSpec", old), internalForm("core.PodSpec", munged));
  errors.forbidden("spec", `pod updates may not change fields other than ${UPDATABLE}\n${diff}`);
}

function checkSameContainers(
  errors: FieldErrors,
  containers: readonly LooseContainer[],
  old: readonly LooseContainer[],
  path: string,
): boolean {
  if (containers.length !== old.length) {
    errors.forbidden(path, "pod updates may not add or remove containers");
    return false;
  }
  containers.forEach((container, i) => {
    if (!container.image) errors.required(`${path}[${i}].image`);
    checkImageSpaces(errors, container, `${path}[${i}]`);
  });
  return true;
}

function checkDeadline(errors: FieldErrors, spec: LoosePodSpec, old: LoosePodSpec): boolean {
  const path = "spec.activeDeadlineSeconds";
  const { activeDeadlineSeconds: seconds } = spec;
  const before = old.activeDeadlineSeconds;
  if (seconds === undefined) {
    if (before !== undefined)
      errors.invalid(path, null, "must not update from a positive integer to nil value");
    return true;
  }
  if (seconds < 0 || seconds > DEADLINE_MAX) {
    errors.invalid(path, seconds, rangeError(0, DEADLINE_MAX));
    return false;
  }
  if (before === undefined || seconds <= before) return true;
  errors.invalid(path, seconds, "must be less than or equal to previous value");
  return false;
}

function checkAddedTolerations(errors: FieldErrors, spec: LoosePodSpec, old: LoosePodSpec): void {
  if (spec.tolerations === old.tolerations) return;
  const tolerations = spec.tolerations ?? [];
  const isKept = (kept: object): boolean =>
    tolerations.some((toleration) =>
      deepEqual({ ...kept, tolerationSeconds: undefined }, { ...toleration, tolerationSeconds: undefined }),
    );
  if (!(old.tolerations ?? []).every(isKept)) {
    const rule = "existing toleration can not be modified except its tolerationSeconds";
    errors.forbidden("spec.tolerations", rule);
  } else checkTolerations(errors, tolerations, "spec.tolerations");
}

function checkDeletedGates(errors: FieldErrors, spec: LoosePodSpec, old: LoosePodSpec): void {
  const before = new Set(old.schedulingGates?.map(({ name }) => name));
  spec.schedulingGates?.forEach(({ name = "" }, i) => {
    if (before.has(name)) return;
    const rule = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.forbidden(`spec.schedulingGates[${i}].name`, rule);
  });
}

/** The new spec with the old one's values wherever a change is allowed. */
function withUpdatable(spec: LoosePodSpec, old: LoosePodSpec): LoosePodSpec {
  const images = (field: "containers" | "initContainers") =>
    spec[field]?.map((container, i) => ({ ...container, image: old[field]?.[i]?.image }));
  const wasNegative =
    (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  return {
    ...spec,
    ...given({
      containers: images("containers"),
      initContainers: images("initContainers"),
      activeDeadlineSeconds: old.activeDeadlineSeconds,
      schedulingGates: old.schedulingGates,
      tolerations: old.tolerations,
      terminationGracePeriodSeconds: wasNegative
        ? old.terminationGracePeriodSeconds
        : spec.terminationGracePeriodSeconds,
    }),
  };
}

/** Fields of which `undefined` stands for absent, in a form that spreads over others. */
function given(fields: Readonly<Record<string, unknown>>): LoosePodSpec {
  return fields as LoosePodSpec;
}

/** While gates hold a pod back, where it may run can still be narrowed. */
function withGatedChanges(errors: FieldErrors, spec: LoosePodSpec, old: LoosePodSpec): LoosePodSpec {
  checkSelectorAdditions(errors, spec, old);
  const required = old.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms ?? [];
  const next =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
  if (required && terms.length > 0 && terms.length !== next.length) {
    const form = next.map((term) => internalForm("core.NodeSelectorTerm", term));
    errors.invalid(path, form, "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
  } else if (required) {
    terms.forEach((term, i) => {
      const changed = next[i] ?? {};
      if (hasOnlyAdditions(changed, term)) return;
      const form = internalForm("core.NodeSelectorTerm", changed);
      errors.invalid(`${path}[${i}]`, form, "only additions are allowed (no mutations or deletions)");
    });
  }
  const affinity = { ...spec.affinity, nodeAffinity: old.affinity?.nodeAffinity };
  const isEmpty = Object.values(affinity).every((part) => part === undefined);
  return {
    ...spec,
    ...given({ nodeSelector: old.nodeSelector, affinity: isEmpty ? old.affinity : affinity }),
  };
}

function checkSelectorAdditions(errors: FieldErrors, spec: LoosePodSpec, old: LoosePodSpec): void {
  for (const key in old.nodeSelector) {
    if (spec.nodeSelector?.[key] === old.nodeSelector[key]) continue;
    const rule = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
    errors.invalid("spec.nodeSelector", spec.nodeSelector ?? null, rule);
    return;
  }
}

interface Term {
  readonly matchExpressions?: readonly unknown[] | undefined;
  readonly matchFields?: readonly unknown[] | undefined;
}

function hasOnlyAdditions(term: Term, old: Term): boolean {
  const wasEmpty = (old.matchExpressions ?? []).length === 0 && (old.matchFields ?? []).length === 0;
  if (wasEmpty) return (term.matchExpressions ?? []).length === 0 && (term.matchFields ?? []).length === 0;
  return (["matchExpressions", "matchFields"] as const).every((field) => {
    const before = old[field] ?? [];
    return deepEqual(term[field]?.slice(0, before.length) ?? [], before);
  });
}
