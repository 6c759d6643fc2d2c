import { labelKeyProblems, labelValueProblems } from "../../label-syntax.ts";
import { compileSelector } from "../../selectors.ts";
import type { LabelSelector } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkSelector, isEmptySelector } from "../labels.ts";
import { checkPodTemplate, type LoosePodTemplate } from "../pods/pod.ts";

/** What all workloads have: pods made of a template and found again by a selector. */
export interface LooseWorkloadSpec {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly selector?: LabelSelector | null;
  readonly template?: LoosePodTemplate;
}

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"];

/** Whether a selector can select at all: labels that there can be, known operators, with the values that they need. */
export function isSelecting(selector: LabelSelector): boolean {
  const { matchLabels, matchExpressions = [] } = selector;
  const labels = Object.entries(matchLabels ?? {});
  if (!labels.every(([key, value]) => isLabel(key, [value]))) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    if (!OPERATORS.includes(operator) || !isLabel(key, values)) return false;
    return operator.endsWith("In") ? values.length > 0 : values.length === 0;
  });
}

function isLabel(key: string, values: readonly string[]): boolean {
  return (
    labelKeyProblems(key).length === 0 && values.every((value) => labelValueProblems(value).length === 0)
  );
}

/** A selector that must be there and must select something in particular. */
export function checkWorkloadSelector(
  errors: FieldErrors,
  selector: LabelSelector | undefined | null,
  workload: string,
): void {
  if (!selector) {
    errors.required("spec.selector");
    return;
  }
  checkSelector(errors, selector, "spec.selector");
  if (isEmptySelector(selector)) {
    errors.invalid("spec.selector", selector, `empty selector is invalid for ${workload}`);
  }
}

/** A template whose pods the selector would not find would be made for ever. */
export function checkSelected(
  errors: FieldErrors,
  template: LoosePodTemplate,
  selector: LabelSelector | undefined | null,
): void {
  if (selector && isEmptySelector(selector)) return;
  const labels = template.metadata?.labels;
  if (compileSelector(selector).matches(labels ?? {})) return;
  errors.invalid(
    "spec.template.metadata.labels",
    labels ?? null,
    "`selector` does not match template `labels`",
  );
}

/** The template of pods that are to run for ever. */
export function checkLastingTemplate(
  errors: FieldErrors,
  template: LoosePodTemplate,
  workload: string,
): void {
  checkPodTemplate(errors, template, "spec.template");
  checkLasting(errors, template, workload);
}

/** Pods that are replaced whenever they end must not end by themselves. */
export function checkLasting(errors: FieldErrors, { spec = {} }: LoosePodTemplate, workload: string): void {
  const { restartPolicy = "", activeDeadlineSeconds } = spec;
  if (restartPolicy !== "Always") {
    errors.notSupported("spec.template.spec.restartPolicy", restartPolicy, ["Always"]);
  }
  if (activeDeadlineSeconds !== undefined) {
    const path = "spec.template.spec.activeDeadlineSeconds";
    errors.forbidden(path, `activeDeadlineSeconds in ${workload} is not Supported`);
  }
}
