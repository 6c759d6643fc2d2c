/** JSON as rules see it: converted by its schema, and only where a rule looks. */
import { parseDuration, parseTimestamp } from "../../base/cel/times.ts";
import type { CelType } from "../../base/cel/types.ts";
import {
  CelError,
  CelList,
  type CelMap,
  type CelValue,
  isMap,
  type ListTraits,
} from "../../base/cel/values.ts";
import type { Fields } from "../custom/structural-schema.ts";
import type { DeclaredType } from "./schema-types.ts";

/** The value that JSON is to rules. @throws {CelError} when it is none of its schema */
export function schemaValue(type: DeclaredType, json: unknown): CelValue {
  const { schema, cel } = type;
  if (json === null) {
    if (schema.nullable === true) return null;
    throw new CelError("invalid data, got null for schema with nullable=false");
  }
  if (schema["x-kubernetes-int-or-string"] === true) {
    return typeof json === "string" ? json : wholeNumber(json);
  }
  switch (cel.kind) {
    case "list":
      return listValue(type, json as readonly unknown[]);
    case "map":
      return new MapValue(json as Fields, type.element as DeclaredType);
    case "struct":
      return new StructValue(json as Fields, type);
    case "int":
      return wholeNumber(json);
    case "double":
      return Number(json);
    case "duration":
    case "timestamp":
    case "bytes":
      return formatted(schema.format as string, json as string);
    default:
      return json as CelValue;
  }
}

function wholeNumber(json: unknown): bigint {
  return typeof json === "bigint" ? json : BigInt(Math.trunc(json as number));
}

function formatted(format: string, text: string): CelValue {
  switch (format) {
    case "byte":
      return Uint8Array.from(Buffer.from(text, "base64"));
    case "duration": {
      const duration =
        parseDuration(text) ?? parseDuration(text.replace(/\s+/g, "").replace(/(\d+)d(ays?)?$/, days));
      if (duration === undefined) throw new CelError(`Invalid duration ${text}`);
      return duration;
    }
    default: {
      const moment = parseTimestamp(format === "date" ? `${text}T00:00:00Z` : text.toUpperCase());
      if (moment === undefined) throw new CelError(`Invalid ${format} formatted string ${text}`);
      return moment;
    }
  }
}

function days(_: string, count: string): string {
  return `${Number(count) * 24}h`;
}

function listValue({ schema, element }: DeclaredType, items: readonly unknown[]): CelList {
  const values = items.map((item) => schemaValue(element as DeclaredType, item));
  switch (schema["x-kubernetes-list-type"]) {
    case "set":
      return new CelList(values, SET);
    case "map":
      return new CelList(values, keyed(schema["x-kubernetes-list-map-keys"] ?? []));
    default:
      return new CelList(values);
  }
}

const SET: ListTraits = { identityOf: (element) => [element] };

function keyed(keys: readonly string[]): ListTraits {
  return {
    identityOf: (element) =>
      keys.map((key) => {
        const isObject = typeof element === "object" && element !== null && isMap(element);
        return (isObject ? element.get(key) : undefined) ?? null;
      }),
  };
}

class MapValue implements CelMap {
  readonly isMap = true;
  readonly #json: Fields;
  readonly #element: DeclaredType;

  constructor(json: Fields, element: DeclaredType) {
    this.#json = json;
    this.#element = element;
  }

  get size(): number {
    return Object.keys(this.#json).length;
  }

  keys(): Iterable<CelValue> {
    return Object.keys(this.#json);
  }

  get(key: CelValue): CelValue | undefined {
    if (typeof key !== "string" || !Object.hasOwn(this.#json, key)) return undefined;
    return schemaValue(this.#element, this.#json[key]);
  }
}

/** Of an object, rules see the fields that its schema knows. */
class StructValue implements CelMap {
  readonly isMap = true;
  readonly struct: CelType;
  readonly #json: Fields;
  readonly #type: DeclaredType;

  constructor(json: Fields, type: DeclaredType) {
    this.#json = json;
    this.#type = type;
    this.struct = type.cel;
  }

  get size(): number {
    return [...this.keys()].length;
  }

  *keys(): Iterable<CelValue> {
    for (const [escaped, { name }] of this.#type.fields ?? [])
      if (Object.hasOwn(this.#json, name)) yield escaped;
  }

  get(key: CelValue): CelValue | undefined {
    const field = typeof key === "string" ? this.#type.fields?.get(key) : undefined;
    if (field === undefined || !Object.hasOwn(this.#json, field.name)) return undefined;
    return schemaValue(field.type, this.#json[field.name]);
  }
}
