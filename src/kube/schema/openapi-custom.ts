/**
 * Types of custom kinds as OpenAPI documents hold them: their schema as the definition has it, made readable for clients (which
 * take version 2 for closed: what may hold anything must not look as if it had fields), and what every object has. The cases are
 * those of apiextensions-apiserver's openapi controller.
 */
import type { Fields, StructuralSchema } from "../custom/structural-schema.ts";
import { commonDescription } from "./descriptions.ts";
import type { Dialect, Json } from "./openapi-types.ts";

/** A custom kind's version, as its definition has it. */
export interface CustomType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly schema: StructuralSchema;
  /** Paths such as ".spec.colour". */
  readonly selectableFields: readonly string[];
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

/** The types of a kind and of its list; `name` is that of the first. */
export function renderCustomTypes(name: string, custom: CustomType, dialect: Dialect): Record<string, Json> {
  const { kind, plural } = custom;
  return {
    [name]: { ...rootOf(custom, dialect), ...identity(custom, kind) },
    [`${name}List`]: {
      description: `A list of ${plural}.`,
      type: "object",
      required: ["items"],
      properties: {
        ...typeMeta(),
        items: {
          description: described("items"),
          type: "array",
          items: { $ref: `${dialect.refPrefix}${name}` },
        },
        metadata: refTo(LIST_META, dialect),
      },
      ...identity(custom, `${kind}List`),
    },
  };
}

function rootOf({ schema }: CustomType, dialect: Dialect): Readonly<Record<string, Json>> {
  // Whoever saw fields here would take what is not among them for unknown.
  if (dialect.version === 2 && isOpen(schema)) return { type: "object" };
  const { properties, ...rest } = renderSchema(schema, dialect);
  const fields = { ...(properties as object | undefined), ...typeMeta(), metadata: refTo(META, dialect) };
  return { ...rest, properties: fields };
}

function identity({ group, version, selectableFields }: CustomType, kind: string): Record<string, Json> {
  const paths = selectableFields.map((path) => ({ fieldPath: path.replace(/^\./, "") }));
  return {
    "x-kubernetes-group-version-kind": [{ group, version, kind }],
    ...(paths.length > 0 && { "x-kubernetes-selectable-fields": paths }),
  };
}

function typeMeta(): Readonly<Record<string, Json>> {
  return {
    apiVersion: { description: described("apiVersion"), type: "string" },
    kind: { description: described("kind"), type: "string" },
  };
}

function described(field: string): string {
  return commonDescription(field) ?? "";
}

function refTo(type: string, { refPrefix, version }: Dialect): Json {
  const ref = { $ref: `${refPrefix}${type}` };
  const description = described("metadata");
  return version === 3 ? { description, allOf: [ref] } : { description, ...ref };
}

function isOpen(schema: StructuralSchema): boolean {
  return schema["x-kubernetes-preserve-unknown-fields"] === true;
}

/** A place of a schema, with all below it. */
function renderSchema(schema: StructuralSchema, dialect: Dialect): Readonly<Record<string, Json>> {
  const told = omit(schema, ...UNTOLD);
  const plain = dialect.version === 2 ? withoutUnreadable(told) : unfolded(told);
  const { properties, items, additionalProperties } = plain;
  const isEmbedded =
    schema["x-kubernetes-embedded-resource"] === true && !(dialect.version === 2 && isOpen(schema));
  const render = (inner: StructuralSchema) => renderSchema(inner, dialect);
  const fields = {
    ...(properties &&
      Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, render(each)]))),
    ...(isEmbedded && { ...typeMeta(), metadata: refTo(META, dialect) }),
  };
  const required = new Set([...(plain.required ?? []), ...(isEmbedded ? ["kind", "apiVersion"] : [])]);
  return {
    ...(plain as Fields as Readonly<Record<string, Json>>),
    ...(required.size > 0 && { required: [...required] }),
    ...((properties || isEmbedded) && { properties: fields }),
    ...(items && { items: render(items) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: render(additionalProperties) }),
  };
}

/** What a definition may say and no document tells. */
const UNTOLD = ["example", "externalDocs", "id", "$schema"];

const INTEGER_OR_STRING: readonly StructuralSchema[] = [{ type: "integer" }, { type: "string" }];

/** What may be a number or a text, said once more in terms that every reader of JSON schemas knows. */
function unfolded(schema: StructuralSchema): StructuralSchema {
  if (schema["x-kubernetes-int-or-string"] !== true) return schema;
  const { anyOf, allOf = [] } = schema;
  if (saysIntegerOrString(anyOf) || saysIntegerOrString(allOf[0]?.anyOf)) return schema;
  if (anyOf === undefined) return { ...schema, anyOf: INTEGER_OR_STRING };
  return { ...schema, allOf: [{ anyOf: INTEGER_OR_STRING }, ...allOf] };
}

function saysIntegerOrString(anyOf: readonly StructuralSchema[] | undefined): boolean {
  return anyOf?.length === 2 && anyOf[0]?.type === "integer" && anyOf[1]?.type === "string";
}

/** A place without what version 2 lacks or kubectl takes for more than it says. */
function withoutUnreadable(schema: StructuralSchema): StructuralSchema {
  const { allOf, oneOf, anyOf, not, default: _default, nullable, ...rest } = schema;
  let plain: StructuralSchema = rest;
  if (nullable) plain = omit(plain, "type");
  if (nullable || isOpen(plain)) plain = omit(plain, "items", "properties");
  const isBare = plain.type === "array" && plain.items === undefined;
  if (isBare || (isOpen(plain) && plain.type === "object")) plain = omit(plain, "type");
  return withoutNullableRequired(plain);
}

/** Nobody need give what may be null: a null of theirs is taken for a field that is missing. */
function withoutNullableRequired(schema: StructuralSchema): StructuralSchema {
  const { required, properties = {}, additionalProperties } = schema;
  if (required === undefined) return schema;
  const values = typeof additionalProperties === "object" ? additionalProperties : undefined;
  const kept = values?.nullable ? [] : required.filter((field) => properties[field]?.nullable !== true);
  return kept.length > 0 ? { ...schema, required: kept } : omit(schema, "required");
}

function omit(schema: StructuralSchema, ...keys: readonly string[]): StructuralSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}
