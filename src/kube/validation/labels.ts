import type { LabelSelector, LabelSelectorRequirement, StringMap } from "../types/index.ts";
import type { FieldErrors } from "./field-errors.ts";
import { labelValue, qualifiedName } from "./names.ts";

/** Labels of an object, or those that a selector demands. */
export function checkLabels(errors: FieldErrors, labels: StringMap | undefined, path: string): void {
  for (const key in labels) {
    errors.invalidEach(path, key, qualifiedName(key));
    errors.invalidEach(path, labels[key], labelValue(labels[key] ?? ""));
  }
}

/** A selector that may be absent. */
export function checkSelector(
  errors: FieldErrors,
  selector: LabelSelector | undefined | null,
  path: string,
): void {
  if (!selector) return;
  checkLabels(errors, selector.matchLabels, `${path}.matchLabels`);
  selector.matchExpressions?.forEach((requirement, i) => {
    checkRequirement(errors, requirement, `${path}.matchExpressions[${i}]`);
  });
}

function checkRequirement(errors: FieldErrors, requirement: LabelSelectorRequirement, path: string): void {
  const { key, operator, values = [] } = requirement;
  switch (operator) {
    case "In":
    case "NotIn":
      if (values.length === 0) {
        errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
      }
      break;
    case "Exists":
    case "DoesNotExist":
      if (values.length > 0) {
        errors.forbidden(
          `${path}.values`,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        );
      }
      break;
    default:
      errors.invalid(`${path}.operator`, operator, "not a valid selector operator");
  }
  errors.invalidEach(`${path}.key`, key, qualifiedName(key));
  values.forEach((value, i) => {
    errors.invalidEach(`${path}.values[${i}]`, value, labelValue(value));
  });
}

/** Whether a selector has no terms, so that it selects everything. */
export function isEmptySelector(selector: LabelSelector): boolean {
  for (const _ in selector.matchLabels) return false;
  return (selector.matchExpressions ?? []).length === 0;
}
