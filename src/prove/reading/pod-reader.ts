/**
 * Reads a pod straight from its bytes. What makes its class is copied together and looked up; only the first pod of a text is
 * parsed. What is a pod's own is picked out on the way. A pod with anything unusual about it is parsed as a whole.
 */

import { parseTime } from "../../kube/time.ts";
import type { Pod, PodStatus } from "../../kube/types/index.ts";
import type { ModelBuilder } from "../model/builder.ts";
import {
  METADATA_PARTS,
  type PartName,
  type PodPart,
  SPEC_PARTS,
  type SpecPart,
} from "../model/pod-parts.ts";
import { type ByteScanner, CLOSE_LIST, hasEscape, OPEN_LIST, OPEN_OBJECT, QUOTE } from "./byte-scanner.ts";
import { type FieldAction, FieldTree } from "./field-tree.ts";
import { PartTable } from "./part-table.ts";
import { SPEC_ACTIONS, volumesTree } from "./pod-fields.ts";
import { hashBytes, TextTable } from "./text-table.ts";

const CONTAINER_STATUSES = new FieldTree({
  name: "keep",
  resources: new FieldTree({ requests: "keep" }),
  allocatedResources: "keep",
});

/** A stretch of the window. */
interface Range {
  from: number;
  to: number;
}

/** What stands in the place of a DaemonSet pod's node in the text of its class. */
const PIN_BEFORE = '"matchFields":[{"key":"metadata.name","operator":"In","values":["';

const encoder = new TextEncoder();
const PIN = Buffer.from(PIN_BEFORE);
const READY = encoder.encode("Ready");
const TRUE = encoder.encode("True");
const SUCCEEDED = encoder.encode("Succeeded");
const FAILED = encoder.encode("Failed");
const OF_DAEMON_SET = Buffer.from('"kind":"DaemonSet"');
const NULL = "n".charCodeAt(0);
const RESIZING = encoder.encode("PodResizePending");

/** Where the text of each part begins and ends in what the scanner has kept; -1 for a part that is not there. */
interface KeptParts {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

const STATUS_PARTS = ["containerStatuses", "initContainerStatuses"] as const;
const PARTS = [...METADATA_PARTS, ...SPEC_PARTS, ...STATUS_PARTS] as const;
const CONTAINERS = PARTS.indexOf("containers");
/** Before the text of each part: no text begins so. */
const PART_MARK = 0x80;

export class PodReader {
  readonly #builder: ModelBuilder;
  readonly #classes = new TextTable();
  readonly #parts = METADATA_PARTS.concat(SPEC_PARTS as never).map(
    () => new PartTable<PodPart | undefined>(),
  );
  readonly #statuses = STATUS_PARTS.map(() => new PartTable<unknown>());
  readonly #fields: FieldTree;
  readonly #condition: FieldTree;

  // Of the pod that is being read.
  readonly #name: Range = { from: 0, to: 0 };
  readonly #nodeName: Range = { from: 0, to: 0 };
  readonly #phase: Range = { from: 0, to: 0 };
  readonly #startTime: Range = { from: 0, to: 0 };
  readonly #type: Range = { from: 0, to: 0 };
  readonly #status: Range = { from: 0, to: 0 };
  readonly #kept: KeptParts = { from: new Int32Array(PARTS.length), to: new Int32Array(PARTS.length) };
  #isReady = false;
  #isTerminating = false;
  /** Has something that this reader leaves to the parser. */
  #isUnusual = false;

  constructor(builder: ModelBuilder) {
    this.#builder = builder;
    const text = (range: Range) => (scanner: ByteScanner) => this.#readText(scanner, range);
    // Claims of ephemeral volumes go by the pod's uid.
    const unusual = (scanner: ByteScanner) => {
      this.#isUnusual = true;
      scanner.skip();
    };
    const part = (name: (typeof PARTS)[number], action: FieldAction): [string, FieldAction] => {
      const index = PARTS.indexOf(name);
      return [name, (scanner) => this.#keepPart(scanner, index, action)];
    };
    const actions: Readonly<Record<SpecPart, FieldAction>> = {
      ...SPEC_ACTIONS,
      volumes: volumesTree(unusual),
      // A DaemonSet's pod is recognised by its bytes.
      affinity: "pack",
    };
    this.#condition = new FieldTree({ type: text(this.#type), status: text(this.#status) });
    const object = (fields: Readonly<Record<string, FieldAction>>): FieldAction => {
      const tree = new FieldTree(fields);
      return (scanner) => {
        if (scanner.need() !== OPEN_OBJECT) this.#isUnusual = true;
        tree.project(scanner);
      };
    };
    this.#fields = new FieldTree({
      metadata: object({
        name: text(this.#name),
        ...Object.fromEntries(
          METADATA_PARTS.map((name) => part(name, name === "ownerReferences" ? "pack" : "keep")),
        ),
        deletionTimestamp: (scanner) => {
          this.#isTerminating = scanner.need() === QUOTE;
          scanner.skip();
        },
      }),
      spec: object({
        nodeName: text(this.#nodeName),
        ...Object.fromEntries(SPEC_PARTS.map((name) => part(name, actions[name]))),
      }),
      status: object({
        phase: text(this.#phase),
        startTime: text(this.#startTime),
        conditions: (scanner) => this.#readConditions(scanner),
        ...Object.fromEntries(STATUS_PARTS.map((name) => part(name, CONTAINER_STATUSES))),
      }),
    });
  }

  /**
   * Reads the pod that the scanner stands before. Throws what the scanner throws; nothing is added then.
   * @returns whether the pod was added; if not, the scanner has passed over it, and it is to be parsed
   */
  read(scanner: ByteScanner): boolean {
    this.#reset();
    scanner.outAt = 0;
    if (scanner.need() !== OPEN_OBJECT) return false;
    this.#fields.project(scanner);
    if (this.#isUnusual || this.#name.to === 0 || this.#kept.from[CONTAINERS] === -1) return false;
    const { bytes } = scanner;
    if (isText(bytes, this.#phase, SUCCEEDED) || isText(bytes, this.#phase, FAILED)) return true;
    const nodeName = this.#nodeName.to === 0 ? "" : textOf(bytes, this.#nodeName);
    const startSeconds = this.#startTime.to === 0 ? 0 : secondsOf(bytes, this.#startTime);
    if (Number.isNaN(startSeconds)) return false;
    const number = this.#classNumber(scanner, nodeName);
    if (number === undefined) return false;
    this.#builder.addPodOf(number, {
      name: textOf(bytes, this.#name),
      nodeName,
      isReady: this.#isReady,
      isTerminating: this.#isTerminating,
      startSeconds,
    });
    return true;
  }

  #reset(): void {
    for (const range of [this.#name, this.#nodeName, this.#phase, this.#startTime]) range.to = 0;
    this.#kept.from.fill(-1);
    this.#isReady = false;
    this.#isTerminating = false;
    this.#isUnusual = false;
  }

  #keepPart(scanner: ByteScanner, index: number, action: FieldAction): void {
    const { from, to } = this.#kept;
    // Of a field that is there twice the last one counts, which is for the parser.
    if (from[index] !== -1) this.#isUnusual = true;
    scanner.put(PART_MARK + index);
    from[index] = scanner.outAt;
    if (action === "keep") scanner.copyAsIs();
    else if (action === "pack") scanner.copy();
    else if (action instanceof FieldTree) action.project(scanner);
    to[index] = scanner.outAt;
  }

  /** The class of the text that was kept; none for a pod that cannot be read so. */
  #classNumber(scanner: ByteScanner, nodeName: string): number | undefined {
    const { out } = scanner;
    const whole = Buffer.from(out.buffer, out.byteOffset, scanner.outAt);
    const pinned = nodeName !== "" && isPinned(whole) ? Buffer.from(whole) : undefined;
    if (pinned !== undefined) cutPin(scanner, nodeName);
    const text = pinned === undefined ? whole : whole.subarray(0, scanner.outAt);
    const again = this.#classes.findAgain(text);
    if (again >= 0) return again;
    const hash = hashBytes(out, 0, text.length);
    const known = this.#classes.find(text, hash);
    if (known >= 0) return known;
    const number = this.#newClass(pinned ?? whole, textOf(scanner.bytes, this.#name), pinned && nodeName);
    const isCut = pinned !== undefined && text.length < pinned.length;
    // A pod that nobody owns, or only its node, is like no other.
    const isShared = number !== undefined && this.#builder.isOwned(number);
    if (isShared && (!isCut || this.#builder.isPinned(number))) this.#classes.add(text, hash, number);
    return number;
  }

  /** @param pinnedTo the node, for a pod that may be there for it alone */
  #newClass(kept: Buffer, name: string, pinnedTo: string | undefined): number | undefined {
    if (pinnedTo !== undefined) return this.#builder.classOf(this.#parsed(kept, name, pinnedTo));
    const { from } = this.#kept;
    const parts: { [name in PartName]?: PodPart } = {};
    for (const [i, table] of this.#parts.entries()) {
      if (from[i] === -1) continue;
      const field = PARTS[i] as PartName;
      const part = table.of(this.#textOf(kept, i), (value) => this.#builder.partOf(field, value));
      if (part === undefined) return this.#builder.classOf(this.#parsed(kept, name, undefined));
      parts[field] = part;
    }
    const status: Record<string, unknown> = {};
    for (const [i, field] of STATUS_PARTS.entries()) {
      const index = this.#parts.length + i;
      if (from[index] === -1) continue;
      status[field] = this.#statuses[i]?.of(this.#textOf(kept, index), (value) => value);
    }
    return this.#builder.classOfParts(name, parts, status as unknown as PodStatus);
  }

  #textOf(kept: Buffer, part: number): Buffer {
    return kept.subarray(this.#kept.from[part], this.#kept.to[part]);
  }

  /** The pod with everything that was kept of it. */
  #parsed(kept: Buffer, name: string, nodeName: string | undefined): Pod {
    const fields = (names: readonly string[], before: number) =>
      Object.fromEntries(
        names.flatMap((field, i) => {
          if (this.#kept.from[before + i] === -1) return [];
          return [[field, JSON.parse(this.#textOf(kept, before + i).toString())]];
        }),
      );
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, ...fields(METADATA_PARTS, 0) },
      spec: { ...(nodeName && { nodeName }), ...fields(SPEC_PARTS, METADATA_PARTS.length) },
      status: fields(STATUS_PARTS, this.#parts.length),
    } as unknown as Pod;
  }

  #readText(scanner: ByteScanner, range: Range): void {
    const isText = scanner.need() === QUOTE;
    range.from = scanner.at + 1;
    scanner.skip();
    range.to = isText ? scanner.at - 1 : 0;
    if (!isText) this.#isUnusual ||= scanner.bytes[range.from - 1] !== NULL;
    else this.#isUnusual ||= hasEscape(scanner.bytes, range.from, range.to);
  }

  #readConditions(scanner: ByteScanner): void {
    if (scanner.need() !== OPEN_LIST) {
      this.#isUnusual = true;
      scanner.skip();
      return;
    }
    const { outAt } = scanner;
    if (!scanner.enter(CLOSE_LIST)) return;
    do {
      this.#type.to = 0;
      this.#status.to = 0;
      this.#condition.project(scanner);
      const { bytes } = scanner;
      if (isText(bytes, this.#type, READY)) this.#isReady = isText(bytes, this.#status, TRUE);
      // What a pod has while it is resized in place is more than a class.
      else if (isText(bytes, this.#type, RESIZING)) this.#isUnusual = true;
    } while (scanner.hasMore(CLOSE_LIST));
    scanner.outAt = outAt;
  }
}

/** Whether the kept text may be that of a DaemonSet's pod whose affinity names the node that it runs on. */
function isPinned(text: Buffer): boolean {
  return text.includes(PIN) && text.includes(OF_DAEMON_SET);
}

/** Takes the node out of the kept text of a pinned pod: apart from that, such pods are alike. */
function cutPin(scanner: ByteScanner, nodeName: string): void {
  const { out } = scanner;
  const text = () => Buffer.from(out.buffer, out.byteOffset, scanner.outAt);
  const whole = Buffer.from(`${PIN_BEFORE}${nodeName}"`);
  for (let at = text().indexOf(whole); at >= 0; at = text().indexOf(whole)) {
    const nameAt = at + PIN.length;
    out.copyWithin(nameAt, at + whole.length - 1, scanner.outAt);
    scanner.outAt -= whole.length - 1 - PIN.length;
  }
}

function isText(bytes: Uint8Array, { from, to }: Range, text: Uint8Array): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
  return true;
}

function textOf(bytes: Uint8Array, { from, to }: Range): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
}

/** Seconds since the epoch; NaN for what is no moment. */
function secondsOf(bytes: Uint8Array, range: Range): number {
  const ms = parseTime(textOf(bytes, range));
  return ms === undefined ? Number.NaN : Math.max(0, Math.floor(ms / 1_000));
}
