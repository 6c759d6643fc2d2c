/**
 * Reads a pod straight from its bytes. What makes its class is copied together and looked up; only the first pod of a text is
 * parsed. What is a pod's own is picked out on the way. A pod with anything unusual about it is parsed as a whole.
 */

import { parseTime } from "../../kube/time.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { ModelBuilder } from "../model/builder.ts";
import { type ByteScanner, CLOSE_LIST, hasEscape, OPEN_LIST, OPEN_OBJECT, QUOTE } from "./byte-scanner.ts";
import { FieldTree } from "./field-tree.ts";
import { specTree } from "./pod-fields.ts";
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

export class PodReader {
  readonly #builder: ModelBuilder;
  readonly #classes = new TextTable();
  readonly #fields: FieldTree;
  readonly #condition: FieldTree;

  // Of the pod that is being read.
  readonly #name: Range = { from: 0, to: 0 };
  readonly #nodeName: Range = { from: 0, to: 0 };
  readonly #phase: Range = { from: 0, to: 0 };
  readonly #startTime: Range = { from: 0, to: 0 };
  readonly #type: Range = { from: 0, to: 0 };
  readonly #status: Range = { from: 0, to: 0 };
  #isReady = false;
  #isTerminating = false;
  /** Has something that this reader leaves to the parser. */
  #isUnusual = false;

  constructor(builder: ModelBuilder) {
    this.#builder = builder;
    const text = (range: Range) => (scanner: ByteScanner) => this.#readText(scanner, range);
    const unusual = (scanner: ByteScanner) => {
      this.#isUnusual = true;
      scanner.skip();
    };
    this.#condition = new FieldTree({ type: text(this.#type), status: text(this.#status) });
    this.#fields = new FieldTree({
      metadata: new FieldTree({
        name: text(this.#name),
        generateName: "keep",
        namespace: "keep",
        labels: "keep",
        ownerReferences: "pack",
        deletionTimestamp: (scanner) => {
          this.#isTerminating = scanner.need() === QUOTE;
          scanner.skip();
        },
      }),
      // Claims of ephemeral volumes go by the pod's uid.
      spec: specTree({ nodeName: text(this.#nodeName) }, unusual),
      status: new FieldTree({
        phase: text(this.#phase),
        startTime: text(this.#startTime),
        conditions: (scanner) => this.#readConditions(scanner),
        containerStatuses: CONTAINER_STATUSES,
        initContainerStatuses: CONTAINER_STATUSES,
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
    if (this.#isUnusual || this.#name.to === 0) return false;
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
    this.#isReady = false;
    this.#isTerminating = false;
    this.#isUnusual = false;
  }

  /** The class of the text that was kept; none for a pod that cannot be read so. */
  #classNumber(scanner: ByteScanner, nodeName: string): number | undefined {
    const { out } = scanner;
    const isCut = nodeName !== "" && cutPin(scanner, nodeName);
    const text = Buffer.from(out.buffer, out.byteOffset, scanner.outAt);
    const again = this.#classes.findAgain(text);
    if (again >= 0) return again;
    const hash = hashBytes(out, 0, text.length);
    const known = this.#classes.find(text, hash);
    if (known >= 0) return known;
    const parsed = { ...(JSON.parse(text.toString()) as Pod), apiVersion: "v1", kind: "Pod" } as const;
    const owned = parsed.metadata?.ownerReferences?.some(
      ({ controller, kind }) => controller && kind !== "Node",
    );
    if (!owned) {
      // A pod that nobody owns, or only its node, is like no other.
      const name = textOf(scanner.bytes, this.#name);
      return this.#builder.classOf({ ...parsed, metadata: { ...parsed.metadata, name } });
    }
    const number = this.#builder.classOf(isCut ? withPinAgain(parsed, nodeName) : parsed);
    if (number !== undefined && (!isCut || this.#builder.isPinned(number)))
      this.#classes.add(text, hash, number);
    return number;
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

/**
 * Takes the node out of the kept text of a DaemonSet's pod, where its affinity names the node that it runs on: apart from that,
 * such pods are alike. Whether it did.
 */
function cutPin(scanner: ByteScanner, nodeName: string): boolean {
  const { out } = scanner;
  const text = () => Buffer.from(out.buffer, out.byteOffset, scanner.outAt);
  if (!text().includes(PIN) || !text().includes(OF_DAEMON_SET)) return false;
  const whole = Buffer.from(`${PIN_BEFORE}${nodeName}"`);
  let isCut = false;
  for (let at = text().indexOf(whole); at >= 0; at = text().indexOf(whole)) {
    const nameAt = at + PIN.length;
    out.copyWithin(nameAt, at + whole.length - 1, scanner.outAt);
    scanner.outAt -= whole.length - 1 - PIN.length;
    isCut = true;
  }
  return isCut;
}

/** The pod with the node back in its affinity. */
function withPinAgain(pod: Pod, nodeName: string): Pod {
  const { affinity } = pod.spec;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const nodeSelectorTerms = (required?.nodeSelectorTerms ?? []).map((term) => ({
    ...term,
    ...(term.matchFields && {
      matchFields: term.matchFields.map((field) =>
        field.values?.[0] === "" ? { ...field, values: [nodeName] } : field,
      ),
    }),
  }));
  const nodeAffinity = {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
  };
  return { ...pod, spec: { ...pod.spec, nodeName, affinity: { ...affinity, nodeAffinity } } };
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
