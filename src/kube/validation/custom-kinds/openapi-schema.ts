/** Whether a schema says only what schemas of custom kinds may say, and says it consistently. */
import type { FieldErrors } from "../field-errors.ts";
import { checkRuleTexts } from "./rule-texts.ts";
import { isSchema, itemsOf, type SchemaProps } from "./schema-props.ts";

/** How a place stands in the whole. */
export interface SchemaPlace {
  readonly path: string;
  readonly isRoot?: boolean;
  /** Whether it is part of what every resource has. */
  readonly isMeta?: boolean;
  /** Why no default may stand here. */
  readonly noDefaults?: string | undefined;
}

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];
const META_FIELDS = new Set(["metadata", "kind", "apiVersion"]);

/** Judges the schema and everything below it. */
export function checkSchemaProps(errors: FieldErrors, schema: SchemaProps, place: SchemaPlace): void {
  const { path } = place;
  checkAllowed(errors, schema, place);
  if (schema.uniqueItems === true) {
    const rule = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    errors.forbidden(`${path}.uniqueItems`, rule);
  }
  checkBelow(errors, schema, place);
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    errors.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined");
  }
  checkMapType(errors, schema, path);
  checkListType(errors, schema, path);
  checkListMap(errors, schema, path);
  checkIdentities(errors, schema, path);
  checkRuleTexts(errors, schema, path);
}

const UNSUPPORTED = [
  "id",
  "additionalItems",
  "patternProperties",
  "definitions",
  "dependencies",
  "$ref",
] as const;

function checkAllowed(errors: FieldErrors, schema: SchemaProps, place: SchemaPlace): void {
  const { path, noDefaults, isMeta = false } = place;
  const { type = "" } = schema;
  if (type !== "" && !TYPES.includes(type)) errors.notSupported(`${path}.type`, type, TYPES);
  if (schema.default !== undefined && schema.default !== null && noDefaults !== undefined) {
    errors.forbidden(`${path}.default`, `must not be set ${noDefaults}`);
  }
  for (const name of UNSUPPORTED) {
    const value = schema[name];
    if (value !== undefined && value !== "") errors.forbidden(`${path}.${name}`, `${name} is not supported`);
  }
  if (type === "null") {
    errors.forbidden(`${path}.type`, "type cannot be set to null, use nullable as an alternative");
  }
  if (Array.isArray(schema.items)) {
    errors.forbidden(`${path}.items`, "items must be a schema object and not an array");
  }
  if (isMeta && schema["x-kubernetes-embedded-resource"] === true) {
    errors.forbidden(`${path}.x-kubernetes-embedded-resource`, "must not be used inside of resource meta");
  }
}

function checkBelow(errors: FieldErrors, schema: SchemaProps, place: SchemaPlace): void {
  const { path, isRoot, isMeta, noDefaults } = place;
  const inside: SchemaPlace = { path, ...(isMeta === undefined ? {} : { isMeta }), noDefaults };
  const { additionalProperties: values, properties = {} } = schema;
  if (values !== undefined && values !== true && Object.keys(properties).length > 0) {
    errors.forbidden(
      `${path}.additionalProperties`,
      "additionalProperties and properties are mutual exclusive",
    );
  }
  if (isSchema(values)) {
    const reason = isMeta === true ? "inside additionalProperties applying to object metadata" : noDefaults;
    checkSchemaProps(errors, values, { ...inside, path: `${path}.additionalProperties`, noDefaults: reason });
  }
  const isResource = isRoot === true || schema["x-kubernetes-embedded-resource"] === true;
  for (const [name, property] of Object.entries(properties)) {
    const below = { ...inside, path: `${path}.properties[${name}]` };
    if (!isResource || !META_FIELDS.has(name)) checkSchemaProps(errors, property, below);
    else {
      const reason = isRoot === true ? `in top-level ${name}` : noDefaults;
      checkSchemaProps(errors, property, { ...below, isMeta: true, noDefaults: reason });
    }
  }
  if (schema.not !== undefined) checkSchemaProps(errors, schema.not, { ...inside, path: `${path}.not` });
  for (const name of ["allOf", "oneOf", "anyOf"] as const) {
    schema[name]?.forEach((each, i) => {
      checkSchemaProps(errors, each, { ...inside, path: `${path}.${name}[${i}]` });
    });
  }
  const items = itemsOf(schema);
  if (items !== undefined) checkSchemaProps(errors, items, { ...inside, path: `${path}.items` });
}

function checkMapType(errors: FieldErrors, schema: SchemaProps, path: string): void {
  const { "x-kubernetes-map-type": mapType, type = "" } = schema;
  if (mapType === undefined) return;
  const rule = "must be object if x-kubernetes-map-type is specified";
  if (type === "") errors.required(`${path}.type`, rule);
  else if (type !== "object") errors.invalid(`${path}.type`, type, rule);
  const supported = ["atomic", "granular"];
  if (!supported.includes(mapType)) errors.notSupported(`${path}.x-kubernetes-map-type`, mapType, supported);
}

function checkListType(errors: FieldErrors, schema: SchemaProps, path: string): void {
  const { "x-kubernetes-list-type": listType, type = "" } = schema;
  if (listType === undefined) return;
  const rule = "must be array if x-kubernetes-list-type is specified";
  if (type === "") errors.required(`${path}.type`, rule);
  else if (type !== "array") errors.invalid(`${path}.type`, type, rule);
  else if (listType === "set") checkSetItems(errors, itemsOf(schema), path);
  const supported = ["atomic", "set", "map"];
  if (!supported.includes(listType))
    errors.notSupported(`${path}.x-kubernetes-list-type`, listType, supported);
}

/** What is compared as a whole must be owned as a whole. */
function checkSetItems(errors: FieldErrors, items: SchemaProps | undefined, path: string): void {
  const rule = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const { "x-kubernetes-list-type": listType, "x-kubernetes-map-type": mapType } = items ?? {};
  if (items?.type === "array" && listType !== undefined && listType !== "atomic") {
    errors.invalid(`${path}.items.x-kubernetes-list-type`, listType, rule);
  }
  if (items?.type === "object" && mapType !== "atomic") {
    // The real server quotes the list type here.
    errors.invalid(`${path}.items.x-kubernetes-map-type`, listType ?? null, rule);
  }
}

function checkListMap(errors: FieldErrors, schema: SchemaProps, path: string): void {
  const { "x-kubernetes-list-type": listType, "x-kubernetes-list-map-keys": keys = [] } = schema;
  if (keys.length > 0 && listType !== "map") {
    const rule = "must be map if x-kubernetes-list-map-keys is non-empty";
    if (listType === undefined) errors.required(`${path}.x-kubernetes-list-type`, rule);
    else errors.invalid(`${path}.x-kubernetes-list-type`, listType, rule);
  }
  if (listType !== "map") return;
  if (keys.length === 0) {
    errors.required(
      `${path}.x-kubernetes-list-map-keys`,
      "must not be empty if x-kubernetes-list-type is map",
    );
  }
  const items = itemsOf(schema);
  if (items === undefined) {
    errors.required(`${path}.items`, "must have a schema if x-kubernetes-list-type is map");
  } else if (items.type !== "object") {
    const rule = "must be object if parent array's x-kubernetes-list-type is map";
    errors.invalid(`${path}.items.type`, items.type ?? "", rule);
  } else checkKeys(errors, items, keys, path);
}

function checkKeys(errors: FieldErrors, items: SchemaProps, keys: readonly string[], path: string): void {
  const seen = new Set<string>();
  for (const key of keys) {
    const property = items.properties?.[key];
    if (property === undefined) {
      errors.invalid(
        `${path}.x-kubernetes-list-map-keys`,
        keys,
        "entries must all be names of item properties",
      );
    } else if (property.type === "array" || property.type === "object") {
      const rule = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.invalid(`${path}.items.properties[${key}].type`, items.type, rule);
    }
    if (seen.has(key)) {
      errors.invalid(`${path}.x-kubernetes-list-map-keys`, keys, "must not contain duplicate entries");
    }
    seen.add(key);
  }
}

/** Items of sets and keyed lists are there, and so are the keys. */
function checkIdentities(errors: FieldErrors, schema: SchemaProps, path: string): void {
  const { "x-kubernetes-list-type": listType, "x-kubernetes-list-map-keys": keys = [] } = schema;
  const items = itemsOf(schema);
  if (items === undefined || (listType !== "set" && listType !== "map")) return;
  if (items.nullable === true) {
    errors.forbidden(
      `${path}.items.nullable`,
      `cannot be nullable when x-kubernetes-list-type is ${listType}`,
    );
  }
  if (listType !== "map") return;
  const why = "this property is in x-kubernetes-list-map-keys, so it";
  for (const key of keys) {
    const property = items.properties?.[key];
    if (property === undefined) continue;
    const at = `${path}.items.properties[${key}]`;
    const isSure = items.required?.includes(key) === true || (property.default ?? null) !== null;
    if (!isSure) errors.required(`${at}.default`, `${why} must have a default or be a required property`);
    if (property.nullable === true) errors.forbidden(`${at}.nullable`, `${why} cannot be nullable`);
  }
}
