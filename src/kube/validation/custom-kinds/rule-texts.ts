import { followPath } from "../../custom/field-path.ts";
import type { StructuralSchema, ValidationRule } from "../../custom/structural-schema.ts";
import type { FieldErrors } from "../field-errors.ts";
import type { SchemaProps } from "./schema-props.ts";

const REASONS = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

/** What can be said of rules without compiling them. */
export function checkRuleTexts(errors: FieldErrors, schema: SchemaProps, path: string): void {
  schema["x-kubernetes-validations"]?.forEach((rule, i) => {
    checkRule(errors, schema, rule, `${path}.x-kubernetes-validations[${i}]`);
  });
}

function checkRule(errors: FieldErrors, schema: SchemaProps, each: ValidationRule, at: string): void {
  const { rule = "", message = "", messageExpression = "", reason, fieldPath = "" } = each;
  const [text, told] = [rule.trim(), message.trim()];
  if (text === "") errors.required(`${at}.rule`, "rule is not specified");
  else if (message !== "" && told === "") {
    errors.invalid(`${at}.message`, message, "must be non-empty if specified");
  } else if (isBroken(told)) errors.invalid(`${at}.message`, message, "must not contain line breaks");
  else if (isBroken(text) && told === "") {
    errors.required(`${at}.message`, "message must be specified if rule contains line breaks");
  }
  if (messageExpression !== "" && messageExpression.trim() === "") {
    errors.required(`${at}.messageExpression`, "messageExpression must be non-empty if specified");
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.notSupported(`${at}.reason`, reason, REASONS);
  if (fieldPath !== "" && fieldPath.trim() === "") {
    errors.invalid(`${at}.fieldPath`, fieldPath, "must be non-empty if specified");
  }
  if (isBroken(fieldPath)) errors.invalid(`${at}.fieldPath`, fieldPath, "must not contain line breaks");
  if (fieldPath !== "" && !followPath(schema as StructuralSchema, fieldPath).ok) {
    errors.invalid(`${at}.fieldPath`, fieldPath, "must be a valid path");
  }
}

function isBroken(text: string): boolean {
  return /[\n\r]/.test(text);
}
