/**
 * What rules see of a structural schema: types with their fields, and how large values of them may be. Places of which nothing
 * is known cannot be seen.
 */
import type { StructTypes } from "../../base/cel/environment.ts";
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  structType,
  TIMESTAMP,
} from "../../base/cel/types.ts";
import { type StructuralSchema, valuesOf } from "../custom/structural-schema.ts";
import { escapeName } from "./escape.ts";

/** A place of a schema as rules see it. */
export interface DeclaredType {
  readonly cel: CelType;
  readonly schema: StructuralSchema;
  /** By the name that rules use. */
  readonly fields?: ReadonlyMap<string, DeclaredField>;
  /** Items of a list, values of a map. */
  readonly element?: DeclaredType;
  /** Items, entries or characters; 0 for what has no size. */
  readonly maxElements: number;
  /** The least number of bytes that a value takes as JSON. */
  readonly minSize: number;
}

export interface DeclaredField {
  /** As JSON spells it. */
  readonly name: string;
  readonly type: DeclaredType;
}

/** The largest request that the API server takes, in bytes. */
export const REQUEST_MAX = 3 * 1024 * 1024;

const TEXT: StructuralSchema = { type: "string" };
const META: StructuralSchema = { type: "object", properties: { name: TEXT, generateName: TEXT } };

/** What every resource has for rules, whatever its schema says. */
function asResource(schema: StructuralSchema): StructuralSchema {
  const { kind, apiVersion, metadata } = schema.properties ?? {};
  const names = metadata?.properties;
  const isWhole = kind && apiVersion && names?.name && names.generateName;
  if (isWhole) return schema;
  return { ...schema, properties: { ...schema.properties, kind: TEXT, apiVersion: TEXT, metadata: META } };
}

/** What rules see of a schema, `undefined` when it is nothing. `name` names the types of objects in it. */
export function declare(
  schema: StructuralSchema,
  isResource: boolean,
  name: string,
): DeclaredType | undefined {
  if (schema["x-kubernetes-int-or-string"] === true) {
    return { cel: DYN, schema, maxElements: maxCharacters(schema), minSize: 1 };
  }
  switch (schema.type) {
    case "array":
      return declareList(schema, name);
    case "object":
      return declareObject(isResource ? asResource(schema) : schema, name);
    case "string":
      return declareText(schema);
    case "boolean":
      return { cel: BOOL, schema, maxElements: 0, minSize: 4 };
    case "number":
      return { cel: DOUBLE, schema, maxElements: 0, minSize: 1 };
    case "integer":
      return { cel: INT, schema, maxElements: 0, minSize: 1 };
    default:
      return undefined;
  }
}

function declareList(schema: StructuralSchema, name: string): DeclaredType | undefined {
  const { items, maxItems } = schema;
  const element = items && declareInside(items, `${name}.@idx`);
  if (element === undefined) return undefined;
  const fitting = Math.floor((REQUEST_MAX - 2) / (element.minSize + 1));
  const maxElements = maxItems === undefined ? fitting : Math.max(0, maxItems);
  return { cel: listOf(element.cel), schema, element, maxElements, minSize: 2 };
}

function declareInside(schema: StructuralSchema, name: string): DeclaredType | undefined {
  return declare(schema, schema["x-kubernetes-embedded-resource"] === true, name);
}

function declareObject(schema: StructuralSchema, name: string): DeclaredType | undefined {
  const values = valuesOf(schema);
  if (values !== undefined) return declareMap(schema, values, name);
  const fields = new Map<string, DeclaredField>();
  let minSize = 2;
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    const type = declareInside(property, `${name}.${field}`);
    if (type === undefined) continue;
    const escaped = escapeName(field);
    if (escaped !== undefined) fields.set(escaped, { name: field, type });
    const isSure = schema.required?.includes(field) === true && property.default === undefined;
    if (isSure) minSize += Buffer.byteLength(field) + type.minSize + 4;
  }
  return { cel: structType(name), schema, fields, maxElements: 0, minSize };
}

function declareMap(
  schema: StructuralSchema,
  values: StructuralSchema,
  name: string,
): DeclaredType | undefined {
  const element = declareInside(values, `${name}.@elem`);
  if (element === undefined) return undefined;
  const fitting = Math.floor((REQUEST_MAX - 2) / (element.minSize + 6));
  const maxElements = schema.maxProperties === undefined ? fitting : Math.max(0, schema.maxProperties);
  return { cel: mapOf(STRING, element.cel), schema, element, maxElements, minSize: 2 };
}

/** The sizes of formats as JSON. */
const FORMATS: Readonly<Record<string, readonly [CelType, maxElements: number, minSize: number]>> = {
  duration: [DURATION, 32, 3],
  date: [TIMESTAMP, 12, 12],
  "date-time": [TIMESTAMP, 32, 21],
};

function declareText(schema: StructuralSchema): DeclaredType {
  const { format = "", maxLength, enum: values = [] } = schema;
  const [cel, maxElements, minSize] = FORMATS[format] ?? [];
  if (cel !== undefined && maxElements !== undefined && minSize !== undefined) {
    return { cel, schema, maxElements, minSize };
  }
  if (format === "byte") {
    const bytes = maxLength === undefined ? REQUEST_MAX - 2 : Math.max(0, maxLength);
    return { cel: BYTES, schema, maxElements: bytes, minSize: 2 };
  }
  const isListed = maxLength === undefined && values.length > 0;
  const longest = Math.max(
    0,
    ...values.map((each) => (typeof each === "string" ? Buffer.byteLength(each) : 0)),
  );
  return { cel: STRING, schema, maxElements: isListed ? longest : maxCharacters(schema), minSize: 2 };
}

/** A character may take four bytes. */
function maxCharacters({ maxLength }: StructuralSchema): number {
  return maxLength === undefined ? REQUEST_MAX - 2 : Math.max(0, maxLength) * 4;
}

/** Where a path of fields, "@items" and "@values" leads; "@keys" leads to the keys of a map. */
export function typeAt(root: DeclaredType, path: readonly string[]): DeclaredType | undefined {
  let type: DeclaredType | undefined = root;
  for (const step of path) {
    if (step === "@items" || step === "@values") type = type?.element;
    else if (step === "@keys")
      type = type?.element === undefined || type.cel.kind !== "map" ? undefined : KEY;
    else type = type?.fields?.get(step)?.type;
  }
  return type;
}

/** Keys count as nothing, as they do in Kubernetes. */
const KEY: DeclaredType = { cel: STRING, schema: TEXT, maxElements: 0, minSize: 2 };

/** The types of objects in a declared type, for the checker. */
export function structsIn(root: DeclaredType): StructTypes {
  const structs = new Map<string, ReadonlyMap<string, DeclaredField>>();
  const visit = ({ cel, fields, element }: DeclaredType) => {
    if (fields !== undefined) structs.set(cel.name, fields);
    for (const { type } of fields?.values() ?? []) visit(type);
    if (element !== undefined) visit(element);
  };
  visit(root);
  return {
    fieldOf: (struct, field) => structs.get(struct)?.get(field)?.type.cel,
    typeNamed: () => undefined,
  };
}
