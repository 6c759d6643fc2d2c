import type { IntOrString } from "../types/index.ts";
import type { FieldErrors } from "./field-errors.ts";
import { percent } from "./names.ts";

const NONNEGATIVE = "must be greater than or equal to 0";

/** A count or a time: absent, zero or more. */
export function checkNonnegative(errors: FieldErrors, value: number | undefined | null, path: string): void {
  if ((value ?? 0) < 0) errors.invalid(path, value, NONNEGATIVE);
}

/** A count or a share: "25%", zero or more. */
export function checkCountOrShare(errors: FieldErrors, value: IntOrString, path: string): void {
  if (typeof value === "string") errors.invalidEach(path, value, percent(value));
  else checkNonnegative(errors, value, path);
}

/** A share of more than everything makes no sense. */
export function checkShareMax(errors: FieldErrors, value: IntOrString, path: string): void {
  if (isShare(value) && Number.parseInt(value, 10) > 100)
    errors.invalid(path, value, "must not be greater than 100%");
}

/** The number in a count or share, for telling whether it is zero. */
export function countOrShareValue(value: IntOrString): number {
  if (typeof value === "number") return value;
  return isShare(value) || /^[-+]?\d+$/.test(value) ? Number.parseInt(value, 10) : 0;
}

function isShare(value: IntOrString): value is string {
  return typeof value === "string" && percent(value).length === 0;
}
