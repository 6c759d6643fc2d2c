import { schemaNamed } from "../schema/schema.ts";
import type { Fields } from "./structural-schema.ts";
import { OBJECT_FIELDS, type StructuralSchema, valuesOf } from "./structural-schema.ts";

/** A custom object made whole, and what it had that its schema does not know. */
export interface Completed {
  readonly object: Fields;
  /** `unknown field "spec.foo"`, in order of path. */
  readonly issues: readonly string[];
}

/**
 * Makes a custom object whole: fields that the schema does not know go, nulls that may not be are taken for absent, and what is
 * absent gets its default. Parts in which nothing changes keep their identity.
 */
export function completeCustom(schema: StructuralSchema, object: Fields): Completed {
  const unknown: string[] = [];
  const whole = completeObject(schema, object, "", unknown, true) as Fields;
  return { object: whole, issues: unknown.sort().map((path) => `unknown field ${JSON.stringify(path)}`) };
}

function completeValue(schema: StructuralSchema, value: unknown, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) return completeItems(schema.items, value, path, unknown);
  if (typeof value !== "object" || value === null) return value;
  const isResource = schema["x-kubernetes-embedded-resource"] === true;
  return completeObject(schema, value as Fields, path, unknown, isResource);
}

function completeItems(
  schema: StructuralSchema | undefined,
  items: readonly unknown[],
  path: string,
  unknown: string[],
): readonly unknown[] {
  if (schema === undefined) return items;
  const whole = items.map((item, i) => completeValue(schema, item, `${path}[${i}]`, unknown));
  return whole.every((item, i) => item === items[i]) ? items : whole;
}

function completeObject(
  schema: StructuralSchema,
  object: Fields,
  path: string,
  unknown: string[],
  isResource: boolean,
): Fields {
  const result: Record<string, unknown> = {};
  let isSame = true;
  for (const key in object) {
    const given = object[key];
    const place = path === "" ? key : `${path}.${key}`;
    const value = completeField(schema, key, given, place, unknown, isResource);
    if (value !== undefined) result[key] = value;
    if (value !== given) isSame = false;
  }
  for (const key in schema.properties) {
    const property = schema.properties[key] as StructuralSchema;
    if (result[key] !== undefined || property.default === undefined) continue;
    result[key] = completeValue(property, property.default, path === "" ? key : `${path}.${key}`, []);
    isSame = false;
  }
  return isSame ? object : result;
}

/** `undefined` for a field that goes. */
function completeField(
  schema: StructuralSchema,
  key: string,
  given: unknown,
  place: string,
  unknown: string[],
  isResource: boolean,
): unknown {
  // The metadata of the object itself were completed before: they are the same for all kinds.
  if (isResource && OBJECT_FIELDS.has(key)) {
    return place === "metadata" || key !== "metadata" ? given : knownMetadata(given, place, unknown);
  }
  const property = schema.properties?.[key] ?? valuesOf(schema);
  if (property === undefined) {
    if (schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true)
      return given;
    unknown.push(place);
    return undefined;
  }
  if (given === null) return property.nullable === true ? null : undefined;
  return completeValue(property, given, place, unknown);
}

function knownMetadata(metadata: unknown, path: string, unknown: string[]): unknown {
  const known = schemaNamed("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")?.fields;
  if (typeof metadata !== "object" || metadata === null || known === undefined) return metadata;
  const kept = Object.entries(metadata).filter(([field]) => known.has(field));
  for (const field in metadata) if (!known.has(field)) unknown.push(`${path}.${field}`);
  return Object.fromEntries(kept);
}
