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
  const whole = completeObject(schema, object, "", { unknown, fillsIn: true }, true) as Fields;
  return { object: whole, issues: unknown.sort().map((path) => `unknown field ${JSON.stringify(path)}`) };
}

/** The object without what its schema does not know; nothing is filled in. */
export function pruneCustom(schema: StructuralSchema, object: Fields): Fields {
  return completeObject(schema, object, "", { unknown: [], fillsIn: false }, true);
}

/** How a value is made whole. */
interface Completion {
  /** Collects the paths of fields that the schema does not know. */
  readonly unknown: string[];
  /** Whether defaults are filled in, and nulls that may not be are taken for absent. */
  readonly fillsIn: boolean;
}

function completeValue(
  schema: StructuralSchema,
  value: unknown,
  path: string,
  completion: Completion,
): unknown {
  if (Array.isArray(value)) {
    if (schema.items === undefined && schema["x-kubernetes-preserve-unknown-fields"] === true) return value;
    // Nothing is known of items that no schema describes.
    return completeItems(schema.items ?? {}, value, path, completion);
  }
  if (typeof value !== "object" || value === null) return value;
  const isResource = schema["x-kubernetes-embedded-resource"] === true;
  return completeObject(schema, value as Fields, path, completion, isResource);
}

function completeItems(
  schema: StructuralSchema,
  items: readonly unknown[],
  path: string,
  completion: Completion,
): readonly unknown[] {
  const whole = items.map((item, i) => completeValue(schema, item, `${path}[${i}]`, completion));
  return whole.every((item, i) => item === items[i]) ? items : whole;
}

function completeObject(
  schema: StructuralSchema,
  object: Fields,
  path: string,
  completion: Completion,
  isResource: boolean,
): Fields {
  const result: Record<string, unknown> = {};
  let isSame = true;
  for (const key in object) {
    const given = object[key];
    const place = path === "" ? key : `${path}.${key}`;
    const value = completeField(schema, key, given, place, completion, isResource);
    if (value !== undefined) result[key] = value;
    if (value !== given) isSame = false;
  }
  const { properties = {} } = completion.fillsIn ? schema : {};
  for (const key in properties) {
    const property = properties[key] as StructuralSchema;
    if (result[key] !== undefined || property.default === undefined) continue;
    result[key] = completeValue(property, property.default, path === "" ? key : `${path}.${key}`, {
      unknown: [],
      fillsIn: true,
    });
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
  completion: Completion,
  isResource: boolean,
): unknown {
  // The metadata of the object itself were completed before: they are the same for all kinds.
  if (isResource && OBJECT_FIELDS.has(key)) {
    return place === "metadata" || key !== "metadata"
      ? given
      : knownMetadata(given, place, completion.unknown);
  }
  const property = schema.properties?.[key] ?? valuesOf(schema);
  if (property === undefined) {
    if (schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true)
      return given;
    completion.unknown.push(place);
    return undefined;
  }
  if (given === null) return property.nullable === true || !completion.fillsIn ? null : undefined;
  return completeValue(property, given, place, completion);
}

function knownMetadata(metadata: unknown, path: string, unknown: string[]): unknown {
  const known = schemaNamed("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")?.fields;
  if (metadata === null) return {};
  if (typeof metadata !== "object" || known === undefined) return metadata;
  const strange = Object.keys(metadata).filter((field) => !known.has(field));
  if (strange.length === 0) return metadata;
  unknown.push(...strange.map((field) => `${path}.${field}`));
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => known.has(field)));
}
