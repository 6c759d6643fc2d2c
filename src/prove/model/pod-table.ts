/** What each pod has of its own, in typed arrays that grow: some two dozen bytes instead of an object. */

import { grown, inSharedMemory, inserted, picked, removed } from "./number-arrays.ts";

/** Bits of a pod's flags. */
export const READY = 1;
/** Being deleted, on a node that cannot end it: it stays until the node is back or gone. */
export const TERMINATING = 2;
/** A kubelet runs it by itself; the API only has a mirror. */
export const STATIC = 4;
/** Made by a DaemonSet for its node. */
export const DAEMON = 8;
/** Bound to a node that is not there: it holds nothing, and is no pod that waits for a node. */
export const ORPHANED = 16;
/** Its name begins with what its class generates names from; only the rest is kept. */
export const GENERATED = 32;

/** The columns of a table, in memory that threads share. */
export interface PodColumns {
  readonly count: number;
  readonly classOf: Int32Array;
  readonly nodeOf: Int32Array;
  readonly startOf: Uint32Array;
  readonly flags: Uint8Array;
  readonly nameAt: Uint32Array;
  readonly names: Uint8Array;
}

/** What a pod has of its own. */
export interface PodRow {
  readonly podClass: number;
  /** -1 for none. */
  readonly node: number;
  readonly startSeconds: number;
  readonly flags: number;
  /** What is kept of its name, as `flags` says. */
  readonly name: string;
}

/** Pods in the order in which they came, or in the model's. */
export class PodTable {
  count = 0;
  classOf = new Int32Array(1024);
  nodeOf = new Int32Array(1024);
  /** Seconds since the epoch; 0 for a pod that has not started. */
  startOf = new Uint32Array(1024);
  flags = new Uint8Array(1024);
  /** Where the pod's name begins in `names`: a byte that says how long it is, then the name. */
  nameAt = new Uint32Array(1024);
  names = new Uint8Array(1 << 15);
  #namesEnd = 0;

  /** @param name what is kept of it, as `flags` says */
  add(classIndex: number, node: number, startSeconds: number, flags: number, name: string): number {
    const i = this.count++;
    if (i === this.classOf.length) this.#grow();
    this.classOf[i] = classIndex;
    this.nodeOf[i] = node;
    this.startOf[i] = startSeconds;
    this.flags[i] = flags;
    this.nameAt[i] = this.#keepName(name);
    return i;
  }

  /** Puts a pod into the place of another one, or before it. The columns may be others afterwards. */
  put(i: number, { podClass, node, startSeconds, flags, name }: PodRow, isNew: boolean): void {
    if (isNew) {
      this.#eachColumn((column) => inserted(column, i, 0));
      this.count++;
    }
    this.classOf[i] = podClass;
    this.nodeOf[i] = node;
    this.startOf[i] = startSeconds;
    this.flags[i] = flags;
    if (isNew || this.nameOf(i) !== name) this.nameAt[i] = this.#keepName(name);
  }

  row(i: number): PodRow {
    return {
      podClass: this.classOf[i] as number,
      node: this.nodeOf[i] as number,
      startSeconds: this.startOf[i] as number,
      flags: this.flags[i] as number,
      name: this.nameOf(i),
    };
  }

  /** Takes a pod out. The columns are others afterwards. */
  remove(i: number): void {
    this.#eachColumn((column) => removed(column, i));
    this.count--;
  }

  #eachColumn(change: <T extends Int32Array | Uint32Array | Uint8Array>(column: T) => T): void {
    this.classOf = change(this.classOf);
    this.nodeOf = change(this.nodeOf);
    this.startOf = change(this.startOf);
    this.flags = change(this.flags);
    this.nameAt = change(this.nameAt);
  }

  /** The table on the other side of `shared`; nothing may be added to it. */
  static of(columns: PodColumns): PodTable {
    return Object.assign(new PodTable(), columns);
  }

  /** The same columns where other threads can read them; they stay as they are now. */
  shared(): PodColumns {
    const { count } = this;
    return {
      count,
      classOf: inSharedMemory(this.classOf.subarray(0, count), Int32Array),
      nodeOf: inSharedMemory(this.nodeOf.subarray(0, count), Int32Array),
      startOf: inSharedMemory(this.startOf.subarray(0, count), Uint32Array),
      flags: inSharedMemory(this.flags.subarray(0, count), Uint8Array),
      nameAt: inSharedMemory(this.nameAt.subarray(0, count), Uint32Array),
      names: inSharedMemory(this.names.subarray(0, this.#namesEnd), Uint8Array),
    };
  }

  /** What the pods take, beside what their classes hold. */
  get bytes(): number {
    const arrays = [this.classOf, this.nodeOf, this.startOf, this.flags, this.nameAt, this.names];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** What is kept of a pod's name. */
  nameOf(i: number): string {
    return readName(this.names, this.nameAt[i] as number);
  }

  #keepName(name: string): number {
    const at = this.#namesEnd;
    // A character of UTF-16 is at most three bytes; a name of more than 253 is none, and is cut.
    const need = at + 1 + Math.min(3 * name.length, 255);
    if (need > this.names.length) this.names = grown(this.names, Math.max(2 * this.names.length, need));
    const length = writeName(this.names.subarray(at + 1, at + 256), name);
    this.names[at] = length;
    this.#namesEnd = at + 1 + length;
    return at;
  }

  #grow(): void {
    const length = this.classOf.length * 2;
    this.classOf = grown(this.classOf, length);
    this.nodeOf = grown(this.nodeOf, length);
    this.startOf = grown(this.startOf, length);
    this.flags = grown(this.flags, length);
    this.nameAt = grown(this.nameAt, length);
  }

  /** The pods of `order`, in that order; names stay where they are. */
  reordered(order: Uint32Array): PodTable {
    const table = new PodTable();
    table.count = order.length;
    table.classOf = picked(this.classOf, order, new Int32Array(order.length));
    table.nodeOf = picked(this.nodeOf, order, new Int32Array(order.length));
    table.startOf = picked(this.startOf, order, new Uint32Array(order.length));
    table.flags = picked(this.flags, order, new Uint8Array(order.length));
    table.nameAt = picked(this.nameAt, order, new Uint32Array(order.length));
    table.names = this.names.slice(0, this.#namesEnd);
    table.#namesEnd = this.#namesEnd;
    return table;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function writeName(into: Uint8Array, name: string): number {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 128 || i === into.length) return encoder.encodeInto(name, into).written;
    into[i] = code;
  }
  return name.length;
}

/** The text that begins at a place of a pool of names. */
export function readName(names: Uint8Array, at: number): string {
  const length = names[at] as number;
  let text = "";
  for (let i = at + 1; i <= at + length; i++) {
    const code = names[i] as number;
    if (code >= 128) return decoder.decode(names.subarray(at + 1, at + 1 + length));
    text += String.fromCharCode(code);
  }
  return text;
}
