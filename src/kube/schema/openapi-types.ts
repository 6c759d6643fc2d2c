import { commonDescription, fieldDescription, typeDescription } from "./descriptions.ts";
import type { Definition, Schema } from "./schema.ts";

/** Any JSON value of a document. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** How the two versions of OpenAPI differ here. */
export interface Dialect {
  readonly version: 2 | 3;
  /** What stands before a type's name in a reference. */
  readonly refPrefix: string;
}

/** A named type as the document defines it. */
export function renderDefinition(definition: Definition, dialect: Dialect): Json {
  const { name: typeName, schema, kind, unions } = definition;
  if (schema.type !== "object") return renderPlain(schema, dialect);
  const properties: Record<string, Json> = {};
  for (const [name, field] of schema.fields) {
    const told = fieldDescription(typeName, name) ?? (kind && commonDescription(name));
    properties[name] = renderPlace(field, dialect, told);
  }
  const description = typeDescription(typeName);
  return {
    ...(description && { description }),
    type: "object",
    ...(schema.required.length > 0 && { required: schema.required }),
    ...(schema.fields.size > 0 && { properties }),
    ...(schema.mapType && { "x-kubernetes-map-type": schema.mapType }),
    ...(unions && { "x-kubernetes-unions": unions as readonly Json[] }),
    ...(kind && { "x-kubernetes-group-version-kind": [{ ...kind }] }),
  };
}

/** A place of a type: its value, and how it is merged. */
function renderPlace(place: Schema, dialect: Dialect, told?: string): Json {
  // Clients show what a type is beside what its field is: once is enough.
  const isSame = place.name !== undefined && told === typeDescription(place.name);
  const traits = { ...(told && !isSame && { description: told }), ...renderTraits(place, dialect) };
  if (place.name === undefined) return { ...(renderPlain(place, dialect) as object), ...traits };
  const ref: Json = { $ref: `${dialect.refPrefix}${place.name}` };
  if (Object.keys(traits).length === 0) return ref;
  // Version 3 forbids siblings of a reference.
  return dialect.version === 3 ? { ...traits, allOf: [ref] } : { ...traits, ...ref };
}

function renderTraits(place: Schema, dialect: Dialect): { readonly [key: string]: Json } {
  const isWritten = place.zero === "write" && place.type === "object";
  const shown = place.default ?? (isWritten ? {} : undefined);
  // The map type of a named type stands with its definition.
  const mapType = place.name === undefined ? place.mapType : undefined;
  return {
    ...(place.enum && { enum: place.enum }),
    ...(dialect.version === 3 && shown !== undefined && { default: shown }),
    ...(place.listType && { "x-kubernetes-list-type": place.listType }),
    ...(place.listMapKeys.length > 0 && { "x-kubernetes-list-map-keys": place.listMapKeys }),
    ...(mapType && { "x-kubernetes-map-type": mapType }),
    ...(place.patchStrategy && { "x-kubernetes-patch-strategy": place.patchStrategy }),
    ...(place.patchMergeKey && { "x-kubernetes-patch-merge-key": place.patchMergeKey }),
  };
}

function renderPlain(place: Schema, dialect: Dialect): Json {
  const { type, format, element } = place;
  if (format === "quantity") return dialect.version === 3 ? { oneOf: STRING_OR_NUMBER } : { type: "string" };
  if (format === "int-or-string") {
    return dialect.version === 3 ? { format, oneOf: INTEGER_OR_STRING } : { type: "string", format };
  }
  if (type === "list") return { type: "array", items: element ? renderPlace(element, dialect) : {} };
  if (type === "map")
    return { type: "object", additionalProperties: element ? renderPlace(element, dialect) : {} };
  // Free JSON has no type of its own, but where it must be an object that is said by its name.
  if (type === "any") return place.name?.endsWith(".JSON") ? {} : { type: "object" };
  return { type, ...(format && { format }) };
}

const STRING_OR_NUMBER: readonly Json[] = [{ type: "string" }, { type: "number" }];
const INTEGER_OR_STRING: readonly Json[] = [{ type: "integer" }, { type: "string" }];
