import type { Kind } from "../kind.ts";
import { type BodyText, type DuplicateField, duplicateField, fieldPath } from "./body-text.ts";
import { base64Error, parseQuantityError, timeError } from "./formats.ts";
import { type Schema, schemaOf } from "./schema.ts";

/** What is wrong with the fields of an object, in the words of a real API server's decoder. */
export interface FieldCheck {
  /** Why the object cannot be decoded at all: a value of the wrong JSON type. Refused whatever the client asked for. */
  readonly error: string | undefined;
  /** Whether a reader of the value's own type says so (quantities, times, what is a number or a text), who knows no path to it. */
  readonly byOwnReader?: boolean;
  /** Fields that no one knows (`unknown field "spec.foo"`): an error, a warning or nothing, as the client chose. At most 100. */
  readonly strict: readonly string[];
}

/** The result for an object with nothing to say about. */
const CLEAN: FieldCheck = { error: undefined, strict: [] };

const SAID_ALL: BodyText = { duplicates: [], literals: new Map() };
const STRICT_ERRORS_MAX = 100;

/**
 * Compares an object with its schema as decoding into Go types does: field by field in the order of the document, the first
 * wrong type wins, unknown fields are collected, and fields given twice, which `text` tells: they are lost once JSON is
 * parsed. Kinds without a schema pass. A schema of its own comes with a custom kind.
 */
export function checkFields(
  kind: Pick<Kind, "group" | "version" | "kind">,
  object: unknown,
  schema: Schema | undefined = schemaOf(kind),
  text: BodyText = SAID_ALL,
): FieldCheck {
  if (schema === undefined) return CLEAN;
  const walk = new Walk(text);
  walk.check(schema, object);
  const error = walk.fatal ?? walk.first;
  return error === undefined && walk.strict.length === 0
    ? CLEAN
    : { error, byOwnReader: walk.fatal !== undefined, strict: walk.strict };
}

const YAML_ISSUE = /^line \d+: key /;

/** The one sentence for several unknown or duplicate fields, as the message of a BadRequest carries it. */
export function strictDecodingError(strict: readonly string[]): string {
  // What a reader of YAML found comes first, and is one error of many lines.
  const yaml = strict.filter((issue) => YAML_ISSUE.test(issue)).map((issue) => `\n  ${issue}`);
  const rest = strict.filter((issue) => !YAML_ISSUE.test(issue));
  const all = yaml.length === 0 ? rest : [`yaml: unmarshal errors:${yaml.join("")}`, ...rest];
  return `strict decoding error: ${all.join(", ")}`;
}

/** The message of the BadRequest for an object that could not be decoded. */
export function cannotBeHandled(kind: Pick<Kind, "version" | "kind">, error: string): string {
  return `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${error}`;
}

class Walk {
  /** A value that its own reader refused (quantities, times): decoding stops there. */
  fatal: string | undefined;
  /** The first value of a wrong type: decoding goes on, but a second one is not told. */
  first: string | undefined;
  readonly strict: string[] = [];
  /** Field names from the root; a list's index or a map's key stands in brackets and is told of unknown fields only. */
  readonly #path: (string | number)[] = [];
  /** The Go type around the value, and how much of the path leads to that value. */
  #struct = "";
  readonly #text: BodyText;

  constructor(text: BodyText) {
    this.#text = text;
  }

  check(schema: Schema, value: unknown): void {
    if (value === null || value === undefined || schema.type === "any") return;
    if (schema.format !== undefined) this.#checkFormatted(schema, value);
    else if (typeof value !== "object") this.#checkScalar(schema, value);
    else if (Array.isArray(value)) this.#checkList(schema, value);
    else if (schema.type === "object") this.#checkObject(schema, value as Readonly<Record<string, unknown>>);
    else if (schema.type === "map") this.#checkMap(schema, value as Readonly<Record<string, unknown>>);
    else this.#wrongType("object", schema.goType);
  }

  #checkObject(schema: Schema, value: Readonly<Record<string, unknown>>): void {
    const outer = this.#struct;
    const repeated = this.#repeated();
    let keys = 0;
    for (const key in value) {
      const field = schema.fields.get(key);
      if (field === undefined) {
        if (value[key] !== undefined) this.#unknown(key);
      } else {
        this.#struct = schema.goType;
        this.#path.push(key);
        this.check(field, value[key]);
        if (this.fatal !== undefined) return;
        this.#path.pop();
      }
      keys++;
      for (const each of repeated) {
        if (each.after === keys && schema.fields.has(each.key)) this.#tell(duplicateField(each));
      }
    }
    this.#struct = outer;
  }

  #checkList(schema: Schema, value: readonly unknown[]): void {
    if (schema.type !== "list" || schema.element === undefined) {
      this.#wrongType("array", schema.goType);
      return;
    }
    for (let i = 0; i < value.length; i++) {
      this.#path.push(i);
      this.check(schema.element, value[i]);
      if (this.fatal !== undefined) return;
      this.#path.pop();
    }
  }

  #checkMap(schema: Schema, value: Readonly<Record<string, unknown>>): void {
    if (schema.element === undefined) return;
    const repeated = this.#repeated();
    let keys = 0;
    for (const key in value) {
      // A leading dot marks a map's key: no field's name has one.
      this.#path.push(`.${key}`);
      this.check(schema.element, value[key]);
      if (this.fatal !== undefined) return;
      this.#path.pop();
      keys++;
      for (const each of repeated) if (each.after === keys) this.#tell(duplicateField(each));
    }
  }

  /** The keys that the object at hand is given more than once. */
  #repeated(): readonly DuplicateField[] {
    if (this.#text.duplicates.length === 0) return [];
    const path = this.#pathText();
    return this.#text.duplicates.filter(({ parent }) => parent === path);
  }

  #checkScalar(schema: Schema, value: unknown): void {
    const found = typeof value === "bigint" ? "number" : typeof value;
    if (found === schema.type) return;
    if (found === "number" && schema.type === "integer") return;
    this.#wrongType(found === "boolean" ? "bool" : found, schema.goType);
  }

  #checkFormatted(schema: Schema, value: unknown): void {
    switch (schema.format) {
      case "quantity":
        this.fatal = parseQuantityError(value);
        return;
      case "int-or-string":
        if (typeof value !== "string") this.fatal = this.#integerError(value, "int32");
        return;
      case "date-time":
        this.fatal =
          typeof value === "string"
            ? this.#timeError(schema, value)
            : this.#typeError(jsonTypeOf(value), "string");
        return;
      case "byte":
        if (typeof value !== "string") this.#wrongType(jsonTypeOf(value), schema.goType);
        else this.first ??= base64Error(value);
        return;
      case "double":
        if (jsonTypeOf(value) !== "number") this.#wrongType(jsonTypeOf(value), schema.goType);
        return;
      default:
        this.first ??= this.#integerError(value, schema.goType);
    }
  }

  #timeError(schema: Schema, value: string): string | undefined {
    return timeError(value, schema.name?.endsWith("MicroTime") ?? false);
  }

  #integerError(value: unknown, goType: string): string | undefined {
    if (typeof value !== "number" && typeof value !== "bigint") {
      return this.#typeError(jsonTypeOf(value), goType);
    }
    const literals = this.#text.literals;
    const text = (literals.size === 0 ? undefined : literals.get(this.#pathText())) ?? String(value);
    const limit = goType === "int32" ? 2 ** 31 : 2 ** 63;
    const isWhole = typeof value === "bigint" || Number.isInteger(value);
    if (isWhole && !/[.eE]/.test(text) && value >= -limit && value < limit) return undefined;
    return this.#typeError(`number ${text}`, goType);
  }

  #wrongType(found: string, goType: string): void {
    this.first ??= this.#typeError(found, goType);
  }

  #typeError(found: string, goType: string): string {
    const fields = this.#path.filter((step) => typeof step === "string" && !step.startsWith("."));
    if (fields.length === 0) return `json: cannot unmarshal ${found} into Go value of type ${goType}`;
    const struct = this.#struct.slice(this.#struct.indexOf(".") + 1);
    return `json: cannot unmarshal ${found} into Go struct field ${struct}.${fields.join(".")} of type ${goType}`;
  }

  #unknown(key: string): void {
    this.#tell(`unknown field "${fieldPath(this.#pathText(), key)}"`);
  }

  #tell(finding: string): void {
    if (this.strict.length < STRICT_ERRORS_MAX) this.strict.push(finding);
  }

  #pathText(): string {
    let path = "";
    for (const step of this.#path) {
      if (typeof step === "number") path += `[${step}]`;
      else path += path === "" || step.startsWith(".") ? step : `.${step}`;
    }
    return path;
  }
}

function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
}
