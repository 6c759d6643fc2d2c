/** What calls cost while they run: cel-go's `interpreter/runtimecost.go`. */
import { CelList, type CelValue, sizeOf } from "./values.ts";

/** The cost of one call of an overload, from its arguments and its result. */
export type CallCost = (
  name: string,
  overload: string,
  args: readonly CelValue[],
  result: CelValue,
) => number;

export const STRING_FACTOR = 0.1;
export const REGEX_FACTOR = 0.25;

const TRAVERSALS = new Set([
  "starts_with_string",
  "ends_with_string",
  "string_to_bytes",
  "bytes_to_string",
  "strings_quote",
  "string_format",
]);
const COMPARISONS = /^(?:equals|not_equals|(?:less|greater)(?:_equals)?_(?:string|bytes))$/;

export const callCost: CallCost = (_, overload, args) => {
  const size = (i: number) => sizeOf(args[i] as CelValue);
  if (TRAVERSALS.has(overload)) return Math.ceil(size(0) * STRING_FACTOR);
  if (COMPARISONS.test(overload)) return Math.ceil(Math.min(size(0), size(1)) * STRING_FACTOR);
  switch (overload) {
    case "in_list":
      return size(1);
    case "list_sets_contains_list":
    case "list_sets_intersects_list":
      return 1 + size(0) * size(1);
    case "list_sets_equivalent_list":
      return 1 + 2 * size(0) * size(1);
    case "add_string":
    case "add_bytes":
      return Math.ceil((size(0) + size(1)) * STRING_FACTOR);
    case "matches":
    case "matches_string":
      return Math.ceil((1 + size(0)) * STRING_FACTOR) * Math.ceil(size(1) * REGEX_FACTOR);
    case "contains_string":
      return Math.ceil(size(0) * STRING_FACTOR) * Math.ceil(size(1) * STRING_FACTOR);
    default:
      return 1;
  }
};

/** What looking at everything in a value costs. */
export function traversalCost(value: CelValue): number {
  if (typeof value === "string") return Math.floor(Buffer.byteLength(value) * STRING_FACTOR);
  if (value instanceof Uint8Array) return Math.floor(value.length * STRING_FACTOR);
  if (value instanceof CelList)
    return value.items.reduce((sum: number, item) => sum + traversalCost(item), 0);
  return 1;
}
