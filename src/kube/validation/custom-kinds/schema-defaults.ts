/** Whether the defaults of a schema are values of it. */
import { deepEqual } from "../../../base/deep.ts";
import { cel } from "../../cel/loader.ts";
import { completeCustom } from "../../custom/complete.ts";
import { Correlated, isFields } from "../../custom/correlation.ts";
import { validateListTypes } from "../../custom/list-types.ts";
import { hasRules, type StructuralSchema } from "../../custom/structural-schema.ts";
import { validateValue } from "../../custom/validate.ts";
import type { FieldErrors } from "../field-errors.ts";
import { itemsOf, type SchemaProps } from "./schema-props.ts";

/** Defaults in maps are forbidden, so that none is looked for there. */
export function checkDefaults(errors: FieldErrors, schema: SchemaProps, path: string): void {
  const { default: value } = schema;
  if (value !== undefined && value !== null)
    checkDefault(errors, schema as StructuralSchema, value, `${path}.default`);
  const items = itemsOf(schema);
  if (items !== undefined) checkDefaults(errors, items, `${path}.items`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    checkDefaults(errors, property, `${path}.properties[${name}]`);
  }
}

function checkDefault(errors: FieldErrors, schema: StructuralSchema, value: unknown, path: string): void {
  if (!isPruned(schema, value)) errors.invalid(path, value, "must not have unknown fields");
  const causes = validateValue(schema, value, "");
  const wrong = causes.length > 0 ? causes : validateListTypes(schema, value);
  for (const { reason, message, field } of wrong) {
    errors.list.push({
      reason,
      message,
      field: field === "" || field === "<nil>" ? path : `${path}.${field}`,
    });
  }
  if (wrong.length > 0 || !hasRules(schema)) return;
  const isResource = schema["x-kubernetes-embedded-resource"] === true;
  const place = { path, isResource };
  // As if it had been there before, and as if it came new.
  const unchanged = cel().validateRules(schema, value, new Correlated(schema, value, value), place);
  const told = unchanged.causes.length > 0 ? unchanged : cel().validateRules(schema, value, undefined, place);
  errors.list.push(...told.causes);
}

/** Whether nothing in a value is unknown to its schema. */
function isPruned(schema: StructuralSchema, value: unknown): boolean {
  if (Array.isArray(value))
    return value.every((item) => schema.items === undefined || isPruned(schema.items, item));
  if (!isFields(value)) return true;
  const { issues } = completeCustom(schema, value);
  const isResource = schema["x-kubernetes-embedded-resource"] === true;
  const known = ["apiVersion", "kind", "metadata"].filter((name) => value[name] !== undefined);
  const isKnown = (name: string) =>
    schema.properties?.[name] !== undefined ||
    deepEqual(schema["x-kubernetes-preserve-unknown-fields"], true);
  return issues.length === 0 && (isResource || known.every(isKnown));
}
