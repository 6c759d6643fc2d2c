/**
 * Takes away what a manager applied last time and no longer applies, unless somebody else owns it too. The sets that are
 * compared here count objects with known fields as members wherever something in them is, so that such an object can go whole.
 */
import { appliedSet } from "./applied-set.ts";
import {
  difference,
  EMPTY_SET,
  type FieldSet,
  intersection,
  isEmptySet,
  isMember,
  union,
} from "./field-set.ts";
import { type Place, placeOf } from "./place.ts";
import { SetBuilder } from "./set-builder.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What pruning needs to know. */
export interface Pruning {
  /** The live object with the new configuration merged into it. */
  readonly merged: object;
  /** What the manager owned before. */
  readonly last: FieldSet;
  /** What all managers own now, this one by its new configuration. */
  readonly owned: FieldSet;
  readonly root: Place;
}

/** The object without the fields that nobody owns any more; `merged` itself when none go. An emptied place holds null. */
export function prune({ merged, last, owned, root }: Pruning): object {
  // Whatever the manager still owns stays; the common case is that this is all of it.
  if (isEmptySet(difference(last, owned))) return merged;
  const before = withNamedFields(appliedSet(merged, root), root);
  const without = (set: FieldSet) => (removeItems(merged, set, root) ?? {}) as object;
  const setLeft = (object: object) => withNamedFields(appliedSet(object, root), root);
  const kept = union(setLeft(without(withNamedFields(last, root))), withNamedFields(owned, root));
  const withOwned = without(difference(before, kept));
  return without(intersection(difference(before, setLeft(withOwned)), withNamedFields(last, root)));
}

/** The set with the known fields that lead to members as members, too. */
function withNamedFields(set: FieldSet, place: Place): FieldSet {
  const found = new SetBuilder();
  for (const element in set) {
    if (element === ".") continue;
    const below = set[element] as FieldSet;
    const name = element.startsWith("f:") ? element.slice(2) : undefined;
    const isNamed = name !== undefined && place.type === "fields" && place.fields.has(name);
    const inner = withNamedFields(below, belowOf(place, element, name));
    found.addElement(element, isNamed || isMember(below) ? withMember(inner) : inner);
  }
  return found.build(false);
}

function withMember(below: FieldSet): FieldSet {
  return isEmptySet(below) ? EMPTY_SET : { ".": EMPTY_SET, ...below };
}

function belowOf(place: Place, element: string, name: string | undefined): Place {
  if (name !== undefined && place.type !== "keyed" && place.type !== "set") return place.field(name).place;
  if (element.startsWith("k:") && place.type === "keyed") return place.element;
  return placeOf(undefined);
}

/** The value without the members of a set; null when nothing is left of it. */
function removeItems(value: unknown, set: FieldSet, place: Place): unknown {
  if (isEmptySet(set) || typeof value !== "object" || value === null) return value;
  if (place.type === "leaf") return null;
  return Array.isArray(value)
    ? removeFromList(value, set, place)
    : removeFromFields(value as Fields, set, place);
}

function removeFromList(list: readonly unknown[], set: FieldSet, place: Place): readonly unknown[] | null {
  if (place.type !== "keyed" && place.type !== "set") return null;
  const left: unknown[] = [];
  for (const item of list) {
    const below = set[place.elementOf(item)];
    if (below === undefined) left.push(item);
    else if (!isMember(below)) left.push(removeItems(item, below, place.element));
  }
  return left.length === 0 ? null : left;
}

function removeFromFields(fields: Fields, set: FieldSet, place: Place): Fields | null {
  const left: Record<string, unknown> = {};
  let isEmpty = true;
  for (const name in fields) {
    const field = place.field(name);
    const below = set[field.element];
    if (below !== undefined && isMember(below)) continue;
    left[name] = below === undefined ? fields[name] : removeItems(fields[name], below, field.place);
    isEmpty = false;
  }
  return isEmpty ? null : left;
}

/**
 * The object without nulls, but for those that were there before: a null stands for a place of which nothing is left, which
 * tells the place's owners that it is still there, and which is not written.
 */
export function withoutNulls(value: unknown, before: unknown): unknown {
  if (value === before || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const known = new Set(Array.isArray(before) ? before : []);
    return value.map((item) => (known.has(item) ? item : withoutNulls(item, undefined)));
  }
  const old = (typeof before === "object" && before !== null ? before : {}) as Fields;
  const kept: Record<string, unknown> = {};
  for (const name in value) {
    const inner = (value as Fields)[name];
    if (inner !== null) kept[name] = withoutNulls(inner, old[name]);
    else if (old[name] === null) kept[name] = null;
  }
  return kept;
}
