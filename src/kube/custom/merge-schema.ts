import { makeSchema, type Schema, schemaNamed } from "../schema/schema.ts";
import { type StructuralSchema, valuesOf } from "./structural-schema.ts";

const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** The metadata of every object, for kinds whose definition says nothing about them. */
export const METADATA_SCHEMA: Schema = makeSchema({
  type: "object",
  fields: new Map([["metadata", schemaNamed(OBJECT_META) ?? makeSchema({ type: "any" })]]),
});

/** What fields are that no schema names. */
const FREE = makeSchema({ type: "any" });
const TEXT = makeSchema({ type: "string" });

/** How objects of a custom kind are merged and owned, from what its definition says about them. */
export function customSchemaOf(schema: StructuralSchema): Schema {
  const fields = mergeSchemaOf(schema).fields;
  const all = [["apiVersion", TEXT], ["kind", TEXT], ...METADATA_SCHEMA.fields, ...fields] as const;
  return makeSchema({ type: "object", fields: new Map(all), ...othersOf(schema) });
}

function mergeSchemaOf(schema: StructuralSchema): Schema {
  if (schema["x-kubernetes-int-or-string"] === true)
    return makeSchema({ type: "string", format: "int-or-string" });
  switch (schema.type) {
    case "array":
      return listSchema(schema);
    case "object":
      return objectSchema(schema);
    case "string":
    case "integer":
    case "number":
    case "boolean":
      return makeSchema({ type: schema.type, ...defaultOf(schema) });
    default:
      return makeSchema({ type: "any" });
  }
}

/** A default matters where the field is a key of a list. */
function defaultOf({ default: value }: StructuralSchema): { readonly default?: string | number | boolean } {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? { default: value }
    : {};
}

function listSchema(schema: StructuralSchema): Schema {
  const listType = schema["x-kubernetes-list-type"];
  return makeSchema({
    type: "list",
    ...(schema.items === undefined ? {} : { element: mergeSchemaOf(schema.items) }),
    ...(listType === undefined ? {} : { listType }),
    listMapKeys: schema["x-kubernetes-list-map-keys"] ?? [],
  });
}

function objectSchema(schema: StructuralSchema): Schema {
  const mapType = schema["x-kubernetes-map-type"];
  const atomic = mapType === undefined ? {} : { mapType };
  const values = valuesOf(schema);
  if (values !== undefined) return makeSchema({ type: "map", element: mergeSchemaOf(values), ...atomic });
  if (schema.properties === undefined) {
    // What may hold anything is owned field by field all the same.
    const isFree = schema["x-kubernetes-preserve-unknown-fields"] === true;
    if (isFree && mapType !== "atomic") return makeSchema({ type: "map", ...namesOf(schema) });
    return makeSchema({ type: "any", ...atomic });
  }
  const fields = Object.entries(schema.properties).map(
    ([name, each]) => [name, mergeSchemaOf(each)] as const,
  );
  return makeSchema({ type: "object", fields: new Map(fields), ...atomic, ...othersOf(schema) });
}

/** An object inside of another has a version and a kind. */
function namesOf(schema: StructuralSchema): { readonly fields?: ReadonlyMap<string, Schema> } {
  if (schema["x-kubernetes-embedded-resource"] !== true) return {};
  return {
    fields: new Map([
      ["apiVersion", TEXT],
      ["kind", TEXT],
    ]),
  };
}

/** What may stand beside the fields that are named. */
function othersOf(schema: StructuralSchema): { readonly element?: Schema } {
  return schema["x-kubernetes-preserve-unknown-fields"] === true ? { element: FREE } : {};
}
