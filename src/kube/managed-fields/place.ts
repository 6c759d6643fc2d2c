/**
 * What ownership needs to know of each place of an object: whether it is owned whole or part by part, and by which step each
 * part is named. Worked out once from the schema, so that walking an object costs one look-up a field.
 */
import type { Schema } from "../schema/schema.ts";
import { keyElement, valueElement } from "./path-element.ts";
import { RecentSets, Shape } from "./shape.ts";

/**
 * - "leaf": owned whole, whatever is inside.
 * - "fields": an object with known fields. "map": an object with keys of the user's choice.
 * - "keyed": a list whose items are named by keys. "set": a list of plain values.
 * - "deduced": nothing is known; objects are owned part by part, everything else whole.
 */
export type PlaceType = "leaf" | "fields" | "map" | "keyed" | "set" | "deduced";

/** A field of an object. */
export interface FieldPlace {
  readonly element: string;
  /** Where it stands among its siblings in alphabetical order; `undefined` for one that the schema does not know. */
  readonly rank: number | undefined;
  readonly place: Place;
  /** Whether the schema names it; a map's keys and unknown fields are not. */
  readonly isKnown: boolean;
  /** Whether nobody ever owns it: the server sets it, or resets it after every request. */
  readonly isIgnored: boolean;
}

const schemaPlaces = new WeakMap<Schema, Place>();
const schemaFields = new WeakMap<ReadonlyMap<string, Schema>, ReadonlyMap<string, FieldPlace>>();

/** The place that a schema describes; `undefined` stands for one that nothing is known of. */
export function placeOf(schema: Schema | undefined): Place {
  if (schema === undefined) return DEDUCED;
  let place = schemaPlaces.get(schema);
  if (place === undefined) {
    place = new Place(typeOf(schema), schema);
    schemaPlaces.set(schema, place);
  }
  return place;
}

function typeOf(schema: Schema): PlaceType {
  switch (schema.type) {
    case "object":
      return schema.mapType === "atomic" ? "leaf" : "fields";
    case "map":
      return schema.mapType === "atomic" ? "leaf" : "map";
    case "list":
      return schema.listType === "map" ? "keyed" : schema.listType === "set" ? "set" : "leaf";
    default:
      return "leaf";
  }
}

/** One place of an object. */
export class Place {
  readonly type: PlaceType;
  readonly schema: Schema | undefined;
  /** What the server's typed object holds where JSON has nothing: such a place is changed, never added or removed. */
  readonly zero: unknown;
  readonly #keyNames: readonly string[];
  readonly #keyElements: KnownElement = { next: new Map(), element: undefined };
  /** Sets that were made of this place, to be shared. */
  readonly shape = new Shape<FieldPlace>();
  readonly recentSets = new RecentSets();
  #fields: ReadonlyMap<string, FieldPlace> | undefined;
  #element: Place | undefined;

  constructor(
    type: PlaceType,
    schema: Schema | undefined,
    fields?: ReadonlyMap<string, FieldPlace>,
    zero = zeroOf(schema),
  ) {
    this.type = type;
    this.schema = schema;
    this.zero = zero;
    this.#keyNames = schema?.listMapKeys.toSorted() ?? [];
    this.#fields = fields;
  }

  /** The fields of a place of type "fields". */
  get fields(): ReadonlyMap<string, FieldPlace> {
    this.#fields ??= fieldsOf((this.schema as Schema).fields);
    return this.#fields;
  }

  /** What a map's values, a list's items or the parts of an unknown object are. */
  get element(): Place {
    this.#element ??= this.type === "deduced" ? DEDUCED : placeOf(this.schema?.element);
    return this.#element;
  }

  /** What is at a field or key. */
  field(name: string): FieldPlace {
    const known = this.type === "fields" ? this.fields.get(name) : undefined;
    if (known !== undefined) return known;
    const place = this.type === "fields" ? DEDUCED : this.element;
    return { element: fieldElement(name), rank: undefined, place, isKnown: false, isIgnored: false };
  }

  /** What tells an item of a keyed list from the others, in alphabetical order of the keys' names. */
  keysOf(item: unknown): unknown[] {
    const fields = typeof item === "object" && item !== null ? (item as Record<string, unknown>) : {};
    return this.#keyNames.map((name) => fields[name] ?? this.schema?.element?.fields.get(name)?.default);
  }

  /** Whether two items of a keyed list or a set go by the same step. */
  isSameItem(a: unknown, b: unknown): boolean {
    if (a === b) return true;
    if (this.type === "set") return false;
    const [x, y] = [this.keysOf(a), this.keysOf(b)];
    return x.every((key, i) => key === y[i]);
  }

  /** The step to an item of a keyed list or a set. Remembered, because the same few items come again and again. */
  elementOf(item: unknown): string {
    if (this.type === "set") return valueElement(item);
    let known = this.#keyElements;
    for (const key of this.keysOf(item)) {
      let next = known.next.get(key);
      if (next === undefined) {
        if (known.next.size >= keyElementsMax) known.next.clear();
        next = { next: new Map(), element: undefined };
        known.next.set(key, next);
      }
      known = next;
    }
    known.element ??= keyElement(this.#keyNames, this.keysOf(item));
    return known.element;
  }
}

/** Steps by the values of their keys, one key a level. */
interface KnownElement {
  readonly next: Map<unknown, KnownElement>;
  element: string | undefined;
}

const keyElementsMax = 1_000;

const DEDUCED = new Place("deduced", undefined);

function fieldsOf(schemas: ReadonlyMap<string, Schema>): ReadonlyMap<string, FieldPlace> {
  let fields = schemaFields.get(schemas);
  if (fields === undefined) {
    const ranks = new Map([...schemas.keys()].sort().map((name, rank) => [name, rank]));
    fields = new Map(
      [...schemas].map(([name, schema]) => [
        name,
        {
          element: fieldElement(name),
          rank: ranks.get(name) as number,
          place: placeOf(schema),
          isKnown: true,
          isIgnored: false,
        },
      ]),
    );
    schemaFields.set(schemas, fields);
  }
  return fields;
}

function zeroOf(schema: Schema | undefined): unknown {
  if (schema?.zero === "null") return null;
  if (schema?.zero !== "write") return undefined;
  switch (schema.type) {
    case "object":
      return EMPTY_OBJECT;
    case "string":
      return "";
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    default:
      return null;
  }
}

/** An object without fields. */
export const EMPTY_OBJECT: object = Object.freeze({});

const fieldElements = new Map<string, string>();
const fieldElementsMax = 20_000;

/** The step to a field. Remembered, because labels and data repeat the same names. */
export function fieldElement(name: string): string {
  let element = fieldElements.get(name);
  if (element === undefined) {
    if (fieldElements.size >= fieldElementsMax) fieldElements.clear();
    element = `f:${name}`;
    fieldElements.set(name, element);
  }
  return element;
}
