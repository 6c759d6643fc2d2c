/**
 * Reads request bodies: JSON, YAML or protobuf in, plain values out, with the fields given twice told beside them. What the value
 * means is judged further in; only the text is judged here, in the words of kube-apiserver's decoders.
 */
import { emptyBelow } from "../../../base/depth.ts";
import type { Parsed } from "../../../base/parsed.ts";
import { decodeProtobuf } from "../../../kube/protobuf/decode-protobuf.ts";
import { duplicateField } from "../../../kube/schema/body-text.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { OBJECT_DEPTH_MAX } from "../decode.ts";
import { readYaml } from "./decode-yaml.ts";
import type { DecodedBody } from "./decoded-body.ts";
import { type NumberLiteral, scanJson } from "./json-scan.ts";

/** A body and what its Content-Type says of it. */
export interface RawBody {
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
}

/** The media type without its parameters; JSON when there is none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? "").split(";")[0]?.trim().toLowerCase() || "application/json";
}

/** Reads an object of the kind that the path names.
 * @throws {StatusError} UnsupportedMediaType or BadRequest */
export function decodeObject(body: RawBody, kind: string, isCustom = false): DecodedBody {
  // A kind that nobody compiled has no such form. Real servers of the version panic here, and the connection breaks.
  if (isCustom && mediaType(body.contentType) === PROTOBUF) throw unknownFormat(CUSTOM_BODY_TYPES);
  const read = readBodyText(body);
  if (!read.ok) {
    throw new StatusError(
      "BadRequest",
      `the object provided is unrecognized (must be of type ${kind}): ${read.error} (${summary(body.bytes)})`,
    );
  }
  return read.value;
}

/** Reads an options object, whose texts are complained about without naming a kind. */
export function decodeOptions(body: RawBody): Parsed<DecodedBody> {
  return readBodyText(body);
}

/** Media types that bodies may have, in the order in which messages tell them. */
const PROTOBUF = "application/vnd.kubernetes.protobuf";
const CUSTOM_BODY_TYPES = "application/json, application/yaml";
const BODY_TYPES = `${CUSTOM_BODY_TYPES}, ${PROTOBUF}`;

function unknownFormat(accepted: string): StatusError {
  return new StatusError(
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

function readBodyText(body: RawBody): Parsed<DecodedBody> {
  switch (mediaType(body.contentType)) {
    case "application/json":
      return readObjectJson(body.bytes.toString("utf8"));
    case "application/yaml":
      return readObjectYaml(body.bytes.toString("utf8"));
    case PROTOBUF:
      return readProtobuf(body.bytes);
    default:
      throw unknownFormat(BODY_TYPES);
  }
}

function readProtobuf(bytes: Buffer): Parsed<DecodedBody> {
  if (bytes.length === 0) return { ok: false, error: "empty data" };
  const read = decodeProtobuf(bytes, { apiVersion: "", kind: "" });
  return read.ok ? { ok: true, value: { value: read.value.object, issues: [] } } : read;
}

function readObjectJson(text: string): Parsed<DecodedBody> {
  const read = readJson(text);
  return read.ok ? checkTypeMeta(read.value) : { ok: false, error: `${NO_TYPE_META}${read.error}` };
}

function readObjectYaml(text: string): Parsed<DecodedBody> {
  const read = readYaml(text);
  return read.ok ? checkTypeMeta(read.value) : read;
}

const NO_TYPE_META = "couldn't get version/kind; json parse error: ";
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** What a body is must be readable before anything else in it is looked at. */
function checkTypeMeta(body: DecodedBody): Parsed<DecodedBody> {
  const wrong = goTypeOf(body.value);
  if (wrong !== undefined) {
    const error = `${NO_TYPE_META}json: cannot unmarshal ${wrong} into Go value of type ${TYPE_META}`;
    return { ok: false, error };
  }
  const { apiVersion, kind } = (body.value ?? {}) as {
    readonly apiVersion?: unknown;
    readonly kind?: unknown;
  };
  for (const [field, value] of [
    ["apiVersion", apiVersion],
    ["kind", kind],
  ] as const) {
    if (value === undefined || value === null || typeof value === "string") continue;
    const error = `${NO_TYPE_META}json: cannot unmarshal ${goTypeOf(value) ?? "object"} into Go struct field .${field} of type string`;
    return { ok: false, error };
  }
  if (typeof apiVersion === "string" && apiVersion.split("/").length > 2) {
    return { ok: false, error: `unexpected GroupVersion string: ${apiVersion}` };
  }
  return { ok: true, value: body };
}

/** Reads a JSON text; the error is worded as Go's encoding/json words it. */
export function readJson(json: string): Parsed<DecodedBody> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { ok: false, error: scanJson(json).error ?? "invalid JSON" };
  }
  const { error, duplicates, literals, depth } = scanJson(json);
  // It reads what the scan does not: it goes as deep as there is memory.
  if (error !== undefined) return { ok: false, error };
  const issues = duplicates.map(duplicateField);
  const whole = withWholeNumbers(value, literals);
  const deep = depth > OBJECT_DEPTH_MAX ? ({ isDeep: true } as const) : {};
  if (deep.isDeep) emptyBelow(whole, OBJECT_DEPTH_MAX + MARGIN);
  if (issues.length === 0 && literals.length === 0)
    return { ok: true, value: { value: whole, issues, ...deep } };
  const text = { duplicates, literals: new Map(literals.map((each) => [each.path, each.text])) };
  return { ok: true, value: { value: whole, issues, text, ...deep } };
}

/** A patch may put what it has a little less deep into an object: what was emptied must still be too deep there. */
const MARGIN = 10;

/** The value with the whole numbers that need 64 bits put in as bigints. */
function withWholeNumbers(value: unknown, literals: readonly NumberLiteral[]): unknown {
  const root = { value };
  for (const { steps, text } of literals) {
    const whole = wholeNumber(text);
    if (whole === undefined) continue;
    let holder: Record<string | number, unknown> = root;
    let last: string | number = "value";
    for (const step of steps) {
      // Of a key that is given twice the second value counts, which may be another.
      const next = Object.hasOwn(holder, last) ? holder[last] : undefined;
      if (typeof next !== "object" || next === null) break;
      holder = next as Record<string | number, unknown>;
      last = step;
    }
    if (Object.hasOwn(holder, last) && holder[last] === Number(text)) holder[last] = whole;
  }
  return root.value;
}

/** What a text says that is a whole number of 64 bits and no plain one of ours. */
function wholeNumber(text: string): bigint | undefined {
  if (/[.eE]/.test(text)) return undefined;
  const whole = BigInt(text);
  return BigInt.asIntN(64, whole) === whole ? whole : undefined;
}

/** How Go names the JSON type of a value that is no object. */
export function goTypeOf(value: unknown): string | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "number";
  return typeof value === "object" ? undefined : typeof value;
}

const SUMMARY_BYTES_MAX = 30;

/** The beginning of a body, for messages: text where it looks like JSON, hexadecimal otherwise. */
function summary(bytes: Buffer): string {
  if (bytes.length === 0) return "<empty>";
  const more = bytes.length > SUMMARY_BYTES_MAX ? " ..." : "";
  const start = bytes.subarray(0, SUMMARY_BYTES_MAX);
  return `${start.toString(start[0] === 0x7b ? "utf8" : "hex")}${more}`;
}
