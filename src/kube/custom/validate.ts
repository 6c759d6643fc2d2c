import { deepEqual } from "../../base/deep.ts";
import { goPattern } from "../../base/go-pattern.ts";
import { jsonText } from "../../base/json-text.ts";
import type { StatusCause } from "../status-error.ts";
import { type Correlated, isFields } from "./correlation.ts";
import { formatProblem } from "./formats.ts";
import { type Fields, OBJECT_FIELDS, type StructuralSchema, valuesOf } from "./structural-schema.ts";

/**
 * Why a completed custom object cannot be stored, in the words of kube-openapi's validator; none when it can. What was wrong
 * before and did not change is no reason.
 */
export function validateCustom(
  schema: StructuralSchema,
  object: Fields,
  old?: Correlated,
): readonly StatusCause[] {
  const { metadata: _, ...content } = object;
  return checkParts(schema, content, "", old);
}

/** The same for the status of an object, which is judged on its own when it is written on its own. */
export function validateCustomStatus(
  schema: StructuralSchema,
  object: Fields,
  old?: Correlated,
): readonly StatusCause[] {
  const status = schema.properties?.status;
  if (status === undefined || object.status === undefined) return [];
  const causes = checkValue(status, object.status, "", old?.field("status"));
  const below = (field: string) =>
    field === "" ? "status" : /^[[<]/.test(field) ? field : `status.${field}`;
  return causes.map((cause) => ({ ...cause, field: below(cause.field) }));
}

/** The same for any value of a schema, such as a default. */
export function validateValue(
  schema: StructuralSchema,
  value: unknown,
  path: string,
): readonly StatusCause[] {
  return checkValue(schema, value, path, undefined);
}

type Causes = readonly StatusCause[];

function checkValue(
  schema: StructuralSchema,
  value: unknown,
  path: string,
  old: Correlated | undefined,
): Causes {
  const causes = checkParts(schema, value, path, old);
  return causes.length > 0 && old?.isEqual === true ? [] : causes;
}

function checkParts(
  schema: StructuralSchema,
  value: unknown,
  path: string,
  old: Correlated | undefined,
): Causes {
  if (value === null && schema.nullable === true) return [];
  const mistyped = typeProblem(schema, value, path);
  if (mistyped !== undefined) return [mistyped];
  return [
    ...enumProblems(schema, value, path),
    ...(typeof value === "string" ? textProblems(schema, value, path) : []),
    ...(typeof value === "number" || typeof value === "bigint" ? numberProblems(schema, value, path) : []),
    ...(Array.isArray(value) ? itemsProblems(schema, value, path, old) : []),
    ...(isFields(value) ? fieldsProblems(schema, value, path, old) : []),
    ...combinedProblems(schema, value, path),
  ];
}

function typeProblem(schema: StructuralSchema, value: unknown, path: string): StatusCause | undefined {
  const wanted =
    schema["x-kubernetes-int-or-string"] === true ? ["integer", "string"] : schema.type && [schema.type];
  const given = typeOf(value);
  if (
    wanted !== undefined &&
    !wanted.some((type) => type === given || (type === "number" && given === "integer"))
  ) {
    return typeInvalid(path, given, `must be of type ${wanted.join(",")}: ${JSON.stringify(given)}`);
  }
  if (
    typeof value !== "string" ||
    schema.format === undefined ||
    formatProblem(schema.format, value) === undefined
  ) {
    return undefined;
  }
  return typeInvalid(path, value, `must be of type ${schema.format}: ${jsonText(value)}`);
}

function typeInvalid(path: string, value: string, why: string): StatusCause {
  const message = `Invalid value: ${jsonText(value)}: ${path} in body ${why}`;
  return { reason: "FieldValueTypeInvalid", message, field: path };
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  // Beyond what a float holds exactly, none is taken for whole.
  return typeof value === "bigint" || Number.isSafeInteger(value) ? "integer" : typeof value;
}

/** `why` follows the place's name, which messages repeat. */
function invalidIn(path: string, value: unknown, why: string): StatusCause {
  return {
    reason: "FieldValueInvalid",
    message: `Invalid value: ${jsonText(value)}: ${path} in body ${why}`,
    field: path,
  };
}

function enumProblems(schema: StructuralSchema, value: unknown, path: string): Causes {
  if (schema.enum === undefined || schema.enum.some((each) => deepEqual(each, value))) return [];
  const supported = schema.enum.map((each) => JSON.stringify(each)).join(", ");
  const message = `Unsupported value: ${jsonText(value)}: supported values: ${supported}`;
  return [{ reason: "FieldValueNotSupported", message, field: path }];
}

function textProblems(
  { minLength, maxLength, pattern }: StructuralSchema,
  value: string,
  path: string,
): Causes {
  const causes: StatusCause[] = [];
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) {
    const message = `Too long: may not be more than ${maxLength} bytes`;
    causes.push({ reason: "FieldValueTooLong", message, field: path });
  }
  if (minLength !== undefined && length < minLength) {
    causes.push(invalidIn(path, value, `should be at least ${minLength} chars long`));
  }
  if (pattern !== undefined && goPattern(pattern)?.test(value) === false) {
    causes.push(invalidIn(path, value, `should match '${pattern}'`));
  }
  return causes;
}

function numberProblems(schema: StructuralSchema, value: number | bigint, path: string): Causes {
  const { minimum, maximum, exclusiveMinimum = false, exclusiveMaximum = false, multipleOf } = schema;
  const causes: StatusCause[] = [];
  if (multipleOf !== undefined && !Number.isInteger(Number(value) / multipleOf)) {
    causes.push(invalidIn(path, value, `should be a multiple of ${multipleOf}`));
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    causes.push(
      invalidIn(path, value, `should be less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`),
    );
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    causes.push(
      invalidIn(path, value, `should be greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`),
    );
  }
  return causes;
}

function tooMany(path: string, given: number, most: number): StatusCause {
  const message = `Too many: ${given}: must have at most ${most} items`;
  return { reason: "FieldValueTooMany", message, field: path };
}

function itemsProblems(
  schema: StructuralSchema,
  value: readonly unknown[],
  path: string,
  old: Correlated | undefined,
): Causes {
  const { minItems, maxItems, items } = schema;
  const causes: StatusCause[] = [];
  if (minItems !== undefined && value.length < minItems) {
    causes.push(invalidIn(path, value.length, `should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && value.length > maxItems) causes.push(tooMany(path, value.length, maxItems));
  if (items !== undefined) {
    for (const [i, item] of value.entries())
      causes.push(...checkValue(items, item, `${path}[${i}]`, old?.item(i)));
  }
  return causes;
}

function fieldsProblems(
  schema: StructuralSchema,
  value: Fields,
  path: string,
  old: Correlated | undefined,
): Causes {
  const { minProperties, maxProperties, properties, required = [] } = schema;
  const count = Object.keys(value).length;
  const causes: StatusCause[] = [];
  if (minProperties !== undefined && count < minProperties) {
    causes.push(invalidIn(path, count, `should have at least ${minProperties} properties`));
  }
  if (maxProperties !== undefined && count > maxProperties) causes.push(tooMany(path, count, maxProperties));
  const values = valuesOf(schema);
  const below = (field: string) => (path === "" ? field : `${path}.${field}`);
  for (const field in value) {
    const property = properties?.[field] ?? values;
    if (property !== undefined)
      causes.push(...checkValue(property, value[field], below(field), old?.field(field)));
  }
  for (const field of required) {
    if (value[field] !== undefined || (path === "" && OBJECT_FIELDS.has(field))) continue;
    causes.push({ reason: "FieldValueRequired", message: "Required value", field: below(field) });
  }
  return causes;
}

/** Combinations of schemas are told of as a whole, without a field. */
function combinedProblems(schema: StructuralSchema, value: unknown, path: string): Causes {
  const { allOf = [], anyOf, oneOf, not } = schema;
  const combined = (why: string): StatusCause => ({
    reason: "FieldValueInvalid",
    message: `Invalid value: "": ${JSON.stringify(path)} ${why}`,
    field: "<nil>",
  });
  const causes: StatusCause[] = [];
  if (anyOf !== undefined) {
    const tried = anyOf.map((each) => checkValue(each, value, path, undefined));
    if (tried.every((problems) => problems.length > 0)) {
      causes.push(combined("must validate at least one schema (anyOf)"), ...(tried[0] ?? []));
    }
  }
  if (oneOf !== undefined) {
    const tried = oneOf.map((each) => checkValue(each, value, path, undefined));
    const valid = tried.filter((problems) => problems.length === 0).length;
    const found = valid === 0 ? "none valid" : `${valid} valid alternatives`;
    if (valid !== 1) {
      causes.push(combined(`must validate one and only one schema (oneOf). Found ${found}`));
      if (valid === 0) causes.push(...(tried[0] ?? []));
    }
  }
  const failed = allOf
    .map((each) => checkValue(each, value, path, undefined))
    .filter((problems) => problems.length > 0);
  if (failed.length > 0) {
    const none = failed.length === allOf.length ? ". None validated" : "";
    causes.push(...failed.flat(), combined(`must validate all the schemas (allOf)${none}`));
  }
  if (not !== undefined && checkValue(not, value, path, undefined).length === 0) {
    causes.push(combined("must not validate the schema (not)"));
  }
  return causes;
}
