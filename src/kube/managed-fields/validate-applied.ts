/** Whether an applied object can be merged at all: known fields, right types, items that can be told apart. */

import { goPrint, goTypeName } from "../patch/go-print.ts";
import type { Schema } from "../schema/schema.ts";
import { printElement } from "./path-element.ts";
import { type Place, placeOf } from "./place.ts";

/** One line for each thing that is wrong, each with its path: ".spec.foo: field not declared in schema". */
export function validateApplied(object: object, schema: Schema | undefined): readonly string[] {
  return schema === undefined ? [] : check(object, schema).map(({ path, problem }) => `${path}: ${problem}`);
}

interface Finding {
  readonly path: string;
  readonly problem: string;
}

function found(problem: string): Finding[] {
  return [{ path: "", problem }];
}

function below(step: string, findings: readonly Finding[]): Finding[] {
  return findings.map(({ path, problem }) => ({ path: step + path, problem }));
}

function check(value: unknown, schema: Schema): Finding[] {
  if (value === null) return [];
  switch (schema.type) {
    case "object":
    case "map":
      return isFields(value) ? checkFields(value, schema) : found(`expected map, got &{${goPrint(value)}}`);
    case "list":
      return Array.isArray(value)
        ? checkItems(value, schema)
        : found(`expected list, got &{${goPrint(value)}}`);
    default:
      return checkScalar(value, schema);
  }
}

function checkFields(fields: Readonly<Record<string, unknown>>, schema: Schema): Finding[] {
  const findings: Finding[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const inner = schema.fields.get(name) ?? (schema.type === "map" ? schema.element : undefined);
    if (inner !== undefined) findings.push(...below(`.${name}`, check(value, inner)));
    else if (schema.type === "object" && schema.fields.size > 0 && schema.element === undefined) {
      findings.push({ path: `.${name}`, problem: "field not declared in schema" });
      // The original does not look at the fields that follow.
      break;
    }
  }
  return findings;
}

function checkItems(items: readonly unknown[], schema: Schema): Finding[] {
  const place = placeOf(schema);
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const problem = itemProblem(item, place);
    if (problem !== undefined) return [...findings, ...found(`element ${i}: ${problem}`)];
    const element = place.type === "leaf" ? `i:${i}` : place.elementOf(item);
    if (seen.has(element)) findings.push(...found(`duplicate entries for key ${printElement(element)}`));
    seen.add(element);
    if (schema.element !== undefined)
      findings.push(...below(printElement(element), check(item, schema.element)));
  }
  return findings;
}

/** Why an item cannot be told from the others. */
function itemProblem(item: unknown, place: Place): string | undefined {
  if (place.type === "keyed") {
    if (item === null) return "associative list with keys may not have a null element";
    if (!isFields(item)) return "associative list with keys may not have non-map elements";
    if (place.keysOf(item).some((key) => key !== undefined)) return undefined;
    const keys = `[${(place.schema?.listMapKeys ?? []).map((key) => JSON.stringify(key)).join(" ")}]`;
    return `associative list with keys has an element that omits all key fields ${keys} (and doesn't have default values for any key fields)`;
  }
  if (place.type !== "set") return undefined;
  if (item === null) return "associative list without keys has an element that's an explicit null";
  if (Array.isArray(item)) return "not supported: associative list with lists as elements";
  return isFields(item) ? "associative list without keys has an element that's a map type" : undefined;
}

function checkScalar(value: unknown, schema: Schema): Finding[] {
  if (schema.type === "any") return [];
  const isScalar = typeof value !== "object";
  if (schema.format === "quantity" || schema.format === "int-or-string") {
    return isScalar ? [] : found(`expected any scalar, got &{${goPrint(value)}}`);
  }
  switch (schema.type) {
    case "integer":
    case "number":
      return typeof value === "number" || typeof value === "bigint"
        ? []
        : found(`expected numeric (int or float), got ${goTypeName(value)}`);
    case "boolean":
      return typeof value === "boolean" ? [] : found(`expected boolean, got &{${goPrint(value)}}`);
    default:
      return typeof value === "string"
        ? []
        : found(`expected string, got &value.valueUnstructured{Value:${goPrint(value)}}`);
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
