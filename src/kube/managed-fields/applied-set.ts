import { EMPTY_SET, type FieldSet } from "./field-set.ts";
import type { Place } from "./place.ts";
import { SetBuilder } from "./set-builder.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a manager owns by applying an object: every leaf, every item of a list and every key of a map that it names. Unlike the
 * fields that an update adds, an object with known fields is not owned itself, only what is set in it.
 */
export function appliedSet(object: object, root: Place): FieldSet {
  return appliedBelow(object, root, false) ?? EMPTY_SET;
}

/** `undefined` where nothing is owned at the place and below it. `self` makes the place itself owned. */
function appliedBelow(value: unknown, place: Place, self: boolean): FieldSet | undefined {
  if (typeof value !== "object" || value === null || place.type === "leaf") return EMPTY_SET;
  const found = new SetBuilder();
  if (Array.isArray(value)) {
    if (place.type !== "keyed" && place.type !== "set") return EMPTY_SET;
    addItems(found, value, place);
  } else {
    if (Object.keys(value).length === 0) return EMPTY_SET;
    addFields(found, value as Fields, place);
  }
  return found.size > 0 ? found.build(self) : self ? EMPTY_SET : undefined;
}

function addFields(found: SetBuilder, fields: Fields, place: Place): void {
  for (const name in fields) {
    const field = place.field(name);
    if (field.isIgnored || fields[name] === undefined) continue;
    const below = appliedBelow(fields[name], field.place, !field.isKnown);
    if (below !== undefined) found.add(field, below);
  }
}

function addItems(found: SetBuilder, list: readonly unknown[], place: Place): void {
  const elements = list.map((item) => place.elementOf(item));
  for (const [i, element] of elements.entries()) {
    if (elements.indexOf(element) < i) continue;
    const isDuplicated = elements.indexOf(element, i + 1) > 0;
    const below = isDuplicated ? EMPTY_SET : appliedBelow(list[i], place.element, true);
    found.addElement(element, below ?? EMPTY_SET);
  }
}
