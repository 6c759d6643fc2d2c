import type { FieldErrors } from "../field-errors.ts";
import { checkNonnegative } from "../numbers.ts";
import { readIndexes } from "./index-ranges.ts";

/** When a Job counts as done before all of it is. */
export interface LooseSuccessPolicy {
  readonly rules?: readonly { readonly succeededIndexes?: string; readonly succeededCount?: number }[] | null;
}

/** The rules of an indexed Job. */
export function checkSuccessRules(
  errors: FieldErrors,
  rules: NonNullable<LooseSuccessPolicy["rules"]>,
  completions: number,
  path: string,
): void {
  rules.forEach(({ succeededIndexes: indexes, succeededCount: count }, i) => {
    const at = `${path}[${i}]`;
    if (indexes === undefined && count === undefined) {
      errors.required(at, "at least one of succeededCount or succeededIndexes must be specified");
    }
    const read = indexes === undefined ? undefined : readIndexes(indexes, completions);
    if (read !== undefined && "error" in read) {
      errors.invalid(`${at}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${read.error}`);
    }
    if (count === undefined) return;
    checkNonnegative(errors, count, `${at}.succeededCount`);
    if (count > completions) {
      const why = `must be less than or equal to ${completions} (the number of specified completions)`;
      errors.invalid(`${at}.succeededCount`, count, why);
    }
    const named = read !== undefined && "count" in read ? read.count : 0;
    if (read !== undefined && count > named) {
      const why = `must be less than or equal to ${named} (the number of indexes in the specified succeededIndexes field)`;
      errors.invalid(`${at}.succeededCount`, count, why);
    }
  });
}
