import type { StructuralSchema } from "../custom/structural-schema.ts";
import type { Schema } from "../schema/schema.ts";

/** A built-in type as a structural schema, as far as it says what expressions may look at. */
export function structuralOf(schema: Schema, within: readonly string[] = []): StructuralSchema {
  // Of a type that contains itself, the inner one is not looked into.
  if (schema.name !== undefined && within.includes(schema.name)) return { type: "object" };
  const path = schema.name === undefined ? within : [...within, schema.name];
  switch (schema.type) {
    case "object":
      return {
        type: "object",
        properties: Object.fromEntries(
          [...schema.fields].map(([name, field]) => [name, structuralOf(field, path)]),
        ),
      };
    case "map":
      return {
        type: "object",
        additionalProperties: schema.element ? structuralOf(schema.element, path) : true,
      };
    case "list":
      return { type: "array", ...(schema.element && { items: structuralOf(schema.element, path) }) };
    case "any":
      return { type: "object" };
    default:
      return scalarOf(schema);
  }
}

function scalarOf({ type, format }: Schema): StructuralSchema {
  // Quantities are numbers or texts to OpenAPI, and nothing to expressions.
  if (format === "quantity") return {};
  if (format === "int-or-string") return { "x-kubernetes-int-or-string": true };
  const plain = type as "string" | "integer" | "number" | "boolean";
  return format === "date-time" || format === "byte" ? { type: plain, format } : { type: plain };
}
