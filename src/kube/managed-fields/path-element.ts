/**
 * One step of a path into an object, in the spelling of FieldsV1: "f:spec" a field, `k:{"name":"cart"}` an item of a list by
 * its keys, `v:"example.com/x"` an item of a set by its value, "i:3" an item by its place. Steps have a total order, in which
 * sets are written.
 */
import { jsonText } from "../../base/json-text.ts";

/** The step to an item by its keys; names in alphabetical order, each with its value. */
export function keyElement(names: readonly string[], values: readonly unknown[]): string {
  let text = "";
  for (let i = 0; i < names.length; i++) {
    if (values[i] === undefined) continue;
    text += `${text === "" ? "" : ","}"${names[i]}":${quote(values[i])}`;
  }
  return `k:{${text}}`;
}

/** The step to an item of a set. */
export function valueElement(value: unknown): string {
  return `v:${quote(value)}`;
}

/** JSON as Go writes it, which escapes what could end a script in HTML. */
function quote(value: unknown): string {
  if (typeof value === "number") return String(value);
  const text = jsonText(value);
  return /[<>&\u2028\u2029]/.test(text) ? text.replace(/[<>&\u2028\u2029]/g, escapeUnit) : text;
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Before, at or after zero as `a` stands before, at or after `b` in a written set. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.charAt(0);
  const right = b.charAt(0);
  // "." says that the place itself is a member, and is written first.
  if (left !== right) return RANK.indexOf(left) - RANK.indexOf(right);
  if (left === "f") return a < b ? -1 : 1;
  const x = parsedStep(a);
  const y = parsedStep(b);
  return left === "k" ? compareKeys(x as KeyFields, y as KeyFields) : compareValues(x, y);
}

const RANK = ".fkvi";

type KeyFields = readonly (readonly [name: string, value: unknown])[];

// The same few steps are compared over and over while lists are kept in order.
const parsedSteps = new Map<string, unknown>();
const parsedStepsMax = 2_000;

function parsedStep(element: string): unknown {
  let step = parsedSteps.get(element);
  if (step === undefined) {
    if (parsedSteps.size >= parsedStepsMax) parsedSteps.clear();
    step = parseStep(element);
    parsedSteps.set(element, step);
  }
  return step;
}

/** The name of a field, the sorted keys, the value or the index of a step. Text that is no step stands for itself. */
function parseStep(element: string): unknown {
  const rest = element.slice(2);
  if (element.startsWith("f:")) return rest;
  try {
    const value: unknown = JSON.parse(rest);
    if (!element.startsWith("k:")) return value;
    return Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
  } catch {
    return element.startsWith("k:") ? [] : rest;
  }
}

function compareKeys(a: KeyFields, b: KeyFields): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [nameA, valueA] = a[i] as KeyFields[number];
    const [nameB, valueB] = b[i] as KeyFields[number];
    if (nameA !== nameB) return nameA < nameB ? -1 : 1;
    const order = compareValues(valueA, valueB);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const TYPE_ORDER = ["number", "string", "boolean", "object"];

/** Numbers before texts before booleans; among equals by size, alphabet, false before true. */
function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (typeof a !== typeof b) return TYPE_ORDER.indexOf(typeof a) - TYPE_ORDER.indexOf(typeof b);
  return (a as string) < (b as string) ? -1 : 1;
}

/** A step as messages show it: ".spec", `[name="cart"]`, `[="example.com/x"]`, "[3]". */
export function printElement(element: string): string {
  const step = parsedStep(element);
  switch (element.charAt(0)) {
    case "f":
      return `.${step}`;
    case "k":
      return `[${(step as KeyFields).map(([name, value]) => `${name}=${jsonText(value)}`).join(",")}]`;
    case "v":
      return `[=${jsonText(step)}]`;
    default:
      return `[${step}]`;
  }
}
