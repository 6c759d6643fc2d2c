/**
 * Reads objects in Kubernetes' protobuf encoding, which clients made from Go's typed clientsets write their requests in,
 * kubectl among them. What comes out is what Go would write as JSON. Custom kinds have no such encoding.
 *
 * Only reading: nobody insists on being answered in it.
 */
import { readFileSync } from "node:fs";
import type { Parsed } from "../../base/parsed.ts";
import { WELL_KNOWN } from "./well-known.ts";
import { readFields, signed, WireError, type WireField } from "./wire.ts";

/** An object and what the envelope around it says that it is. */
export interface ProtobufObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: Readonly<Record<string, unknown>>;
}

// Every body begins with it (runtime/serializer/protobuf).
const MAGIC = [0x6b, 0x38, 0x73, 0x00];
const UNKNOWN = "k8s.io.apimachinery.pkg.runtime.Unknown";

interface Field {
  readonly name: string;
  readonly type: string;
  readonly isList: boolean;
  readonly isMap: boolean;
  /** The fields of its message stand in the parent's JSON; of a list: it is all there is. */
  readonly isInline: boolean;
  /** Go writes it as JSON even when it is zero. */
  readonly isTold: boolean;
}

type Message = ReadonlyMap<number, Field>;
type Fields = Record<string, unknown>;

/** Whether the bytes claim to be an object in this encoding. */
export function isProtobuf(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

/** Reads an object with its envelope; `kind` is what it is taken for when the envelope does not say. */
export function decodeProtobuf(
  bytes: Uint8Array,
  fallback: { readonly apiVersion: string; readonly kind: string },
): Parsed<ProtobufObject> {
  if (!isProtobuf(bytes)) {
    return fault("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  try {
    const envelope = decodeMessage(UNKNOWN, bytes.subarray(MAGIC.length));
    const { apiVersion, kind } = { ...fallback, ...(envelope as Partial<ProtobufObject>) };
    const name = messageOf(apiVersion, kind);
    if (name === undefined)
      return fault(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
    const raw = Buffer.from(String(envelope.raw ?? ""), "base64");
    return {
      ok: true,
      value: { apiVersion, kind, object: { ...decodeMessage(name, raw), apiVersion, kind } },
    };
  } catch (error) {
    if (error instanceof WireError || error instanceof SyntaxError) return fault(error.message);
    throw error;
  }
}

function fault(error: string): Parsed<ProtobufObject> {
  return { ok: false, error };
}

function decodeMessage(type: string, bytes: Uint8Array): Fields {
  const message = messageNamed(type);
  const values: Fields = {};
  for (const wire of readFields(bytes)) {
    const field = message.get(wire.number);
    // Fields of a later version are passed over, as Go does.
    if (field !== undefined) addField(values, field, wire);
  }
  return values;
}

function addField(values: Fields, field: Field, wire: WireField): void {
  if (field.isMap) {
    const { key, value } = mapEntry(field, wire);
    values[field.name] = { ...(values[field.name] as Fields | undefined), [key]: value };
  } else if (field.isList) {
    const list = (values[field.name] as unknown[] | undefined) ?? [];
    list.push(decodeValue(field.type, wire));
    values[field.name] = list;
  } else if (field.isInline) {
    Object.assign(values, decodeMessage(field.type, bytesOf(wire)));
  } else {
    const value = decodeValue(field.type, wire);
    const isZero = SCALAR.test(field.type) && (value === "" || value === 0 || value === false);
    if (value !== undefined && (!isZero || field.isTold)) values[field.name] = value;
  }
}

/** Maps are lists of messages with a key (1) and a value (2), either of which is left out when it is zero. */
function mapEntry(field: Field, wire: WireField): { readonly key: string; readonly value: unknown } {
  let key = "";
  let value: unknown = ZERO_VALUES[field.type] ?? {};
  for (const part of readFields(bytesOf(wire))) {
    if (part.number === 1) key = textOf(part);
    if (part.number === 2) value = decodeValue(field.type, part);
  }
  return { key, value };
}

const ZERO_VALUES: Readonly<Record<string, unknown>> = {
  string: "",
  bytes: "",
  bool: false,
  int32: 0,
  int64: 0,
};

function decodeValue(type: string, wire: WireField): unknown {
  switch (type) {
    case "string":
      return textOf(wire);
    case "bytes":
      return Buffer.from(bytesOf(wire)).toString("base64");
    case "bool":
      return Number(numberOf(wire)) !== 0;
    case "int32":
    case "int64":
      return numberOf(wire);
    case "double":
      return Buffer.from(bytesOf(wire)).readDoubleLE();
    default:
      return decodeNamed(type, bytesOf(wire));
  }
}

function decodeNamed(type: string, bytes: Uint8Array): unknown {
  const wellKnown = WELL_KNOWN[type];
  const values = decodeMessage(type, bytes);
  if (wellKnown !== undefined) return wellKnown(values);
  for (const field of messageNamed(type).values()) {
    if (field.isList && field.isInline) return values[field.name] ?? [];
  }
  return values;
}

function textOf(wire: WireField): string {
  return Buffer.from(bytesOf(wire)).toString("utf8");
}

function bytesOf({ number, value }: WireField): Uint8Array {
  if (typeof value !== "bigint") return value;
  throw new WireError(`proto: wrong wireType = 0 for field ${number}`);
}

function numberOf({ number, value }: WireField): number | bigint {
  if (typeof value === "bigint") return signed(value);
  throw new WireError(`proto: wrong wireType = 2 for field ${number}`);
}

interface PackedPackage {
  readonly group?: string;
  readonly version?: string;
  readonly messages: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

let packages: Readonly<Record<string, PackedPackage>> | undefined;
const messages = new Map<string, Message>();

function load(): Readonly<Record<string, PackedPackage>> {
  packages ??= JSON.parse(readFileSync(new URL("./protobuf.data.json", import.meta.url), "utf8"));
  return packages as Readonly<Record<string, PackedPackage>>;
}

/** Kinds that every group has under its own name, though they are defined once. */
const SHARED = /^(DeleteOptions|(Create|Update|Patch|Get|List)Options|Status|WatchEvent)$/;
const META = "k8s.io.apimachinery.pkg.apis.meta.v1";

/** The message of a kind, by the package of its group and version. */
function messageOf(apiVersion: string, kind: string): string | undefined {
  if (SHARED.test(kind)) return `${META}.${kind}`;
  const [version, group = ""] = apiVersion.split("/").reverse();
  const found = Object.entries(load()).find(([, each]) => each.group === group && each.version === version);
  return found?.[1].messages[kind] === undefined ? undefined : `${found[0]}.${kind}`;
}

function messageNamed(name: string): Message {
  let message = messages.get(name);
  if (message === undefined) {
    const dot = name.lastIndexOf(".");
    const home = name.slice(0, dot);
    const packed = load()[home]?.messages[name.slice(dot + 1)] ?? {};
    message = new Map(Object.entries(packed).map(([number, text]) => [Number(number), unpack(text, home)]));
    messages.set(name, message);
  }
  return message;
}

const SCALAR = /^(string|bytes|bool|int32|int64|double)$/;

/** "name type flags", as scripts/generate-protobuf.mjs writes them. */
function unpack(text: string, home: string): Field {
  const [name = "", type = "", flags = ""] = text.split(" ");
  return {
    name,
    type: SCALAR.test(type) || type.includes(".") ? type : `${home}.${type}`,
    isList: flags.includes("["),
    isMap: flags.includes("{"),
    isInline: flags.includes("^"),
    isTold: flags.includes("!"),
  };
}
