import type { Schema } from "../schema/schema.ts";
import type { FieldErrors } from "./field-errors.ts";

/** Fields below which free JSON or the API server's own bookkeeping lies. */
const SKIPPED = new Set(["apiVersion", "kind", "metadata"]);

/**
 * What the schema alone knows: required texts that are empty and words that are not among the allowed. It judges the kinds that
 * have no rules of their own here, and only parts that differ from the old object's.
 */
export function checkBySchema(errors: FieldErrors, schema: Schema, object: unknown, old?: unknown): void {
  checkFields(errors, schema, object as Fields, "", old as Fields | undefined);
}

type Fields = Readonly<Record<string, unknown>>;

function checkFields(errors: FieldErrors, schema: Schema, object: Fields, path: string, old?: Fields): void {
  for (const [name, field] of schema.fields) {
    if (path === "" && (SKIPPED.has(name) || name === "status")) continue;
    const at = path === "" ? name : `${path}.${name}`;
    const value = object[name];
    const isRequired = schema.required.includes(name);
    if (value === undefined || value === null || value === "") {
      if (isRequired && field.type === "string") errors.required(at);
      continue;
    }
    const before = old?.[name];
    if (value !== before) checkValue(errors, field, value, at, before);
  }
}

function checkValue(errors: FieldErrors, schema: Schema, value: unknown, path: string, old?: unknown): void {
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
    errors.notSupported(path, value, schema.enum);
  }
  if (schema.type === "object") {
    checkFields(errors, schema, value as Fields, path, isObject(old) ? old : undefined);
  } else if (schema.element !== undefined) {
    for (const [key, item] of Object.entries(value as Fields)) {
      checkItem(errors, schema.element, item, `${path}[${key}]`);
    }
  }
}

function checkItem(errors: FieldErrors, element: Schema, item: unknown, path: string): void {
  if (item !== null && item !== undefined) checkValue(errors, element, item, path);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
