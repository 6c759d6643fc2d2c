/** How a place meets a strategic merge patch, as its schema says. */
import type { Schema } from "../schema/schema.ts";

/** "merge", "replace" or "". "retainKeys" is a hint for those who make patches. */
export function strategyOf(place: Schema | undefined): string {
  return (place?.patchStrategy ?? "").split(",").find((strategy) => strategy !== "retainKeys") ?? "";
}

/** The field that tells a list's items apart; "" where the items themselves do. */
export function mergeKeyOf(place: Schema | undefined): string {
  return place?.patchMergeKey ?? "";
}
