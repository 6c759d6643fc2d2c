/**
 * Reads a pod straight from its bytes. What makes its class is copied together and looked up; only the first pod of a text is
 * parsed. What is a pod's own is picked out on the way. A pod with anything unusual about it is parsed as a whole.
 */

import { parseTime } from "../../kube/time.ts";
import type { OwnerReference, Pod, PodStatus } from "../../kube/types/index.ts";
import type { ModelBuilder } from "../model/builder.ts";
import {
  METADATA_PARTS,
  type PartName,
  type PodPart,
  type PodParts,
  SPEC_PARTS,
  type SpecPart,
} from "../model/pod-parts.ts";
import {
  type ByteScanner,
  CLOSE_LIST,
  COLON,
  hasEscape,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from "./byte-scanner.ts";
import { type FieldAction, FieldTree } from "./field-tree.ts";
import { PartTable } from "./part-table.ts";
import { NAME, NODE_NAME, PIN, PodEcho, type Range, START_TIME } from "./pod-echo.ts";
import { SPEC_ACTIONS, volumesTree } from "./pod-fields.ts";
import { hashBytes, TextTable } from "./text-table.ts";

const CONTAINER_STATUSES = new FieldTree({
  name: "keep",
  resources: new FieldTree({ requests: "keep" }),
  allocatedResources: "keep",
});

/** What stands in the place of a DaemonSet pod's node in the text of its class. */
const PIN_BEFORE = '"matchFields":[{"key":"metadata.name","operator":"In","values":["';

const encoder = new TextEncoder();
const PINNING = Buffer.from(PIN_BEFORE);
const PINNED_TO_NONE = Buffer.from(`${PIN_BEFORE}"`);
const READY = encoder.encode("Ready");
const TRUE = encoder.encode("True");
const SUCCEEDED = encoder.encode("Succeeded");
const FAILED = encoder.encode("Failed");
const OF_DAEMON_SET = Buffer.from('"kind":"DaemonSet"');
const NULL = "n".charCodeAt(0);
const LETTER_Z = "Z".charCodeAt(0);
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

  readonly #echo = new PodEcho();
  /** The class of the pods that are recognised. */
  #echoed = -1;
  // Of the pod that is being read, or was read last.
  /** Whether others may be of its class, and are recognised by the text that is kept. */
  #isShared = false;
  #isForItsNode = false;
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
    const text = (range: Range, role?: number) => (scanner: ByteScanner) =>
      this.#readText(scanner, range, role);
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
        name: text(this.#name, NAME),
        ...Object.fromEntries(
          METADATA_PARTS.map((name) => part(name, name === "ownerReferences" ? "pack" : "keep")),
        ),
        deletionTimestamp: (scanner) => {
          this.#isTerminating = scanner.need() === QUOTE;
          scanner.skip();
        },
      }),
      spec: object({
        nodeName: text(this.#nodeName, NODE_NAME),
        ...Object.fromEntries(SPEC_PARTS.map((name) => part(name, actions[name]))),
      }),
      status: object({
        phase: text(this.#phase),
        startTime: text(this.#startTime, START_TIME),
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
    if (scanner.need() !== OPEN_OBJECT) return false;
    const start = scanner.at;
    if (this.#echo.recognise(scanner) && this.#addEcho(scanner.bytes)) return true;
    scanner.at = start;
    this.#reset();
    scanner.outAt = 0;
    scanner.noteCount = 0;
    scanner.isNoting = true;
    try {
      this.#fields.project(scanner);
    } finally {
      scanner.isNoting = false;
    }
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
    this.#learn(scanner, start, number, nodeName);
    return true;
  }

  /** Adds the pod that was recognised, unless something about it is not as it should be. */
  #addEcho(bytes: Uint8Array): boolean {
    const { name, nodeName, startTime } = this.#echo;
    const startSeconds = startTime.to === 0 ? 0 : secondsOf(bytes, startTime);
    if (Number.isNaN(startSeconds)) return false;
    this.#builder.addPodOf(this.#echoed, {
      name: textOf(bytes, name),
      nodeName: nodeName.to === 0 ? "" : textOf(bytes, nodeName),
      isReady: this.#isReady,
      isTerminating: this.#isTerminating,
      startSeconds,
    });
    return true;
  }

  #learn(scanner: ByteScanner, start: number, number: number, nodeName: string): void {
    const isEchoed =
      this.#isShared && (!this.#builder.isPinned(number) || notePins(scanner, start, nodeName));
    if (!isEchoed) this.#echo.forget();
    else {
      this.#echo.learn(scanner, start);
      this.#echoed = number;
    }
  }

  #reset(): void {
    this.#echo.forget();
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
    const isPinned = mayBePinned(whole);
    // One that is pinned to a node without a name reads as those do from which the name was cut out.
    if (isPinned && whole.includes(PINNED_TO_NONE)) return undefined;
    const uncut = nodeName !== "" && isPinned ? Buffer.from(whole) : undefined;
    if (uncut !== undefined) cutPin(scanner, nodeName);
    const text = uncut === undefined ? whole : whole.subarray(0, scanner.outAt);
    const again = this.#classes.findAgain(text);
    this.#isShared = true;
    if (again >= 0) return again;
    const hash = hashBytes(out, 0, text.length);
    const known = this.#classes.find(text, hash);
    if (known >= 0) return known;
    this.#isForItsNode = false;
    const number = this.#newClass(uncut ?? whole, textOf(scanner.bytes, this.#name), nodeName);
    if (number === undefined) return undefined;
    // Where the node has a say, only a text from which it was cut out is that of other pods.
    const isCut = uncut !== undefined && this.#builder.isPinned(number) && !mentions(text, nodeName);
    // A pod that nobody owns, or only its node, is like no other.
    this.#isShared = this.#builder.isOwned(number) && (isCut || !this.#isForItsNode);
    if (this.#isShared) this.#classes.add(text, hash, number);
    return number;
  }

  #newClass(kept: Buffer, name: string, nodeName: string): number | undefined {
    const { from } = this.#kept;
    const parts: { [name in PartName]?: PodPart } = {};
    for (const [i, table] of this.#parts.entries()) {
      if (from[i] === -1) continue;
      const field = PARTS[i] as PartName;
      const part = table.of(this.#textOf(kept, i), (value) => this.#builder.partOf(field, value));
      if (part === undefined) return this.#builder.classOf(this.#parsed(kept, name, nodeName));
      parts[field] = part;
    }
    this.#isForItsNode = isForItsNode(parts);
    if (this.#isForItsNode) return this.#builder.classOf(this.#parsed(kept, name, nodeName));
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
  #parsed(kept: Buffer, name: string, nodeName: string): Pod {
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

  /** @param role what the text is for; it has to be the same in all pods of a kind where it has none */
  #readText(scanner: ByteScanner, range: Range, role: number | undefined): void {
    const isText = scanner.need() === QUOTE;
    const { isNoting } = scanner;
    scanner.isNoting = isText && role !== undefined;
    range.from = scanner.at + 1;
    scanner.skip();
    scanner.isNoting = isNoting;
    if (isText && role !== undefined) scanner.noteRoles[scanner.noteCount - 1] = role;
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

/** Whether the kept text is written as that of a DaemonSet's pod whose affinity names the node that it runs on. */
function mayBePinned(text: Buffer): boolean {
  return text.includes(PINNING) && text.includes(OF_DAEMON_SET);
}

/** Whether the node's name may stand in the text. */
function mentions(text: Buffer, nodeName: string): boolean {
  return text.includes(nodeName) || hasEscape(text, 0, text.length);
}

/** Whether it depends on the pod's node what its affinity comes to: a DaemonSet's pod may be pinned to it. */
function isForItsNode({ ownerReferences, affinity }: PodParts): boolean {
  const [owner] = (ownerReferences?.value ?? []) as readonly OwnerReference[];
  return owner?.kind === "DaemonSet" && JSON.stringify(affinity?.value ?? null).includes('"matchFields"');
}

/** Takes the node out of the kept text of a pinned pod: apart from that, such pods are alike. */
function cutPin(scanner: ByteScanner, nodeName: string): void {
  const { out } = scanner;
  const text = () => Buffer.from(out.buffer, out.byteOffset, scanner.outAt);
  const whole = Buffer.from(`${PIN_BEFORE}${nodeName}"`);
  for (let at = text().indexOf(whole); at >= 0; at = text().indexOf(whole)) {
    const nameAt = at + PINNING.length;
    out.copyWithin(nameAt, at + whole.length - 1, scanner.outAt);
    scanner.outAt -= whole.length - 1 - PINNING.length;
  }
}

/** Notes where the text of a pinned pod names its node for that reason; whether it is written as densely as that takes. */
function notePins(scanner: ByteScanner, start: number, nodeName: string): boolean {
  const { bytes, at: end, notes, noteRoles, noteCount } = scanner;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  const at = text.indexOf(`${PIN_BEFORE}${nodeName}"`, start);
  const from = at + PINNING.length;
  if (at < 0 || text.indexOf(`${PIN_BEFORE}${nodeName}"`, from) >= 0 || noteCount === noteRoles.length)
    return false;
  let place = noteCount;
  while (place > 0 && (notes[2 * (place - 1)] as number) > from) place--;
  notes.copyWithin(2 * place + 2, 2 * place, 2 * noteCount);
  noteRoles.copyWithin(place + 1, place, noteCount);
  notes[2 * place] = from;
  notes[2 * place + 1] = from + Buffer.byteLength(nodeName);
  noteRoles[place] = PIN;
  scanner.noteCount++;
  return true;
}

function isText(bytes: Uint8Array, { from, to }: Range, text: Uint8Array): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
  return true;
}

function textOf(bytes: Uint8Array, { from, to }: Range): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
}

/** The day that was seen last, as its bytes, and when it began in seconds: pods start on few days. */
const lastDay = new Uint8Array("2026-01-05T".length);
let lastDayStart = 0;

/** Seconds since the epoch; NaN for what is no moment. */
function secondsOf(bytes: Uint8Array, range: Range): number {
  const { from, to } = range;
  const timeAt = from + lastDay.length;
  // "08:00:02Z", as an API server writes it.
  if (to - timeAt === 9 && bytes[to - 1] === LETTER_Z && isText(bytes, { from, to: timeAt }, lastDay)) {
    const hours = twoDigits(bytes, timeAt);
    const minutes = twoDigits(bytes, timeAt + 3);
    const seconds = twoDigits(bytes, timeAt + 6);
    const isTime = bytes[timeAt + 2] === COLON && bytes[timeAt + 5] === COLON;
    if (isTime && hours < 24 && minutes < 60 && seconds < 60) {
      return lastDayStart + hours * 3_600 + minutes * 60 + seconds;
    }
  }
  const text = textOf(bytes, range);
  const ms = parseTime(text);
  if (ms === undefined) return Number.NaN;
  const dayMs = parseTime(`${text.slice(0, lastDay.length)}00:00:00Z`);
  if (dayMs !== undefined && dayMs >= 0) {
    lastDay.set(bytes.subarray(from, timeAt));
    lastDayStart = dayMs / 1_000;
  }
  return Math.max(0, Math.floor(ms / 1_000));
}

/** 99 and more for what is no two digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : 99;
}
