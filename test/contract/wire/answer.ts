/** An answer in a form that two servers can be compared by: without what is each one's own. */
import { parse } from "yaml";
import type { Reply } from "../../support/http-call.ts";

export interface WireAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Headers that say something of the answer; others tell when and by whom it was made. */
const COMPARED = [
  "content-type",
  "content-encoding",
  "cache-control",
  "vary",
  "x-content-type-options",
  "warning",
  "location",
];

/** Fields whose values are each server's own. */
const OWN = new Set([
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "time",
  "lastTransitionTime",
  "serverAddress",
  "description",
]);

/** What cannot be the same is left out, `namespace` is told as "{ns}", and protobuf, which only one side writes, not at all. */
export function comparable(reply: Reply, namespace: string, headOnly: boolean): WireAnswer {
  const headers = COMPARED.flatMap((name) => {
    const value = reply.headers[name];
    return value === undefined ? [] : [[name, neutral(String(value), namespace)] as const];
  });
  const head = { code: reply.code, headers: Object.fromEntries(headers) };
  if (headOnly) return head;
  return { ...head, body: bodyOf(reply, namespace) };
}

function neutral(text: string, namespace: string): string {
  return text
    .replaceAll(namespace, "{ns}")
    .replace(/,\s+application\/vnd\.kubernetes\.protobuf(;stream=watch)?/g, "")
    .replace(/(in record \()\d+/, "$1*")
    .replace(/hash=[0-9A-F]+/, "hash=*")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "an-id");
}

function bodyOf({ bytes, headers }: Reply, namespace: string): unknown {
  const text = neutral(bytes.toString(), namespace);
  const type = String(headers["content-type"]);
  if (/yaml/.test(type)) return withoutOwn(parse(text));
  if (!/json/.test(type) || text === "") return text;
  // A watch is a line for each notice.
  const documents = /^\{"type":/.test(text) ? text.trim().split("\n") : [text];
  const isIndented = text.includes("\n ");
  const values = documents.map((document) => withoutOwn(JSON.parse(document.replace(LONG_NUMBER, '"#$&"'))));
  return { isIndented, values };
}

/** A number of which every digit counts: more of them than one of ours holds. */
const LONG_NUMBER = /(?<=[:[,])-?\d{16,}(?=[,}\]])/g;

function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    if (key === "cells") return [key, (inner as readonly unknown[]).map((cell) => neutralAge(cell))] as const;
    const isOwn = OWN.has(key) && (typeof inner === "string" || inner === null);
    return [key, isOwn ? "*" : withoutOwn(inner)] as const;
  });
  return Object.fromEntries(entries);
}

function neutralAge(cell: unknown): unknown {
  return typeof cell === "string" && /^\d+(s|m|m\d+s|h|h\d+m)$/.test(cell) ? "*" : cell;
}
