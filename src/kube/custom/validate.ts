import { deepEqual } from "../../base/deep.ts";
import { goPattern } from "../../base/go-pattern.ts";
import { jsonText } from "../../base/json-text.ts";
import { goFloat, goPrint } from "../patch/go-print.ts";
import type { StatusCause } from "../status-error.ts";
import { type Correlated, isFields } from "./correlation.ts";
import { isKnownFormat, isOfFormat } from "./formats.ts";
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
  // Every check looks for itself: what is of the wrong type is told of whatever else it breaks, too.
  if (value === null) return [...typeProblems(schema, value, path), ...enumProblems(schema, value, path)];
  return [
    ...typeProblems(schema, value, path),
    ...combinedProblems(schema, value, path),
    ...(typeof value === "string" ? textProblems(schema, value, path) : []),
    ...(typeof value === "number" || typeof value === "bigint" ? numberProblems(schema, value, path) : []),
    ...(Array.isArray(value) ? itemsProblems(schema, value, path, old) : []),
    ...enumProblems(schema, value, path),
    ...(isFields(value) ? fieldsProblems(schema, value, path, old) : []),
  ];
}

function typeProblems(schema: StructuralSchema, value: unknown, path: string): Causes {
  if (value === null && schema.nullable === true) return [];
  const wanted =
    schema["x-kubernetes-int-or-string"] === true ? ["integer", "string"] : schema.type && [schema.type];
  const given = typeOf(value);
  if (wanted?.some((type) => type === given || (type === "number" && given === "integer")) !== false)
    return [];
  const { format = "", type } = schema;
  if (value === null || type === "integer" || type === "number" || !isKnownFormat(format))
    return [typeInvalid(path, given, `must be of type ${wanted.join(",")}: ${JSON.stringify(given)}`)];
  // A format stands for the type: lists pass for any, and other values are named by the format that Go has for them.
  if (Array.isArray(value)) return [];
  const goFormat = given === "integer" ? "int64" : given === "number" ? "float64" : "";
  return [typeInvalid(path, goFormat, `must be of type ${format}: ${JSON.stringify(goFormat)}`)];
}

function formatProblems({ format }: StructuralSchema, value: string, path: string): Causes {
  if (format === undefined || isOfFormat(format, value)) return [];
  return [typeInvalid(path, value, `must be of type ${format}: ${jsonText(value)}`)];
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
    message: `Invalid value: ${printed(value)}: ${path} in body ${why}`,
    field: path,
  };
}

/** As messages show a value: JSON, but for numbers that are floats in Go. */
function printed(value: unknown): string {
  return typeof value === "number" && !Number.isSafeInteger(value) ? goFloat(value) : jsonText(value);
}

function enumProblems(schema: StructuralSchema, value: unknown, path: string): Causes {
  if (schema.enum === undefined || schema.enum.some((each) => deepEqual(each, value))) return [];
  const supported = schema.enum.map((each) => JSON.stringify(goPrint(each))).join(", ");
  const message = `Unsupported value: ${printed(value)}: supported values: ${supported}`;
  return [{ reason: "FieldValueNotSupported", message, field: path }];
}

/** Of length and pattern the first that is broken is told. */
function textProblems(schema: StructuralSchema, value: string, path: string): Causes {
  const { minLength, maxLength, pattern } = schema;
  const length = [...value].length;
  const format = formatProblems(schema, value, path);
  if (maxLength !== undefined && length > maxLength) {
    const message = `Too long: may not be more than ${maxLength} bytes`;
    return [{ reason: "FieldValueTooLong", message, field: path }, ...format];
  }
  if (minLength !== undefined && length < minLength)
    return [invalidIn(path, value, `should be at least ${minLength} chars long`), ...format];
  if (pattern !== undefined && goPattern(pattern)?.test(value) === false)
    return [invalidIn(path, value, `should match '${pattern}'`), ...format];
  return format;
}

/** A whole number is held against whole bounds: what they have behind the point is cut off. */
function numberProblems(schema: StructuralSchema, value: number | bigint, path: string): Causes {
  const { exclusiveMinimum = false, exclusiveMaximum = false } = schema;
  const isWhole = typeof value === "bigint" || Number.isSafeInteger(value);
  const bound = (given: number | undefined) => (isWhole && given !== undefined ? Math.trunc(given) : given);
  const [minimum, maximum, factor] = [schema.minimum, schema.maximum, schema.multipleOf].map(bound);
  const causes: StatusCause[] = [];
  if (factor !== undefined && factor <= 0) {
    const message = `Invalid value: ${printed(factor)}: factor MultipleOf declared for ${path} must be positive: ${printed(factor)}`;
    causes.push({ reason: "FieldValueInvalid", message, field: path });
  } else if (factor !== undefined && !isMultiple(value, factor)) {
    causes.push(invalidIn(path, value, `should be a multiple of ${printed(factor)}`));
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    const most = `${exclusiveMaximum ? "" : "or equal to "}${printed(maximum)}`;
    causes.push(invalidIn(path, value, `should be less than ${most}`));
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    const least = `${exclusiveMinimum ? "" : "or equal to "}${printed(minimum)}`;
    causes.push(invalidIn(path, value, `should be greater than ${least}`));
  }
  return causes;
}

/** Whether a division leaves nothing; of floats, nothing that a float is sure of. */
function isMultiple(value: number | bigint, factor: number): boolean {
  if (typeof value === "bigint") return value % BigInt(factor) === 0n;
  if (Number.isSafeInteger(value)) return value % factor === 0;
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  return Number.isSafeInteger(times);
}

function tooMany(path: string, given: number, most: number): StatusCause {
  const message = `Too many: ${given}: must have at most ${most} ${most === 1 ? "item" : "items"}`;
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
