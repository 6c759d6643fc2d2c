/**
 * What the mutations of policies are made of: `Object{…}`, whose types are named after the way to a field
 * ("Object.spec.containers"), and `JSONPatch{…}`. Of an object's fields nothing is known before it is evaluated
 * (k8s.io/apiserver's `cel/mutation`).
 */
import { type Functions, plain, type StructTypes } from "../../base/cel/environment.ts";
import { formatDuration, formatTimestamp } from "../../base/cel/times.ts";
import { type CelType, DYN, listOf, STRING, structType } from "../../base/cel/types.ts";
import {
  CelError,
  CelList,
  type CelMap,
  type CelValue,
  Duration,
  isMap,
  LiteralMap,
  Timestamp,
  typeName,
  UnsignedInt,
} from "../../base/cel/values.ts";
import { goPrint } from "../patch/go-print.ts";

export const OBJECT = structType("Object");
const JSON_PATCH = structType("JSONPatch");
export const JSON_PATCHES = listOf(JSON_PATCH);

/** What the checker says of a step's field that there is not. */
const NAMELESS = structType("");

const STEP_FIELDS: Readonly<Record<string, CelType>> = { op: STRING, path: STRING, from: STRING, value: DYN };

function isObject(struct: string): boolean {
  return struct === OBJECT.name || struct.startsWith(`${OBJECT.name}.`);
}

export const PATCH_STRUCTS: StructTypes = {
  fieldOf(struct, field) {
    if (isObject(struct)) return DYN;
    return struct === JSON_PATCH.name ? (STEP_FIELDS[field] ?? NAMELESS) : undefined;
  },
  typeNamed(name) {
    if (name === JSON_PATCH.name) return JSON_PATCH;
    return isObject(name) ? structType(name) : undefined;
  },
};

const ESCAPES: Readonly<Record<string, string>> = { "~": "~0", "/": "~1" };

export const PATCH_FUNCTIONS: Functions = {
  "jsonpatch.escapeKey": [
    plain("string_jsonpatch_escapeKey_string", [STRING], STRING, (text) =>
      (text as string).replace(/[~/]/g, (each) => ESCAPES[each] as string),
    ),
  ],
};

/** What is wrong with types that are named after another place than they stand at. */
export function misnamedTypes(value: CelValue, path: readonly string[]): readonly string[] {
  if (value instanceof CelList) return value.items.flatMap((item) => misnamedTypes(item, path));
  if (typeof value !== "object" || value === null || !isMap(value)) return [];
  if (value.struct === undefined) return valuesOf(value).flatMap((each) => misnamedTypes(each, path));
  const [given, wanted] = [value.struct.name, path.join(".")];
  const own =
    given === wanted
      ? []
      : [
          `unexpected type name ${JSON.stringify(given)}, expected ${JSON.stringify(wanted)}, which matches field name path from root Object type`,
        ];
  const inner = [...value.keys()].flatMap((key) =>
    misnamedTypes(value.get(key) as CelValue, [...path, String(key)]),
  );
  return [...own, ...inner];
}

function valuesOf(map: CelMap): readonly CelValue[] {
  return [...map.keys()].map((key) => map.get(key) as CelValue);
}

/**
 * The object that an expression made, as the merge reads it. The real one reads literals no deeper than one level below an
 * object, and takes null for the number that stands for it in protobuf.
 * @throws {CelError} in the merge's words for a map that stands deeper
 */
export function configurationOf(object: CelMap, path = ""): Readonly<Record<string, unknown>> {
  return entriesOf(object, (value, name) => {
    const place = `${path}.${name}`;
    if (value instanceof CelList) return value.items.map((item, i) => itemOf(item, place, i));
    if (isPlainMap(value)) return entriesOf(value, (each, key) => entryOf(each, `${place}.${key}`));
    return leafOf(value, place);
  });
}

function itemOf(value: CelValue, path: string, index: number): unknown {
  if (!isPlainMap(value)) return leafOf(value, `${path}[${index}]`);
  const why = "associative list with keys may not have non-map elements";
  throw new CelError(`${path}: element ${index}: ${why}`);
}

function entryOf(value: CelValue, path: string): unknown {
  if (!isPlainMap(value)) return leafOf(value, path);
  throw new CelError(`${path}: expected map, got &{${goPrint(jsonOf(value))}}`);
}

function leafOf(value: CelValue, path: string): unknown {
  if (value === null) return 0;
  const isObject = typeof value === "object" && isMap(value) && value.struct !== undefined;
  return isObject ? configurationOf(value, path) : jsonOf(value);
}

/** A map that an expression spells; those of the cluster's objects are read whole. */
function isPlainMap(value: CelValue): value is LiteralMap {
  return value instanceof LiteralMap && value.struct === undefined;
}

function entriesOf(map: CelMap, read: (value: CelValue, key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    [...map.keys()].map((key) => [textOf(key), read(map.get(key) as CelValue, textOf(key))]),
  );
}

/** A value as JSON. @throws {CelError} when it has no such form */
export function jsonOf(value: CelValue): unknown {
  switch (typeof value) {
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case "object":
      return value === null ? null : jsonOfObject(value);
    default:
      return value;
  }
}

function jsonOfObject(value: Exclude<CelValue, boolean | bigint | number | string | null>): unknown {
  if (value instanceof CelList) return value.items.map(jsonOf);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof UnsignedInt) return jsonOf(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (!isMap(value)) throw new CelError(`unsupported type ${typeName(value)}`);
  return Object.fromEntries(
    [...value.keys()].map((key) => [textOf(key), jsonOf(value.get(key) as CelValue)]),
  );
}

function textOf(key: CelValue): string {
  if (typeof key === "string") return key;
  throw new CelError(`map key of type ${typeName(key)}, not string`);
}
