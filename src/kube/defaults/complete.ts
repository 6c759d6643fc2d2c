/**
 * Completing an object: what a real API server makes of it between decoding a request and judging it. Fields that mean
 * nothing are dropped (unknown, null, a zero that is not written), amounts and moments take their canonical spelling, fields
 * that are always written appear, and what the user left out gets its default.
 *
 * One walk over the object, led by its schema; what a type defaults stands in `by-type.ts`. Parts that are complete already
 * come out as the same reference: a controller's update costs little, and identity tells what changed.
 * Nothing here judges: a value that makes no sense passes through, for validation to name. Nothing here throws.
 */
import type { Kind } from "../kind.ts";
import { apiVersionOf } from "../kind.ts";
import { canonicalQuantity, canonicalTime } from "../schema/formats.ts";
import { schemaNamed, schemaOf } from "../schema/schema.ts";
import { type Fields, isFields, mapShared, setField } from "./absent.ts";
import { isZero, type Place, TypePlan } from "./plan.ts";

/** The object, whole. The same reference when nothing was missing. Of a custom kind only the metadata is completed. */
export function completeObject<T>(kind: Pick<Kind, "group" | "version" | "kind">, object: T): T {
  if (!isFields(object)) return object;
  const named = setField(setField<Fields>(object, "apiVersion", apiVersionOf(kind)), "kind", kind.kind);
  const schema = schemaOf(kind);
  if (schema !== undefined) return completeValue(TypePlan.of(schema), named, 0) as T;
  const metadata = schemaNamed("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  if (metadata === undefined) return named as T;
  return setField(named, "metadata", completeValue(TypePlan.of(metadata), named.metadata ?? {}, 1)) as T;
}

/** Whether parts are remembered as complete: only the large ones near the root are worth it. */
const REMEMBERED_DEPTH = 1;

function completeValue(type: TypePlan, value: unknown, depth: number): unknown {
  switch (type.spelling) {
    case "plain":
    case "free":
      return value;
    case "object":
      return isFields(value) ? completeFields(type, value, depth) : value;
    case "quantity":
      return canonicalQuantity(value, "exact");
    case "milli-quantity":
      return canonicalQuantity(value, "milli");
    case "list":
      return Array.isArray(value) ? completeItems(type.element, value, depth) : value;
    case "map":
      return isFields(value) ? completeEntries(type.element, value, depth) : value;
    case "time":
      return canonicalTime(value, false);
    case "micro-time":
      return canonicalTime(value, true);
  }
}

function completeFields(type: TypePlan, object: Fields, depth: number): Fields {
  if (depth <= REMEMBERED_DEPTH && type.known.has(object)) return object;
  let result = withPlaces(completeGiven(type, object, depth), type.objects, depth);
  if (type.defaults !== undefined) result = type.defaults(result);
  result = withPlaces(result, type.zeroes, depth);
  if (depth <= REMEMBERED_DEPTH && result === object && Object.isFrozen(object)) type.known.add(object);
  return result;
}

function withPlaces(object: Fields, places: readonly Place[], depth: number): Fields {
  let copy: Record<string, unknown> | undefined;
  for (const place of places) {
    if (object[place.name] !== undefined) continue;
    copy ??= { ...object };
    copy[place.name] = completeValue(place.type, place.whenAbsent, depth + 1);
  }
  return copy ?? object;
}

/** The fields that were given: known ones, completed, without those that say nothing. A fresh object when one changed. */
function completeGiven(type: TypePlan, object: Fields, depth: number): Fields {
  const { places } = type;
  let copy: Record<string, unknown> | undefined;
  for (const key in object) {
    const given = object[key];
    const place = places.get(key);
    const value = place === undefined ? undefined : completePlace(place, given, depth);
    if (value === given && given !== undefined) continue;
    copy ??= { ...object };
    if (value === undefined) delete copy[key];
    else copy[key] = value;
  }
  return copy ?? object;
}

/** The value that stands at a place afterwards; `undefined` for none. */
function completePlace(place: Place, given: unknown, depth: number): unknown {
  if (given === undefined || (place.isPlain && given)) return given;
  if (given === null) return place.whenAbsent === null ? null : undefined;
  const value = completeValue(place.type, given, depth + 1);
  // Of free JSON even nothing says something.
  return place.zero === "drop" && place.type.spelling !== "free" && isZero(value) ? undefined : value;
}

/** As decoding into Go does it, a null among others is a zero. */
function completeElement(type: TypePlan, value: unknown, depth: number): unknown {
  return completeValue(type, value === null ? type.empty : value, depth);
}

function completeItems(element: TypePlan | undefined, list: readonly unknown[], depth: number): unknown {
  if (element === undefined || element.spelling === "free") return list;
  return mapShared(list, (item) => completeElement(element, item, depth + 1));
}

function completeEntries(element: TypePlan | undefined, map: Fields, depth: number): Fields {
  if (element === undefined || element.spelling === "free") return map;
  let copy: Record<string, unknown> | undefined;
  for (const key in map) {
    const value = completeElement(element, map[key], depth + 1);
    if (value === map[key]) continue;
    copy ??= { ...map };
    copy[key] = value;
  }
  return copy ?? map;
}
