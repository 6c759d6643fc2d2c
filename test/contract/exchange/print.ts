/** How answers are printed, so that those of two servers are equal when nothing differs but moments, draws and numbers. */
import type { StatusError } from "../../../src/kube/status-error.ts";

type Fields = Readonly<Record<string, unknown>>;

const WIDTH = 110;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How the volume of an account's token is called, up to five characters that are drawn. */
const DRAWN = "kube-api-access-";
/** What a server gives out by itself when nobody asks for a certain one. */
const ALLOCATED = ["clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort"];

export interface PrintOptions {
  /** Text of the case: what a client sent itself is shown as it is. */
  readonly sent: string;
  /** Whether to show who owns which field. */
  readonly fields: boolean;
  /** The case's own, which differs from run to run. */
  readonly namespace: string;
  /** Whether managers stand in order of name rather than of time, which passes at another pace on each server. */
  readonly timeless: boolean;
}

/** An object, sorted by key. Marks stand for what differs from run to run: `Marks` turns them into stable names. */
export function printObject(object: object, options: PrintOptions): string {
  return block(masked(object, "", options) as Fields, "").join("\n");
}

/** A refusal: code, reason, message, and what the details say beyond it. */
export function printRefusal(error: StatusError): string {
  const { causes = [], ...details } = error.details;
  const message = unquoted(error.message);
  const lines = [
    `${error.code} ${error.reason}`,
    ...message.split("\n").map((line) => `| ${line}`.trimEnd()),
  ];
  if (Object.keys(details).length > 0) lines.push(`details ${inline(details)}`);
  // Real servers go through the managers of a conflict in any order.
  const told = causes.every(({ reason }) => reason === "FieldManagerConflict")
    ? [...causes].sort((a, b) => (a.field + a.message < b.field + b.message ? -1 : 1))
    : causes;
  for (const { reason, field, message } of told) {
    // Most messages repeat their causes.
    const text = error.message.includes(message) ? "" : `: ${message.replaceAll("\n", "⏎")}`;
    lines.push(`- ${[reason, field].filter((word) => word).join(" ")}`.trimEnd() + text);
  }
  return lines.join("\n");
}

function masked(value: unknown, key: string, options: PrintOptions): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => masked(item, key, options));
    const isTimed = options.timeless && key === "managedFields";
    return isTimed ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value)
      .filter(([name, inner]) => (options.fields || name !== "managedFields") && !isCredential(name, inner))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      entries.map(([name, inner]) => [
        name,
        name === "fieldsV1" ? compact(inner) : masked(inner, name, options),
      ]),
    );
  }
  if (typeof value === "string" && value.includes(options.namespace)) {
    return value.replaceAll(options.namespace, "NAMESPACE");
  }
  if (typeof value === "string" && value.startsWith(DRAWN)) return `${DRAWN}DRAWN`;
  if (key === "resourceVersion" && typeof value === "string" && value !== "") return mark("rv", value);
  if (key === "uid" && typeof value === "string" && UUID.test(value)) return mark("uid", value);
  if (options.sent.includes(String(value))) return value;
  if (typeof value === "string" && MOMENT.test(value)) return value.includes(".") ? "MICROTIME" : "TIME";
  if (ALLOCATED.includes(key)) return "ALLOCATED";
  return value;
}

/** How a client came in, which is each server's own; in process there is no door. */
function isCredential(name: string, value: unknown): boolean {
  return (
    name === "extra" && Object.keys(value as object).join() === "authentication.kubernetes.io/credential-id"
  );
}

function compact(fields: unknown): string {
  return JSON.stringify(fields).replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, text) => text.replaceAll('\\"', '"'));
}

/** "⟨rv:123⟩" until the whole case is known. */
export function mark(what: "rv" | "uid", value: string): string {
  return `⟨${what}:${value}⟩`;
}

/** Texts that quote a server's own numbers. */
const QUOTED: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME"],
  [/(resourceVersion\W+)\d+/g, "$1RV"],
  [/( in (?:record|the precondition) \()\d+(?=\))/g, "$1RV"],
  [new RegExp(`(${DRAWN})[a-z0-9]{5}`, "g"), "$1DRAWN"],
  [/(Too large resource version: \d+, current: )\d+/g, "$1RV"],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID"],
];

/**
 * A text without the moments and numbers of one server, and with the fields of an object that it quotes, and their managers, in
 * alphabetical order.
 */
export function unquoted(text: string): string {
  const whole = text.replace(/(?<=patch: Invalid value: )"\{.*\}"(?=: )/s, (quoted) => {
    const object = JSON.parse(JSON.parse(quoted) as string) as unknown;
    return JSON.stringify(JSON.stringify(object, inOrder));
  });
  return QUOTED.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), whole);
}

function inOrder(key: string, value: unknown): unknown {
  // By what they own: the moments that they are sorted by pass at another pace on each server.
  if (key === "managedFields" && Array.isArray(value))
    return value
      .map((item) => [JSON.stringify(item, inOrder), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const MARK = /⟨(rv|uid):([^⟩]*)⟩/g;

/**
 * Names what was marked in the answers of a case: uids in order of appearance, resourceVersions in their own order, so that
 * a version that goes back is seen.
 */
export function nameMarks(answers: readonly string[], namespace: string): string[] {
  const uids: string[] = [];
  const versions = new Set<string>();
  for (const [, what, value = ""] of answers.join("\n").matchAll(MARK)) {
    if (what === "rv") versions.add(value);
    else if (!uids.includes(value)) uids.push(value);
  }
  const ranked = [...versions].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return answers.map((answer) => {
    let text = answer.replaceAll(MARK, (_, what: string, value: string) =>
      what === "rv" ? `rv${ranked.indexOf(value) + 1}` : `uid${uids.indexOf(value) + 1}`,
    );
    uids.forEach((uid, i) => {
      text = text.replaceAll(uid, `uid${i + 1}`);
    });
    return text.replaceAll(namespace, "NAMESPACE");
  });
}

function block(fields: Fields, indent: string): string[] {
  return Object.entries(fields).flatMap(([name, value]) => entry(`${indent}${name}:`, value, indent));
}

function entry(head: string, value: unknown, indent: string): string[] {
  const short = head.endsWith("fieldsV1:") ? String(value) : inline(value);
  const isTree = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isTree || head.length + short.length < WIDTH) return [`${head} ${short}`];
  if (!Array.isArray(value)) return [head, ...block(value as Fields, `${indent}  `)];
  return [head, ...value.flatMap((item) => listItem(item, indent))];
}

function listItem(item: unknown, indent: string): string[] {
  const short = inline(item);
  if (typeof item !== "object" || item === null || indent.length + short.length < WIDTH)
    return [`${indent}- ${short}`];
  const [first = "", ...rest] = block(item as Fields, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value).map(([name, inner]) => `${name}: ${inline(inner)}`);
    return `{${parts.join(", ")}}`;
  }
  if (
    typeof value === "string" &&
    /^[^\s"'{}[\],:#-][^"'{}[\],#\n]*$/.test(value) &&
    Number.isNaN(Number(value)) &&
    !["true", "false", "null"].includes(value)
  )
    return value;
  return JSON.stringify(value);
}
