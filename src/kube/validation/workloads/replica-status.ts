import type { FieldErrors } from "../field-errors.ts";
import { checkNonnegative } from "../numbers.ts";

type Counts = Readonly<Record<string, unknown>>;

/** Which counts a status has: each at least 0, and those that are `parts` no more than `replicas`. */
export interface CountRules {
  readonly counts: readonly string[];
  readonly parts?: readonly string[];
  /** How the message calls `readyReplicas`, which those available are among. */
  readonly readyName?: string;
}

/** A workload's status: counts that do not contradict each other. */
export function checkCounts(
  errors: FieldErrors,
  { counts, parts = [], readyName = "readyReplicas" }: CountRules,
  status: Counts = {},
  old: Counts = {},
): void {
  const countOf = (name: string, of: Counts = status) => Number(of[name] ?? 0);
  for (const name of counts) checkNonnegative(errors, countOf(name), `status.${name}`);
  for (const name of parts) {
    if (countOf(name) > countOf("replicas"))
      errors.invalid(`status.${name}`, countOf(name), "cannot be greater than status.replicas");
  }
  if (parts.length > 0 && countOf("availableReplicas") > countOf("readyReplicas")) {
    const why = `cannot be greater than ${readyName}`;
    errors.invalid("status.availableReplicas", countOf("availableReplicas"), why);
  }
  if (counts.includes("collisionCount") && countOf("collisionCount") < countOf("collisionCount", old)) {
    errors.invalid("status.collisionCount", countOf("collisionCount"), "cannot be decremented");
  }
}
