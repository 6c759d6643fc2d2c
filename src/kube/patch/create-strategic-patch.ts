/** The strategic merge patch that makes one object of another, as small as the lists' keys allow. */
import { deepEqual } from "../../base/deep.ts";
import type { Schema } from "../schema/schema.ts";
import { type Fields, hasField, isFields } from "./fields.ts";
import { mergeKeyOf, strategyOf } from "./merge-strategy.ts";

/**
 * Applied to `before` it gives `after`, but for the order of lists that are merged by a key: there new items come where the
 * server puts them. Neither may hold nulls in objects, because a patch cannot say them.
 */
export function createStrategicPatch(before: object, after: object, schema: Schema): Fields {
  return diffFields(before as Fields, after as Fields, schema);
}

function diffFields(before: Fields, after: Fields, schema: Schema | undefined): Fields {
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(after)) {
    const old = hasField(before, name) ? before[name] : undefined;
    if (value === undefined || deepEqual(old, value)) continue;
    const place = schema?.fields.get(name);
    if (isFields(old) && isFields(value) && strategyOf(place) !== "replace")
      patch[name] = diffFields(old, value, place);
    else if (Array.isArray(old) && Array.isArray(value) && strategyOf(place) === "merge")
      diffList(patch, name, old, value, place);
    else patch[name] = value;
  }
  for (const name of Object.keys(before)) {
    const isKept = hasField(after, name) && after[name] !== undefined;
    if (!isKept && before[name] !== undefined) patch[name] = null;
  }
  return patch;
}

function diffList(
  patch: Record<string, unknown>,
  name: string,
  before: readonly unknown[],
  after: readonly unknown[],
  place: Schema | undefined,
): void {
  const key = mergeKeyOf(place);
  if (key === "") {
    const added = after.filter((item) => !before.includes(item));
    const removed = before.filter((item) => !after.includes(item));
    if (added.length > 0) patch[name] = added;
    if (removed.length > 0) patch[`$deleteFromPrimitiveList/${name}`] = removed;
    return;
  }
  const old = byKey(before, key);
  const wanted = byKey(after, key);
  if (old === undefined || wanted === undefined) {
    // Items that share a key, such as two spread constraints over one label, cannot be told apart by it.
    patch[name] = [...after, { $patch: "replace" }];
    return;
  }
  const changes: Fields[] = [];
  for (const [value, item] of wanted) {
    const known = old.get(value);
    if (known === undefined) changes.push(item);
    else if (!deepEqual(known, item))
      changes.push({ [key]: value, ...diffFields(known, item, place?.element) });
  }
  for (const value of old.keys()) if (!wanted.has(value)) changes.push({ $patch: "delete", [key]: value });
  patch[name] = changes;
}

/** `undefined` when not every item has a key of its own. */
function byKey(items: readonly unknown[], key: string): ReadonlyMap<unknown, Fields> | undefined {
  const found = new Map<unknown, Fields>();
  for (const item of items) {
    if (!isFields(item) || item[key] === undefined || found.has(item[key])) return undefined;
    found.set(item[key], item);
  }
  return found;
}
