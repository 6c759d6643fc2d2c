import { makeSchema, type Schema, type ZeroRule } from "../schema/schema.ts";
import { DEFAULTS_BY_TYPE } from "./by-type.ts";
import type { TypeDefaults } from "./type-defaults.ts";

/** What a value has to be, and how its spelling is made canonical, by what its schema says it is. */
export type Spelling =
  | "object"
  | "map"
  | "list"
  | "quantity"
  | "milli-quantity"
  | "time"
  | "micro-time"
  | "free"
  | "int-or-string"
  | "string"
  | "integer"
  | "number"
  | "boolean";

/** A field of an object: its rule for zeroes and the plan of its type. */
export interface Place {
  readonly name: string;
  readonly zero: ZeroRule;
  readonly type: TypePlan;
  /** What appears when the field is absent; `undefined` for fields that stay absent. */
  readonly whenAbsent: unknown;
  /** The field that came after this one in the last object: in the next it mostly does again. */
  follower: Place | undefined;
}

const NONE: readonly Place[] = [];

/** What there is to complete in values of one type, worked out once, when the first such value comes by. */
export class TypePlan {
  readonly spelling: Spelling;
  readonly element: TypePlan | undefined;
  readonly defaults: TypeDefaults | undefined;
  /** What stands for a null in a list or map of such values. */
  readonly empty: unknown;
  /** Frozen values that were found complete: they cannot have changed since. */
  readonly known = new WeakSet<object>();
  readonly #schema: Schema;
  #places: ReadonlyMap<string, Place> | undefined;
  #objects: readonly Place[] = NONE;
  #zeroes: readonly Place[] = NONE;
  #owed: readonly string[] = [];
  #first: Place | undefined;

  private constructor(schema: Schema, spelling = spellingOf(schema)) {
    this.#schema = schema;
    this.spelling = spelling;
    // Amounts of resources are never finer than a thousandth.
    const isResourceList = schema.goType === "v1.ResourceList";
    this.element = isResourceList ? MILLI_QUANTITY : schema.element && TypePlan.of(schema.element);
    this.empty = schema.format === "byte" ? "" : zeroOf(schema);
    this.defaults = schema.name === undefined ? undefined : DEFAULTS_BY_TYPE[schema.name];
  }

  static spelled(spelling: Spelling, schema: Schema): TypePlan {
    return new TypePlan(schema, spelling);
  }

  static of(schema: Schema): TypePlan {
    if (schema.name === undefined) return new TypePlan(schema);
    let plan = plans.get(schema.name);
    if (plan === undefined) {
      plan = new TypePlan(schema);
      plans.set(schema.name, plan);
    }
    return plan;
  }

  get places(): ReadonlyMap<string, Place> {
    if (this.#places === undefined) {
      const places = new Map<string, Place>();
      for (const [name, field] of this.#schema.fields) {
        const type = TypePlan.of(field);
        places.set(name, {
          name,
          zero: field.zero,
          type,
          whenAbsent: whenAbsent(field),
          follower: undefined,
        });
      }
      this.#places = places;
      const appearing = [...places.values()].filter((place) => place.whenAbsent !== undefined);
      this.#objects = appearing.filter((place) => place.whenAbsent);
      this.#zeroes = appearing.filter((place) => !place.whenAbsent);
      this.#owed = this.#schema.required.filter((name) => places.get(name)?.whenAbsent === undefined);
    }
    return this.#places;
  }

  /** The place of a field that stands after another, or at the start of an object. */
  placeAfter(before: Place | undefined, name: string): Place | undefined {
    const guess = before === undefined ? this.#first : before.follower;
    if (guess !== undefined && guess.name === name) return guess;
    const place = this.places.get(name);
    if (before === undefined) this.#first = place;
    else before.follower = place;
    return place;
  }

  /** Places whose field appears when it is absent, with something in it: the type's own defaults may look at that. */
  get objects(): readonly Place[] {
    return this.places.size === 0 ? NONE : this.#objects;
  }

  /** Names of fields that have to be there and that nothing here fills in. */
  get owed(): readonly string[] {
    return this.places.size === 0 ? [] : this.#owed;
  }

  /** Places whose field appears as a zero when nobody defaulted it. */
  get zeroes(): readonly Place[] {
    return this.places.size === 0 ? NONE : this.#zeroes;
  }
}

const MILLI_QUANTITY = TypePlan.spelled("milli-quantity", makeSchema({ type: "string", format: "quantity" }));
const plans = new Map<string, TypePlan>();

function spellingOf({ type, format, name }: Schema): Spelling {
  if (type === "any") return "free";
  if (format === "quantity" || format === "int-or-string") return format;
  if (format !== "date-time") return type;
  return name?.endsWith(".MicroTime") ? "micro-time" : "time";
}

/** Defaults that OpenAPI knows, and the zeroes that are always written. */
function whenAbsent(field: Schema): unknown {
  // OpenAPI tells the zero of every required field as its default; only of a pointer a zero is a decision.
  const isDefault =
    field.default !== undefined && (field.zero === "keep" || field.zero === "null" || !isZero(field.default));
  if (isDefault) return field.default;
  if (field.zero === "null") return null;
  return field.zero === "write" ? zeroOf(field) : undefined;
}

function zeroOf(field: Schema): unknown {
  if (field.format === "quantity") return "0";
  if (field.format === "int-or-string") return 0;
  if (field.format !== "date-time" && field.format !== "byte") {
    if (field.type === "string") return "";
    if (field.type === "integer" || field.type === "number") return 0;
    if (field.type === "boolean") return false;
    if (field.type === "object") return EMPTY;
  }
  return null;
}

const EMPTY = Object.freeze({});

/** Whether a value is what Go has where nothing was given. */
export function isZero(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return !value;
  for (const _ in value) return false;
  return true;
}
