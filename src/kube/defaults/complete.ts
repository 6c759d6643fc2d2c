/**
 * Completing an object: what a real API server makes of it between decoding a request and judging it. Fields that mean
 * nothing are dropped (unknown, null, a zero that is not written), amounts and moments take their canonical spelling, fields
 * that are always written appear, and what the user left out gets its default.
 *
 * One walk over the object, led by its schema; what a type defaults stands in `by-type.ts`. Parts that are complete already
 * come out as the same reference: a controller's update costs little, and identity tells what changed.
 * Nothing here judges: a value that makes no sense passes through, for validation to name. Nothing here throws.
 */
import { setOwn } from "../../base/set-own.ts";
import type { Kind } from "../kind.ts";
import { apiVersionOf } from "../kind.ts";
import { canonicalQuantity, canonicalTime, parseQuantityError } from "../schema/formats.ts";
import { schemaNamed, schemaOf } from "../schema/schema.ts";
import { type Fields, isFields, setField } from "./absent.ts";
import { isZero, type Place, TypePlan } from "./plan.ts";

/** An object as completing it leaves it. */
export interface Completed<T> {
  /** The same reference when nothing was missing. */
  readonly object: T;
  /** Whether every value is of its schema's type, as `findMistyped` would find. */
  readonly isTyped: boolean;
}

/** The object, whole. The same reference when nothing was missing. Of a custom kind only the metadata is completed. */
export function completeObject<T>(kind: Pick<Kind, "group" | "version" | "kind">, object: T): T {
  return completeTyped(kind, object).object;
}

/** The same, and what was seen of types on the way. Parts shared with `stored`, which is complete, are not looked at. */
export function completeTyped<T>(
  kind: Pick<Kind, "group" | "version" | "kind">,
  object: T,
  stored?: object,
): Completed<T> {
  if (!isFields(object)) return { object, isTyped: false };
  const named = setField(setField<Fields>(object, "apiVersion", apiVersionOf(kind)), "kind", kind.kind);
  const schema = schemaOf(kind);
  const walk = new Walk(stored as Fields | undefined);
  if (schema !== undefined) {
    const whole = walk.complete(TypePlan.of(schema), named);
    return { object: whole as T, isTyped: walk.isTyped };
  }
  const metadata = schemaNamed("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  if (metadata === undefined) return { object: named as T, isTyped: true };
  const whole = walk.complete(TypePlan.of(metadata), named.metadata ?? {});
  return { object: setField(named, "metadata", whole) as T, isTyped: walk.isTyped };
}

/** Whether parts are remembered as complete: only the large ones near the root are worth it. */
const REMEMBERED_DEPTH = 1;

/** One walk over one object. */
class Walk {
  isTyped = true;
  readonly #stored: Fields | undefined;
  #depth = -1;

  constructor(stored: Fields | undefined) {
    this.#stored = stored;
  }

  complete(type: TypePlan, value: unknown): unknown {
    switch (type.spelling) {
      case "free":
        return value;
      case "object":
        return isFields(value) ? this.#fields(type, value) : this.#mistyped(value);
      case "list":
        return Array.isArray(value) ? this.#items(type.element, value) : this.#mistyped(value);
      case "map":
        return isFields(value) ? this.#entries(type.element, value) : this.#mistyped(value);
      case "quantity":
        return this.#quantity(value, "exact");
      case "milli-quantity":
        return this.#quantity(value, "milli");
      case "time":
      case "micro-time":
        return typeof value === "string"
          ? canonicalTime(value, type.spelling === "micro-time")
          : this.#mistyped(value);
      case "int-or-string":
        return typeof value === "string" || Number.isSafeInteger(value) ? value : this.#mistyped(value);
      case "integer":
        return Number.isSafeInteger(value) || typeof value === "bigint" ? value : this.#mistyped(value);
      default:
        return typeof value === type.spelling ? value : this.#mistyped(value);
    }
  }

  #quantity(value: unknown, precision: "exact" | "milli"): unknown {
    if (parseQuantityError(value) !== undefined) this.isTyped = false;
    return canonicalQuantity(value, precision);
  }

  #mistyped(value: unknown): unknown {
    this.isTyped = false;
    return value;
  }

  #fields(type: TypePlan, object: Fields): Fields {
    this.#depth++;
    const isRemembered = this.#depth <= REMEMBERED_DEPTH;
    let result = object;
    if (!isRemembered || !type.known.has(object)) {
      result = this.#places(this.#given(type, object), type.objects);
      if (type.defaults !== undefined) result = type.defaults(result);
      result = this.#places(result, type.zeroes);
      for (const name of type.owed) if (result[name] === undefined) this.isTyped = false;
      if (isRemembered && result === object && this.isTyped && Object.isFrozen(object))
        type.known.add(object);
    }
    this.#depth--;
    return result;
  }

  #places(object: Fields, places: readonly Place[]): Fields {
    let copy: Record<string, unknown> | undefined;
    for (const place of places) {
      if (object[place.name] !== undefined) continue;
      copy ??= { ...object };
      copy[place.name] = place.whenAbsent === null ? null : this.complete(place.type, place.whenAbsent);
    }
    return copy ?? object;
  }

  /** The fields that were given: known ones, completed, without those that say nothing. A fresh object when one changed. */
  #given(type: TypePlan, object: Fields): Fields {
    const stored = this.#depth === 0 ? this.#stored : undefined;
    let copy: Record<string, unknown> | undefined;
    let place: Place | undefined;
    for (const key in object) {
      const given = object[key];
      place = type.placeAfter(place, key);
      const value = place === undefined ? undefined : this.#place(place, given, stored?.[key]);
      if (value === given && given !== undefined) continue;
      copy ??= { ...object };
      if (value === undefined) delete copy[key];
      else copy[key] = value;
    }
    return copy ?? object;
  }

  /** The value that stands at a place afterwards; `undefined` for none. */
  #place(place: Place, given: unknown, stored: unknown): unknown {
    if (given === undefined || (given && given === stored)) return given;
    if (place.type.spelling === "string" && given && typeof given === "string") return given;
    if (given === null) return place.whenAbsent === null ? null : undefined;
    const value = this.complete(place.type, given);
    // Of free JSON even nothing says something.
    return place.zero === "drop" && place.type.spelling !== "free" && isZero(value) ? undefined : value;
  }

  /** As decoding into Go does it, a null among others is a zero. */
  #element(type: TypePlan, value: unknown): unknown {
    return this.complete(type, value === null ? type.empty : value);
  }

  #items(element: TypePlan | undefined, list: readonly unknown[]): unknown {
    if (element === undefined || element.spelling === "free") return list;
    this.#depth++;
    let copy: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const item = this.#element(element, list[i]);
      if (item === list[i]) continue;
      copy ??= [...list];
      copy[i] = item;
    }
    this.#depth--;
    return copy ?? list;
  }

  #entries(element: TypePlan | undefined, map: Fields): Fields {
    if (element === undefined || element.spelling === "free") return map;
    let copy: Record<string, unknown> | undefined;
    for (const key in map) {
      const value = this.#element(element, map[key]);
      if (value === map[key]) continue;
      copy ??= { ...map };
      setOwn(copy, key, value);
    }
    return copy ?? map;
  }
}
