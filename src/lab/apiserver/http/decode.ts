/**
 * Reads request bodies: JSON, YAML or protobuf in, plain values out, with the fields given twice told beside them. What the value
 * means is judged further in; only the text is judged here, in the words of kube-apiserver's decoders.
 */
import { type Document, isMap, isSeq, LineCounter, type Node, parseAllDocuments, type Tags } from "yaml";
import type { Parsed } from "../../../base/parsed.ts";
import { decodeProtobuf } from "../../../kube/protobuf/decode-protobuf.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { scanJson } from "./json-scan.ts";

/** What a body holds. */
export interface DecodedBody {
  readonly value: unknown;
  /** Fields given twice, one finding each. */
  readonly issues: readonly string[];
}

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
export function decodeObject(body: RawBody, kind: string): DecodedBody {
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
const BODY_TYPES = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

function readBodyText(body: RawBody): Parsed<DecodedBody> {
  switch (mediaType(body.contentType)) {
    case "application/json":
      return readObjectJson(body.bytes.toString("utf8"));
    case "application/yaml":
      return readYaml(body.bytes.toString("utf8"));
    case "application/vnd.kubernetes.protobuf":
      return readProtobuf(body.bytes);
    default:
      throw new StatusError(
        "UnsupportedMediaType",
        `the body of the request was in an unknown format - accepted media types include: ${BODY_TYPES}`,
      );
  }
}

function readProtobuf(bytes: Buffer): Parsed<DecodedBody> {
  const read = decodeProtobuf(bytes, { apiVersion: "", kind: "" });
  return read.ok ? { ok: true, value: { value: read.value.object, issues: [] } } : read;
}

function readObjectJson(text: string): Parsed<DecodedBody> {
  const read = readJson(text);
  if (!read.ok) return { ok: false, error: `couldn't get version/kind; json parse error: ${read.error}` };
  const wrong = goTypeOf(read.value.value);
  if (wrong === undefined) return read;
  const target =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  return {
    ok: false,
    error: `couldn't get version/kind; json parse error: json: cannot unmarshal ${wrong} into Go value of type ${target}`,
  };
}

/** Reads a JSON text; the error is worded as Go's encoding/json words it. */
export function readJson(text: string): Parsed<DecodedBody> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, error: scanJson(text).error ?? "invalid JSON" };
  }
  const duplicates = scanJson(text).duplicates;
  return { ok: true, value: { value, issues: duplicates.map((path) => `duplicate field "${path}"`) } };
}

/** YAML 1.1 (yes is a boolean, 0644 is octal), but moments and 1:30 stay texts: they are on their way to JSON. */
const AS_GO_READS_YAML = {
  version: "1.1",
  uniqueKeys: false,
  customTags: (tags: Tags) =>
    tags.filter((tag) => typeof tag === "string" || !/time|TIME/.test(tagName(tag))),
} as const;

const ALIASES_MAX = 1000;

function tagName(tag: { readonly tag: string; readonly format?: string | undefined }): string {
  return `${tag.tag} ${tag.format ?? ""}`;
}

/** Reads the first document of a YAML text; what follows it is passed over, as kube-apiserver does. */
export function readYaml(text: string): Parsed<DecodedBody> {
  const lines = new LineCounter();
  const [document] = parseAllDocuments(text, { ...AS_GO_READS_YAML, lineCounter: lines });
  if (document === undefined || !("contents" in document))
    return { ok: true, value: { value: null, issues: [] } };
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    return { ok: false, error: `yaml: line ${line}: ${error.message.split(/ at line |\n/)[0]}` };
  }
  try {
    // Aliases are resolved up to a bound, so that a few bytes cannot unfold into gigabytes.
    const value = document.toJS({ maxAliasCount: ALIASES_MAX });
    return { ok: true, value: { value, issues: repeatedKeys(document, lines) } };
  } catch (fault) {
    return { ok: false, error: `yaml: ${(fault as Error).message}` };
  }
}

function repeatedKeys(document: Document.Parsed, lines: LineCounter): readonly string[] {
  const issues: string[] = [];
  const walk = (node: unknown) => {
    if (isSeq(node)) for (const item of node.items) walk(item);
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      const name = String(key);
      const line = lines.linePos((key as Node | null)?.range?.[0] ?? 0).line;
      if (seen.has(name)) issues.push(`line ${line}: key ${JSON.stringify(name)} already set in map`);
      seen.add(name);
      walk(value);
    }
  };
  walk(document.contents);
  return issues;
}

/** How Go names the JSON type of a value that is no object. */
export function goTypeOf(value: unknown): string | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
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
