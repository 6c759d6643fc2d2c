import { parseQuantityError } from "../schema/formats.ts";
import type { Schema } from "../schema/schema.ts";

/** A place whose value is of the wrong JSON type. */
export interface Mistyped {
  readonly path: string;
  readonly value: unknown;
  readonly expected: string;
}

/**
 * The first value of a complete object that is absent although always written, or not of its schema's type; what `old` shares by reference was looked at before.
 * Requests are decoded before they are judged, so there is none in an object that came over the wire; this is what lets every
 * check below it trust the types, whoever calls.
 */
export function findMistyped(schema: Schema, value: unknown, old: unknown = undefined): Mistyped | undefined {
  if (value === old && old !== undefined) return undefined;
  switch (schema.type) {
    case "any":
      return undefined;
    case "object":
      return isPlainObject(value) ? inFields(schema, value, old) : mistyped("", value, "object");
    case "map":
      return isPlainObject(value) ? inEntries(schema, value) : mistyped("", value, "object");
    case "list":
      return Array.isArray(value) ? inItems(schema, value) : mistyped("", value, "array");
    case "string":
      return isText(schema, value) ? undefined : mistyped("", value, "string");
    case "integer":
      if (Number.isSafeInteger(value) || typeof value === "bigint") return undefined;
      return mistyped("", value, "integer");
    default:
      return typeof value === schema.type ? undefined : mistyped("", value, schema.type);
  }
}

function inFields(
  schema: Schema,
  object: Readonly<Record<string, unknown>>,
  old: unknown,
): Mistyped | undefined {
  for (const name of schema.required) {
    if (object[name] !== undefined) continue;
    const field = schema.fields.get(name);
    // The others are left out when they are empty: whether they may be is for the kind's rules to say.
    if (field?.zero === "write") return mistyped(name, null, field.type);
  }
  const before = isPlainObject(old) ? old : undefined;
  for (const key in object) {
    const field = schema.fields.get(key);
    const value = object[key];
    // Unknown fields are no matter of types.
    if (field === undefined || value === undefined || (value === null && isNullable(field))) continue;
    if (field.type === "string" && field.format !== "quantity" && typeof value === "string") continue;
    const found = findMistyped(field, value, before?.[key]);
    if (found !== undefined) return within(key, found);
  }
  return undefined;
}

function inEntries(schema: Schema, map: Readonly<Record<string, unknown>>): Mistyped | undefined {
  if (schema.element === undefined) return undefined;
  for (const key in map) {
    const found = findMistyped(schema.element, map[key]);
    if (found !== undefined) return within(`[${key}]`, found);
  }
  return undefined;
}

function inItems(schema: Schema, list: readonly unknown[]): Mistyped | undefined {
  if (schema.element === undefined) return undefined;
  for (let i = 0; i < list.length; i++) {
    const found = findMistyped(schema.element, list[i]);
    if (found !== undefined) return within(`[${i}]`, found);
  }
  return undefined;
}

/** What was found, told from one step further out. Only what is found needs a path: objects are mostly in order. */
function within(step: string, { path, value, expected }: Mistyped): Mistyped {
  const isField = path !== "" && !path.startsWith("[");
  return mistyped(isField ? `${step}.${path}` : step + path, value, expected);
}

/** Whether a complete object may have null there: other fields are left out when they hold nothing. */
function isNullable(field: Schema): boolean {
  if (field.zero !== "write") return field.zero === "null";
  return field.element !== undefined || field.format === "date-time" || field.format === "byte";
}

function isText(schema: Schema, value: unknown): boolean {
  if (typeof value === "string")
    return schema.format !== "quantity" || parseQuantityError(value) === undefined;
  return schema.format === "int-or-string" && Number.isSafeInteger(value);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mistyped(path: string, value: unknown, expected: string): Mistyped {
  return { path, value, expected };
}
