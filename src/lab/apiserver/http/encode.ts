/**
 * Turns answers into text: JSON or YAML, compact or indented.
 *
 * Objects of the registry are frozen, so the compact JSON of one is made once and kept for as long as the object lives: every
 * read of it, every list that it is in and every watch that tells it share the same text.
 */

import { stringify } from "yaml";
import { jsonText } from "../../../base/json-text.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import type { OutgoingList, OutgoingObject } from "./exchange.ts";
import type { OutputForm } from "./negotiate.ts";

const texts = new WeakMap<object, string>();

/** Compact JSON of a frozen object, without a line's end. */
export function objectText(object: object): string {
  let text = texts.get(object);
  if (text === undefined) {
    text = jsonText(kindFirst(object));
    if (Object.isFrozen(object)) texts.set(object, text);
  }
  return text;
}

/** An object in the form that was agreed on. */
export function encodeObject(form: OutputForm, body: OutgoingObject): string {
  if (form.format === "yaml") return stringify(body, AS_GO_WRITES_YAML);
  return form.pretty ? jsonText(kindFirst(body), 2) : `${objectText(body)}\n`;
}

const bytesOf = new WeakMap<object, Uint8Array>();

/** The same as bytes; those of a frozen object's compact JSON are kept as well, since whoever polls asks for them again and again. */
export function encodeObjectBytes(form: OutputForm, body: OutgoingObject): Uint8Array {
  if (form.format === "yaml" || form.pretty || !Object.isFrozen(body))
    return Buffer.from(encodeObject(form, body));
  let bytes = bytesOf.get(body);
  if (bytes === undefined) {
    bytes = Buffer.from(encodeObject(form, body));
    bytesOf.set(body, bytes);
  }
  return bytes;
}

/** A list in the form that was agreed on. */
export function encodeList(form: OutputForm, { head, items, itemsTellKind }: OutgoingList): string {
  if (form.format === "yaml" || form.pretty)
    return encodeObject(form, { ...head, items: itemsTellKind ? items : items.map(withoutKind) });
  const start = JSON.stringify(head).slice(0, -1);
  return `${start},"items":[${items.map(itemsTellKind ? objectText : itemText).join(",")}]}\n`;
}

/** A document kept as JSON, in the form that was agreed on. */
export function encodeDocument(form: OutputForm, json: string): string {
  if (form.format === "json" && !form.pretty) return json;
  return encodeObject(form, JSON.parse(json) as OutgoingObject);
}

function withoutKind(item: KubeObject): object {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = item;
  return rest;
}

function itemText(item: KubeObject): string {
  const text = objectText(item);
  const { kind, apiVersion } = item;
  if (kind === undefined || apiVersion === undefined) return text;
  // The text begins with the two, and everything that an object holds follows them.
  const length = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`.length;
  return `{${text.slice(length)}`;
}

/** Readers of streams and of dumps look for what something is where it begins. */
function kindFirst(body: object): object {
  const { kind, apiVersion, metadata, ...rest } = body as OutgoingObject;
  return metadata === undefined ? { kind, apiVersion, ...rest } : { kind, apiVersion, metadata, ...rest };
}

/** Sorted keys, bare lists, and no aliases for parts that objects share: as sigs.k8s.io/yaml writes. */
const AS_GO_WRITES_YAML = {
  sortMapEntries: true,
  indentSeq: false,
  aliasDuplicateObjects: false,
  version: "1.1",
} as const;
