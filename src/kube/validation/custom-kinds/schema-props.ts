/** The schema of a version as a definition brings it, before anything is known to be right about it. */
import type { ValidationRule } from "../../custom/structural-schema.ts";

/** apiextensions.k8s.io/v1 JSONSchemaProps, as far as it is judged. */
export interface SchemaProps {
  readonly id?: string;
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly uniqueItems?: boolean;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly items?: SchemaProps | readonly SchemaProps[];
  readonly properties?: Readonly<Record<string, SchemaProps>>;
  readonly additionalProperties?: boolean | SchemaProps;
  readonly additionalItems?: unknown;
  readonly patternProperties?: Readonly<Record<string, SchemaProps>>;
  readonly definitions?: Readonly<Record<string, SchemaProps>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly allOf?: readonly SchemaProps[];
  readonly anyOf?: readonly SchemaProps[];
  readonly oneOf?: readonly SchemaProps[];
  readonly not?: SchemaProps;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-validations"?: readonly ValidationRule[];
}

export function isSchema(value: unknown): value is SchemaProps {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema of a list's items, if it is one schema. */
export function itemsOf({ items }: SchemaProps): SchemaProps | undefined {
  return isSchema(items) ? items : undefined;
}

/** What the API server calls the fields of a schema inside, in its order, and what stands there when nothing does. */
const INTERNAL: readonly (readonly [goName: string, name: keyof SchemaProps | string, empty: unknown])[] = [
  ["ID", "id", ""],
  ["Schema", "$schema", ""],
  ["Ref", "$ref", null],
  ["Description", "description", ""],
  ["Type", "type", ""],
  ["Nullable", "nullable", false],
  ["Format", "format", ""],
  ["Title", "title", ""],
  ["Default", "default", null],
  ["Maximum", "maximum", null],
  ["ExclusiveMaximum", "exclusiveMaximum", false],
  ["Minimum", "minimum", null],
  ["ExclusiveMinimum", "exclusiveMinimum", false],
  ["MaxLength", "maxLength", null],
  ["MinLength", "minLength", null],
  ["Pattern", "pattern", ""],
  ["MaxItems", "maxItems", null],
  ["MinItems", "minItems", null],
  ["UniqueItems", "uniqueItems", false],
  ["MultipleOf", "multipleOf", null],
  ["Enum", "enum", null],
  ["MaxProperties", "maxProperties", null],
  ["MinProperties", "minProperties", null],
  ["Required", "required", null],
  ["Items", "items", null],
  ["AllOf", "allOf", null],
  ["OneOf", "oneOf", null],
  ["AnyOf", "anyOf", null],
  ["Not", "not", null],
  ["Properties", "properties", null],
  ["AdditionalProperties", "additionalProperties", null],
  ["PatternProperties", "patternProperties", null],
  ["Dependencies", "dependencies", null],
  ["AdditionalItems", "additionalItems", null],
  ["Definitions", "definitions", null],
  ["ExternalDocs", "externalDocs", null],
  ["Example", "example", null],
  ["XPreserveUnknownFields", "x-kubernetes-preserve-unknown-fields", null],
  ["XEmbeddedResource", "x-kubernetes-embedded-resource", false],
  ["XIntOrString", "x-kubernetes-int-or-string", false],
  ["XListMapKeys", "x-kubernetes-list-map-keys", null],
  ["XListType", "x-kubernetes-list-type", null],
  ["XMapType", "x-kubernetes-map-type", null],
  ["XValidations", "x-kubernetes-validations", null],
];

/** The schema as the API server quotes it. */
export function internalSchema(schema: object): object {
  const fields = schema as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    INTERNAL.map(([goName, name, empty]) => [
      goName,
      fields[name] === undefined ? empty : internalPart(goName, fields[name]),
    ]),
  );
}

function internalPart(goName: string, value: unknown): unknown {
  switch (goName) {
    case "AllOf":
    case "AnyOf":
    case "OneOf":
      return (value as readonly object[]).map(internalSchema);
    case "Not":
      return internalSchema(value as object);
    case "Items":
      return { Schema: Array.isArray(value) ? null : internalSchema(value as object), JSONSchemas: null };
    case "AdditionalProperties":
      return typeof value === "boolean"
        ? { Allows: value, Schema: null }
        : { Allows: true, Schema: internalSchema(value as object) };
    case "Properties":
      return Object.fromEntries(
        Object.entries(value as object)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, each]) => [name, internalSchema(each)]),
      );
    case "XValidations":
      return (value as readonly ValidationRule[]).map(internalRule);
    default:
      return value;
  }
}

/** The names of a schema's fields that say something, as the API server calls them. */
export function internalNames(schema: object): readonly string[] {
  const fields = schema as Readonly<Record<string, unknown>>;
  return INTERNAL.filter(([, name, empty]) => fields[name] !== undefined && fields[name] !== empty).map(
    ([goName]) => goName,
  );
}

/** A rule as the API server quotes it. */
export function internalRule(rule: ValidationRule): object {
  return {
    Rule: rule.rule ?? "",
    Message: rule.message ?? "",
    MessageExpression: rule.messageExpression ?? "",
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? "",
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}
