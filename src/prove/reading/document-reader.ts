/**
 * Reads JSON documents that may be larger than memory into a builder: lists as kubectl prints them, snapshots, single objects, and
 * any number of these one after the other. It works on a window of the bytes; what ends beyond it is begun again with the next.
 */
import type { ModelBuilder } from "../model/builder.ts";
import { type ByteScanner, CLOSE_LIST, CLOSE_OBJECT, OPEN_LIST, OPEN_OBJECT } from "./byte-scanner.ts";
import { type Identity, ObjectReader } from "./object-reader.ts";

/** Where the reader is: within an object of which some fields have been passed, or within one of its lists. */
type Frame =
  | { readonly in: "object"; readonly fields: Map<string, unknown> }
  | {
      readonly in: "items" | "lists";
      /** What the list says of its items. */
      readonly head: Partial<Identity>;
      /** How many items have been read. */
      count: number;
    };

export class DocumentReader {
  readonly #objects: ObjectReader;
  readonly #frames: Frame[] = [];
  /** What the document that was entered last says beside its lists: a snapshot's header. */
  header: ReadonlyMap<string, unknown> = new Map();
  /** How many documents have ended. */
  documents = 0;
  /** How many objects have been read. */
  objects = 0;

  constructor(builder: ModelBuilder) {
    this.#objects = new ObjectReader(builder);
  }

  /** What is being read, for messages: "item 5 of the list of v1 Pod". */
  get place(): string {
    const frame = this.#frames.at(-1);
    if (frame?.in !== "items") return `object ${this.objects + 1}`;
    const { apiVersion, kind } = frame.head;
    return `item ${frame.count + 1}${kind === undefined ? "" : ` of the list of ${apiVersion} ${kind}`}`;
  }

  /**
   * Takes the next step: an object, or what stands between two. Whether there was one; there is none at the end.
   * @throws what the scanner throws; after `Incomplete` the step can be taken again with a larger window
   */
  step(scanner: ByteScanner): boolean {
    const start = scanner.at;
    try {
      return this.#step(scanner);
    } catch (error) {
      scanner.at = start;
      throw error;
    }
  }

  #step(scanner: ByteScanner): boolean {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#beginDocument(scanner);
    if (frame.in === "object") this.#goOn(scanner, frame.fields);
    else this.#readItem(scanner, frame);
    return true;
  }

  #beginDocument(scanner: ByteScanner): boolean {
    const byte = scanner.peek();
    if (byte === -1) return false;
    if (byte === OPEN_LIST) {
      scanner.at++;
      this.#frames.push({ in: "items", head: {}, count: 0 });
    } else if (byte === OPEN_OBJECT) this.#open(scanner, true);
    else throw scanner.unexpected("{");
    return true;
  }

  #readItem(scanner: ByteScanner, frame: Extract<Frame, { count: number }>): void {
    const isOver = frame.count === 0 ? scanner.need() === CLOSE_LIST : !scanner.hasMore(CLOSE_LIST);
    if (isOver) {
      if (frame.count === 0) scanner.at++;
      this.#frames.pop();
      if (this.#frames.length === 0) this.documents++;
      return;
    }
    if (frame.in === "lists") {
      if (scanner.need() !== OPEN_OBJECT) throw scanner.unexpected("{");
      this.#open(scanner, false);
    } else {
      this.#objects.read(scanner, frame.head);
      this.objects++;
    }
    frame.count++;
  }

  /** Begins an object: one that holds lists is entered, any other read. */
  #open(scanner: ByteScanner, isDocument: boolean): void {
    const start = scanner.at;
    const fields = new Map<string, unknown>();
    if (scanner.enter(CLOSE_OBJECT)) {
      do if (this.#field(scanner, fields, isDocument)) return;
      while (scanner.hasMore(CLOSE_OBJECT));
    }
    if (!isDocument) return;
    scanner.at = start;
    this.#objects.read(scanner, {});
    this.objects++;
    this.documents++;
  }

  /** After one of an object's lists: its other fields. */
  #goOn(scanner: ByteScanner, fields: Map<string, unknown>): void {
    if (scanner.hasMore(CLOSE_OBJECT)) {
      this.#field(scanner, fields, undefined);
      return;
    }
    this.#frames.pop();
    if (this.#frames.length === 0) this.documents++;
  }

  /**
   * Passes over a field, or enters it when it is a list of objects, which is the answer.
   * @param isDocument whether the object may be one of Kubernetes itself; undefined when it has been entered already
   */
  #field(scanner: ByteScanner, fields: Map<string, unknown>, isDocument: boolean | undefined): boolean {
    scanner.need();
    const keyAt = scanner.at;
    const key = JSON.parse(textOf(scanner, keyAt, scanner.skipKey() + 1)) as string;
    const isList = scanner.need() === OPEN_LIST;
    const isEntered = isList && (key === "lists" || (key === "items" && !(isDocument && isNoList(fields))));
    if (isEntered) {
      scanner.at++;
      if (isDocument) this.header = fields;
      if (isDocument !== undefined) this.#frames.push({ in: "object", fields });
      const head = key === "items" ? headOf(fields) : {};
      this.#frames.push({ in: key === "items" ? "items" : "lists", head, count: 0 });
      return true;
    }
    const valueAt = scanner.at;
    scanner.skip();
    if (scanner.at - valueAt > FIELD_MAX) return false;
    fields.set(key, JSON.parse(textOf(scanner, valueAt, scanner.at)));
    return false;
  }
}

/** Longer fields beside lists say nothing that is asked for. */
const FIELD_MAX = 100_000;

/** An object that says what it is, and that it is no list, may have a field "items" of its own. */
function isNoList(fields: ReadonlyMap<string, unknown>): boolean {
  const kind = fields.get("kind");
  return typeof kind === "string" && !kind.endsWith("List");
}

/** A list of "v1 PodList" has items that are "v1 Pod", which may leave that out; so has one that a snapshot calls "v1 Pod". */
function headOf(fields: ReadonlyMap<string, unknown>): Partial<Identity> {
  const apiVersion = fields.get("apiVersion");
  const kind = fields.get("kind");
  if (typeof apiVersion !== "string" || typeof kind !== "string" || kind === "List") return {};
  return { apiVersion, kind: kind.endsWith("List") ? kind.slice(0, -"List".length) : kind };
}

function textOf({ bytes }: ByteScanner, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
}
