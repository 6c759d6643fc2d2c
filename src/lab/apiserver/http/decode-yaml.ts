/** Reads YAML bodies on their way to JSON, as sigs.k8s.io/yaml does, with the words that it has for the commonest mistakes. */
import {
  type Document,
  isMap,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Tags,
  visit,
  type YAMLError,
} from "yaml";
import type { Parsed } from "../../../base/parsed.ts";
import { OBJECT_DEPTH_MAX } from "../decode.ts";
import type { DecodedBody } from "./decoded-body.ts";
import { scanJson } from "./json-scan.ts";

/** YAML 1.1 (yes is a boolean, 0644 is octal), but moments and 1:30 stay texts: they are on their way to JSON. */
const AS_GO_READS_YAML = {
  version: "1.1",
  uniqueKeys: false,
  intAsBigInt: true,
  customTags: (tags: Tags) =>
    tags.filter((tag) => typeof tag === "string" || !/time|TIME/.test(tagName(tag))),
} as const;

const ALIASES_MAX = 1000;
/** The reader's stack is used up soon after; nobody writes this by hand. */
const BRACKETS_MAX = 200;

function tagName(tag: { readonly tag: string; readonly format?: string | undefined }): string {
  return `${tag.tag} ${tag.format ?? ""}`;
}

/** What Go's reader of YAML takes nowhere in a text. */
const FORBIDDEN = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Reads the first document of a YAML text; what follows it is passed over, as kube-apiserver does. */
export function readYaml(text: string): Parsed<DecodedBody> {
  if (FORBIDDEN.test(text)) return { ok: false, error: "yaml: control characters are not allowed" };
  // Most of it is JSON, which is YAML too, and read many times faster as what it is.
  const json = readPlainJson(text);
  if (json !== undefined) return { ok: true, value: { value: json, issues: [] } };
  try {
    if (opensMoreThan(text, BRACKETS_MAX)) throw new RangeError("too deep");
    return readDocument(text);
  } catch (fault) {
    return { ok: false, error: `yaml: ${wordsFor(fault as Error)}` };
  }
}

/** The value of a JSON object that gives no field twice; undefined for every other text. */
function readPlainJson(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const { error, duplicates, literals, depth } = scanJson(text);
    if (error !== undefined || duplicates.length > 0 || literals.length > 0) return undefined;
    return depth > OBJECT_DEPTH_MAX ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Whether a text has so many brackets open at once: found out cheaply, before a tree is made of it. */
function opensMoreThan(text: string, depth: number): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    if (bracket === "[" || bracket === "{") {
      if (++open > depth) return true;
    } else if (open > 0) open--;
  }
  return false;
}

function readDocument(text: string): Parsed<DecodedBody> {
  const lines = new LineCounter();
  const [document] = parseAllDocuments(text, { ...AS_GO_READS_YAML, lineCounter: lines });
  if (document === undefined || !("contents" in document))
    return { ok: true, value: { value: null, issues: [] } };
  const [error] = document.errors;
  if (error !== undefined) return { ok: false, error: `yaml: ${complaint(error)}` };
  const endless = anchorInItself(document);
  if (endless !== undefined) {
    return { ok: false, error: `yaml: anchor '${endless}' value contains itself` };
  }
  // Aliases are resolved up to a bound, so that a few bytes cannot unfold into gigabytes.
  const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
  return { ok: true, value: { value: sorted(value), issues: repeatedKeys(document, lines) } };
}

/** The name of an anchor whose value has an alias of it inside. */
function anchorInItself(document: Document.Parsed): string | undefined {
  let found: string | undefined;
  visit(document, {
    Alias(_key, alias, path) {
      if (!path.some((node) => (node as { anchor?: string }).anchor === alias.source)) return undefined;
      found = alias.source;
      return visit.BREAK;
    },
  });
  return found;
}

/** Keys in the order in which the JSON has them that real servers make of YAML first: findings follow it. */
function sorted(value: unknown, depth = 0): unknown {
  if (depth > OBJECT_DEPTH_MAX) throw new RangeError("too deep");
  if (typeof value === "bigint") return wholeNumber(value);
  if (Array.isArray(value)) return value.map((each) => sorted(each, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, sorted(each, depth + 1)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A number of ours unless it takes all of 64 bits to say; what takes more is rounded, as in real servers. */
function wholeNumber(value: bigint): number | bigint {
  const plain = Number(value);
  return Number.isSafeInteger(plain) || BigInt.asIntN(64, value) !== value ? plain : value;
}

function complaint(error: YAMLError): string {
  const line = error.linePos?.[0].line ?? 1;
  // The reader makes an error of its own of a stack that is used up.
  if (/call stack/.test(error.message)) return "exceeded max depth of 10000";
  if (error.code === "TAB_AS_INDENT") return "found character that cannot start any token";
  if (error.code === "BAD_INDENT" || error.code === "MISSING_CHAR") {
    return `line ${line}: did not find expected node content`;
  }
  return `line ${line}: ${error.message.split(/ at line |\n/)[0]}`;
}

function wordsFor(fault: Error): string {
  if (fault instanceof RangeError) return "exceeded max depth of 10000";
  if (/alias count/.test(fault.message)) return "document contains excessive aliasing";
  return fault.message;
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
