/**
 * Whether a schema is structural: whether it says once, outside of all combinations, what every field is
 * (apiextensions-apiserver's `schema/validation.go` and `schema/complete.go`).
 */
import { deepEqual } from "../../../base/deep.ts";
import { goPattern } from "../../../base/go-pattern.ts";
import { Pending } from "../../../base/pending.ts";
import { cel } from "../../cel/loader.ts";
import type { StatusCause } from "../../status-error.ts";
import { FieldErrors } from "../field-errors.ts";
import { isSchema, itemsOf, type SchemaProps } from "./schema-props.ts";

type Level = "root" | "item" | "field";

/** What is not structural about a schema, in order of the sentences. */
export function structuralErrors(schema: SchemaProps, path: string): readonly StatusCause[] {
  const errors = new FieldErrors();
  checkInvariants(errors, schema, "root", path);
  checkComplete(errors, schema, schema, path, path);
  const sentence = ({ field, message }: StatusCause) => `${field}: ${message}`;
  return errors.list.sort((one, other) => (sentence(one) < sentence(other) ? -1 : 1));
}

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: "must not be empty at the root",
  item: "must not be empty for specified array items",
  field: "must not be empty for specified object fields",
};

function checkInvariants(errors: FieldErrors, schema: SchemaProps, level: Level, path: string): void {
  const items = itemsOf(schema);
  if (schema.type === "array" && schema.items === undefined)
    errors.required(`${path}.items`, "must be specified");
  if (items !== undefined) checkInvariants(errors, items, "item", `${path}.items`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    checkInvariants(errors, property, "field", `${path}.properties[${name}]`);
  }
  const { additionalProperties: values } = schema;
  if (values !== undefined) {
    if (level === "root") errors.forbidden(`${path}.additionalProperties`, "must not be used at the root");
    if (isSchema(values)) checkInvariants(errors, values, "field", `${path}.additionalProperties`);
  }
  checkExtensions(errors, schema, path);
  checkValueValidation(errors, schema, path, {
    skipsAnyOf: isEither(schema),
    skipsFirstAllOf: schema.allOf?.[0] !== undefined && isEither(schema.allOf[0]),
  });
  checkType(errors, schema, level, path);
  checkObjectFields(errors, schema, level, path);
}

const EITHER = [{ type: "integer" }, { type: "string" }];

/** The one combination in which types may stand: either a number or a text. */
function isEither({ anyOf }: SchemaProps): boolean {
  return anyOf !== undefined && deepEqual(anyOf, EITHER);
}

function checkExtensions(errors: FieldErrors, schema: SchemaProps, path: string): void {
  if (schema["x-kubernetes-int-or-string"] !== true) return;
  for (const name of ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] as const) {
    if (schema[name] !== true) continue;
    errors.invalid(`${path}.${name}`, true, "must be false if x-kubernetes-int-or-string is true");
  }
}

function checkType(errors: FieldErrors, schema: SchemaProps, level: Level, path: string): void {
  const { type = "" } = schema;
  if (schema["x-kubernetes-embedded-resource"] === true && type !== "object") {
    const rule = "must be object if x-kubernetes-embedded-resource is true";
    if (type === "") errors.required(`${path}.type`, rule);
    else errors.invalid(`${path}.type`, type, rule);
  } else if (
    type === "" &&
    schema["x-kubernetes-int-or-string"] !== true &&
    schema["x-kubernetes-preserve-unknown-fields"] !== true
  ) {
    errors.required(`${path}.type`, EMPTY_TYPE[level]);
  }
  if (level === "root" && type !== "" && type !== "object") {
    errors.invalid(`${path}.type`, type, "must be object at the root");
  }
}

/** What resources have of themselves can hardly be restricted. */
function checkObjectFields(errors: FieldErrors, schema: SchemaProps, level: Level, path: string): void {
  const isEmbedded = schema["x-kubernetes-embedded-resource"] === true;
  if (isEmbedded && schema.additionalProperties !== undefined) {
    errors.forbidden(
      `${path}.additionalProperties`,
      "must not be used if x-kubernetes-embedded-resource is set",
    );
  }
  const isResource = level === "root" || isEmbedded;
  for (const name of ["kind", "apiVersion"] as const) {
    const property = schema.properties?.[name];
    if (!isResource || property === undefined || property.type === "string") continue;
    errors.invalid(`${path}.properties[${name}].type`, property.type ?? "", "must be string");
  }
  const metadata = schema.properties?.metadata;
  const at = `${path}.properties[metadata]`;
  if (metadata !== undefined && isResource && metadata.type !== "object") {
    errors.invalid(`${at}.type`, metadata.type ?? "", "must be object");
  }
  if (metadata !== undefined && level === "root" && !saysNameOnly(metadata)) {
    const rule =
      "must not specify anything other than name and generateName, but metadata is implicitly specified";
    errors.forbidden(at, rule);
  }
  const isFree = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (isEmbedded && !isFree && Object.keys(schema.properties ?? {}).length === 0) {
    const rule =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    errors.required(`${path}.properties`, rule);
  }
}

function saysNameOnly({ type: _type, properties = {}, default: _default, ...rest }: SchemaProps): boolean {
  const names = Object.keys(properties);
  return Object.keys(rest).length === 0 && names.every((name) => name === "name" || name === "generateName");
}

interface Skips {
  readonly skipsAnyOf?: boolean;
  readonly skipsFirstAllOf?: boolean;
}

function checkValueValidation(
  errors: FieldErrors,
  schema: SchemaProps,
  path: string,
  skips: Skips = {},
): void {
  if (skips.skipsAnyOf !== true) {
    schema.anyOf?.forEach((each, i) => {
      checkNested(errors, each, `${path}.anyOf[${i}]`);
    });
  }
  schema.allOf?.forEach((each, i) => {
    checkNested(errors, each, `${path}.allOf[${i}]`, {
      skipsAnyOf: skips.skipsFirstAllOf === true && i === 0,
    });
  });
  schema.oneOf?.forEach((each, i) => {
    checkNested(errors, each, `${path}.oneOf[${i}]`);
  });
  if (schema.not !== undefined) checkNested(errors, schema.not, `${path}.not`);
  const { pattern = "" } = schema;
  if (pattern === "" || goPattern(pattern) !== undefined) return;
  const problem = patternProblem(pattern);
  if (problem === undefined) return;
  const rule = `must be a valid regular expression, but isn't: ${problem}`;
  errors.invalid(`${path}.pattern`, pattern, rule);
}

/** Asked only of what JavaScript does not understand: Go has the last word. */
function patternProblem(pattern: string): string | undefined {
  try {
    cel().regularExpression(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof Pending || !(error instanceof Error)) throw error;
    return error.message;
  }
}

/** Combinations may only judge values. */
function checkNested(errors: FieldErrors, schema: SchemaProps, path: string, skips: Skips = {}): void {
  checkValueValidation(errors, schema, path, skips);
  const items = itemsOf(schema);
  if (items !== undefined) checkNested(errors, items, `${path}.items`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    checkNested(errors, property, `${path}.properties[${name}]`);
  }
  for (const [name, rule] of FORBIDDEN) {
    const value = schema[name];
    const isSet = Array.isArray(value)
      ? value.length > 0
      : value !== undefined && value !== "" && value !== false;
    if (isSet) errors.forbidden(`${path}.${name}`, rule);
  }
  if (schema.properties?.metadata !== undefined) {
    errors.forbidden(`${path}.properties[metadata]`, "must not be specified in a nested context");
  }
}

const EMPTY = "must be empty to be structural";
const UNDEFINED = "must be undefined to be structural";
const FALSE = "must be false to be structural";

const FORBIDDEN: readonly (readonly [keyof SchemaProps, string])[] = [
  ["type", EMPTY],
  ["additionalProperties", UNDEFINED],
  ["default", UNDEFINED],
  ["title", EMPTY],
  ["description", EMPTY],
  ["nullable", FALSE],
  ["x-kubernetes-preserve-unknown-fields", FALSE],
  ["x-kubernetes-embedded-resource", FALSE],
  ["x-kubernetes-int-or-string", FALSE],
  ["x-kubernetes-list-map-keys", EMPTY],
  ["x-kubernetes-list-type", UNDEFINED],
  ["x-kubernetes-map-type", UNDEFINED],
  ["x-kubernetes-validations", EMPTY],
];

/** Everything that combinations at the root judge must be said outside of them. */
function checkComplete(
  errors: FieldErrors,
  validation: SchemaProps,
  schema: SchemaProps,
  path: string,
  within: string,
): void {
  if (validation.not !== undefined)
    checkNestedComplete(errors, validation.not, schema, path, `${within}.not`);
  for (const name of ["allOf", "anyOf", "oneOf"] as const) {
    validation[name]?.forEach((each, i) => {
      checkNestedComplete(errors, each, schema, path, `${within}.${name}[${i}]`);
    });
  }
}

function checkNestedComplete(
  errors: FieldErrors,
  nested: SchemaProps,
  schema: SchemaProps | undefined,
  path: string,
  within: string,
): void {
  if (schema === undefined) {
    errors.required(path, `because it is defined in ${within}`);
    return;
  }
  checkComplete(errors, nested, schema, path, within);
  const items = itemsOf(nested);
  if (items !== undefined)
    checkNestedComplete(errors, items, itemsOf(schema), `${path}.items`, `${within}.items`);
  for (const [name, property] of Object.entries(nested.properties ?? {})) {
    const [place, inside] = [`${path}.properties[${name}]`, `${within}.properties[${name}]`];
    checkNestedComplete(errors, property, schema.properties?.[name], place, inside);
  }
}
