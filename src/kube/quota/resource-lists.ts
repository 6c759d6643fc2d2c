import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  isZero,
  type QuantityLike,
  subtractQuantities,
} from "../../base/quantity.ts";
import type { ResourceList } from "../types/index.ts";

/** Amounts by resource name, added up exactly; a `ResourceList` is one too. */
export type Amounts = Readonly<Record<string, QuantityLike>>;

/** The sum, name by name. */
export function addAmounts(a: Amounts, b: Amounts): Amounts {
  const sum: Record<string, QuantityLike> = { ...a };
  for (const name in b) {
    const left = sum[name];
    const right = b[name] as QuantityLike;
    sum[name] = left === undefined ? right : addQuantities(left, right);
  }
  return sum;
}

/** The larger of both, name by name. */
export function maxAmounts(a: Amounts, b: Amounts): Amounts {
  const result: Record<string, QuantityLike> = { ...a };
  for (const name in b) {
    const left = result[name];
    const right = b[name] as QuantityLike;
    if (left === undefined || compareQuantities(right, left) > 0) result[name] = right;
  }
  return result;
}

/** What `a` is more than `b`, without what is not more. */
export function increase(a: Amounts, b: Amounts): Amounts {
  const result: Record<string, QuantityLike> = {};
  for (const name in a) {
    const difference = subtractQuantities(a[name] as QuantityLike, b[name] ?? "0");
    if (!isZero(difference) && difference.mantissa > 0) result[name] = difference;
  }
  return result;
}

/** Only the entries of these names. */
export function maskAmounts(amounts: Amounts, names: readonly string[]): Amounts {
  const result: Record<string, QuantityLike> = {};
  for (const name of names) if (amounts[name] !== undefined) result[name] = amounts[name];
  return result;
}

/** As objects carry them. */
export function toResourceList(amounts: Amounts): ResourceList {
  const list: Record<string, string> = {};
  for (const name in amounts) list[name] = formatQuantity(amounts[name] as QuantityLike);
  return list;
}

/** "cpu=1,memory=2Gi", in order of name. */
export function formatAmounts(amounts: Amounts): string {
  return Object.keys(amounts)
    .sort()
    .map((name) => `${name}=${formatQuantity(amounts[name] as QuantityLike)}`)
    .join(",");
}
