/**
 * What an operation did to an object, as sets of fields. Parts that both objects share by reference are not looked at, so a
 * small change of a large object costs what the change costs.
 */
import { deepEqual } from "../../base/deep.ts";
import { EMPTY_SET, type FieldSet } from "./field-set.ts";
import { EMPTY_OBJECT, type FieldPlace, fieldElement, type Place } from "./place.ts";
import { SetBuilder } from "./set-builder.ts";

/** Either set is absent where it would be empty. */
export interface Difference {
  /** Added, or there before with another value. */
  readonly changed: FieldSet | undefined;
  readonly removed: FieldSet | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
type List = readonly unknown[];

/** Compares two objects of a kind; an absent `before` is an object that did not exist. `undefined` when they say the same. */
export function compareObjects(
  before: object | undefined,
  after: object,
  root: Place,
): Difference | undefined {
  return compareFields((before ?? EMPTY_OBJECT) as Fields, after as Fields, root);
}

const CHANGED_LEAF: Difference = { changed: EMPTY_SET, removed: undefined };

function compareFields(before: Fields, after: Fields, place: Place): Difference | undefined {
  const found = new DifferenceBuilder();
  let shared = 0;
  for (const name in after) {
    const value = after[name];
    const old = own(before, name);
    if (old !== undefined) shared++;
    if (value === old || value === undefined) continue;
    const field = place.field(name);
    if (!field.isIgnored) found.add(field, compareField(old, value, field.place));
  }
  // Mostly nothing is gone, which counting tells sooner than looking each one up.
  for (const _ in before) shared--;
  if (shared < 0) addRemoved(found, before, after, place);
  return found.build();
}

function addRemoved(found: DifferenceBuilder, before: Fields, after: Fields, place: Place): void {
  for (const name in before) {
    const old = before[name];
    if (old === undefined || own(after, name) !== undefined) continue;
    const field = place.field(name);
    if (!field.isIgnored) found.add(field, compareField(old, undefined, field.place));
  }
}

/** A field's value. JSON holds no functions: one that is found was inherited, by a key such as "constructor". */
function own(fields: Fields, name: string): unknown {
  const value = fields[name];
  return typeof value === "function" ? undefined : value;
}

/** At least one of the values is there. */
function compareField(before: unknown, after: unknown, place: Place): Difference | undefined {
  if (before === undefined) {
    if (place.zero === undefined) return { changed: fieldsBelow(after, place), removed: undefined };
    return compareValues(place.zero, after, place);
  }
  if (after === undefined) {
    if (place.zero === undefined) return { changed: undefined, removed: fieldsBelow(before, place) };
    return compareValues(before, place.zero, place);
  }
  return compareValues(before, after, place);
}

function compareValues(before: unknown, after: unknown, place: Place): Difference | undefined {
  if (before === after) return undefined;
  switch (place.type) {
    case "fields":
    case "map":
    case "deduced":
      if (!isFieldsOrNull(before) || !isFieldsOrNull(after)) break;
      if (isBare(before) && isBare(after)) break;
      // In place of null the parts appear or disappear; the place itself was there all along.
      return compareFields(before ?? NO_FIELDS, after ?? NO_FIELDS, place);
    case "keyed":
    case "set":
      if (!isListOrNull(before) || !isListOrNull(after)) break;
      if (isBare(before) && isBare(after)) break;
      return compareLists(before ?? [], after ?? [], place);
  }
  return deepEqual(before, after) ? undefined : CHANGED_LEAF;
}

const NO_FIELDS = EMPTY_OBJECT as Fields;

function isFieldsOrNull(value: unknown): value is Fields | null {
  return typeof value === "object" && !Array.isArray(value);
}

function isListOrNull(value: unknown): value is List | null {
  return value === null || Array.isArray(value);
}

/** Null, or without any parts: then it is owned as a leaf, which keeps null and empty apart. */
function isBare(value: object | null): boolean {
  for (const _ in value) return false;
  return true;
}

function compareLists(before: List, after: List, place: Place): Difference | undefined {
  if (before.length === 0) return { changed: itemsBelow(after, place, false), removed: undefined };
  const found = new DifferenceBuilder();
  if (hasSameItems(before, after, place)) {
    for (let i = 0; i < after.length; i++) {
      const [old, value] = [before[i], after[i]];
      if (old !== value) found.addElement(place.elementOf(value), compareValues(old, value, place.element));
    }
    return found.build();
  }
  const old = itemsByElement(before, place);
  const items = itemsByElement(after, place);
  for (const [element, values] of items)
    found.addElement(element, compareItems(old.get(element), values, place));
  for (const [element, values] of old) {
    if (!items.has(element)) found.addElement(element, compareItems(values, undefined, place));
  }
  return found.build();
}

/** Whether the lists name the same items in the same order, each once. */
function hasSameItems(before: List, after: List, place: Place): boolean {
  if (before.length !== after.length) return false;
  for (let i = 0; i < after.length; i++) {
    if (before[i] === after[i]) continue;
    if (!place.isSameItem(before[i], after[i])) return false;
    for (let j = 0; j < after.length; j++) if (j !== i && place.isSameItem(after[i], after[j])) return false;
  }
  return true;
}

function itemsByElement(list: List, place: Place): Map<string, unknown[]> {
  const items = new Map<string, unknown[]>();
  for (const item of list) {
    const element = place.elementOf(item);
    const same = items.get(element);
    if (same === undefined) items.set(element, [item]);
    else same.push(item);
  }
  return items;
}

/** Items that go by the same step are duplicates, and owned as one. */
function compareItems(
  before: readonly unknown[] | undefined,
  after: readonly unknown[] | undefined,
  place: Place,
): Difference | undefined {
  const wasDuplicated = (before?.length ?? 0) > 1;
  const isDuplicated = (after?.length ?? 0) > 1;
  if (wasDuplicated && isDuplicated) return deepEqual(before, after) ? undefined : CHANGED_LEAF;
  const removed = before && (wasDuplicated ? EMPTY_SET : fieldsBelow(before[0], place.element));
  const changed = after && (isDuplicated ? EMPTY_SET : fieldsBelow(after[0], place.element));
  if (wasDuplicated || isDuplicated || removed === undefined || changed === undefined)
    return { changed, removed };
  return compareValues(before?.[0], after?.[0], place.element);
}

/** What the fields of the objects that are being walked own, the outermost first; a stack that is never given back. */
const walked: FieldSet[] = [];
let walkedTop = 0;

/** Everything of a value that appears or disappears whole, the place itself included. */
function fieldsBelow(value: unknown, place: Place): FieldSet {
  if (typeof value !== "object" || value === null) return EMPTY_SET;
  switch (place.type) {
    case "leaf":
      return EMPTY_SET;
    case "keyed":
    case "set":
      return Array.isArray(value) ? itemsBelow(value, place, true) : EMPTY_SET;
    case "fields":
      return knownFieldsBelow(value as Fields, place);
    default:
      return Array.isArray(value) ? EMPTY_SET : entriesBelow(value as Fields, place);
  }
}

function knownFieldsBelow(value: Fields, place: Place): FieldSet {
  const start = walkedTop;
  let shape = place.shape;
  for (const name in value) {
    const inner = value[name];
    if (inner === undefined) continue;
    shape = shape.next(name, place);
    const below = typeof inner === "object" ? fieldsBelow(inner, shape.field.place) : EMPTY_SET;
    walked[walkedTop++] = below;
  }
  walkedTop = start;
  return shape.setOf(walked, start);
}

function entriesBelow(value: Fields, place: Place): FieldSet {
  const elements: string[] = [];
  const below: FieldSet[] = [];
  for (const name in value) {
    if (value[name] === undefined) continue;
    elements.push(fieldElement(name));
    below.push(fieldsBelow(value[name], place.element));
  }
  return place.recentSets.setOf(elements, below, true);
}

function itemsBelow(list: List, place: Place, self: boolean): FieldSet {
  const elements: string[] = [];
  const below: FieldSet[] = [];
  for (const item of list) {
    const element = place.elementOf(item);
    const at = elements.indexOf(element);
    if (at < 0) {
      elements.push(element);
      below.push(fieldsBelow(item, place.element));
    } else below[at] = EMPTY_SET;
  }
  return place.recentSets.setOf(elements, below, self);
}

/** Collects the differences of the parts of one place. */
class DifferenceBuilder {
  #changed: SetBuilder | undefined;
  #removed: SetBuilder | undefined;

  add(field: FieldPlace, difference: Difference | undefined): void {
    if (difference?.changed !== undefined) this.#changedBuilder().add(field, difference.changed);
    if (difference?.removed !== undefined) this.#removedBuilder().add(field, difference.removed);
  }

  addElement(element: string, difference: Difference | undefined): void {
    if (difference?.changed !== undefined) this.#changedBuilder().addElement(element, difference.changed);
    if (difference?.removed !== undefined) this.#removedBuilder().addElement(element, difference.removed);
  }

  build(): Difference | undefined {
    if (this.#changed === undefined && this.#removed === undefined) return undefined;
    return { changed: this.#changed?.build(false), removed: this.#removed?.build(false) };
  }

  #changedBuilder(): SetBuilder {
    this.#changed ??= new SetBuilder();
    return this.#changed;
  }

  #removedBuilder(): SetBuilder {
    this.#removed ??= new SetBuilder();
    return this.#removed;
  }
}
