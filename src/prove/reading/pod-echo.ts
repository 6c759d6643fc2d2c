/**
 * Knows a pod as one more of the kind that was read before it: the same bytes but for the text of strings and numbers that no
 * answer reads, its name, its node and its start. Such a pod is of the same class, and nothing of it is made into anything.
 */
import { BACKSLASH, type ByteScanner, KEPT, QUOTE, SPACE } from "./byte-scanner.ts";

/** A stretch of the window. */
export interface Range {
  from: number;
  to: number;
}

/** What a text within a pod is for. */
export const FREE = 0;
export const NAME = 1;
export const NODE_NAME = 2;
export const START_TIME = 3;
/** It names the pod's node. */
export const PIN = 4;

/** From here on a native comparison is faster than a loop. */
const LONG = 64;

export class PodEcho {
  /** The pod that was read before. */
  #text = Buffer.alloc(1 << 13);
  #length = 0;
  /** Where in it each text that may be another begins and ends, ascending. */
  #spans = new Int32Array(1 << 10);
  #roles = new Uint8Array(1 << 9);
  #count = 0;

  // Of the pod that was recognised; `to` is 0 for what it does not have.
  readonly name: Range = { from: 0, to: 0 };
  readonly nodeName: Range = { from: 0, to: 0 };
  readonly startTime: Range = { from: 0, to: 0 };
  readonly #pin: Range = { from: 0, to: 0 };
  readonly #ranges = [{ from: 0, to: 0 }, this.name, this.nodeName, this.startTime, this.#pin];

  /** The next pod is like none that came before. */
  forget(): void {
    this.#length = 0;
  }

  /** Takes a pod to compare the next ones with: from a place in the window to where the scanner stands, with what that has noted. */
  learn({ bytes, at, notes, noteCount, noteRoles }: ByteScanner, start: number): void {
    const length = at - start;
    if (length > this.#text.length) this.#text = Buffer.alloc(2 * length);
    this.#text.set(bytes.subarray(start, at));
    this.#length = length;
    if (noteCount > this.#roles.length) {
      this.#roles = new Uint8Array(2 * noteCount);
      this.#spans = new Int32Array(4 * noteCount);
    }
    let count = 0;
    for (let i = 0; i < noteCount; i++) {
      // What is kept has to be the same.
      if (noteRoles[i] === KEPT) continue;
      this.#spans[2 * count] = (notes[2 * i] as number) - start;
      this.#spans[2 * count + 1] = (notes[2 * i + 1] as number) - start;
      this.#roles[count++] = noteRoles[i] as number;
    }
    this.#count = count;
  }

  /** Whether the scanner stands before another pod of the kind, which it then has passed over. */
  recognise(scanner: ByteScanner): boolean {
    if (this.#length === 0) return false;
    const text = this.#text;
    const spans = this.#spans;
    const { bytes, end } = scanner;
    for (const range of this.#ranges) range.to = 0;
    let at = 0;
    let there = scanner.at;
    for (let span = 0; ; span++) {
      const isLast = span === this.#count;
      const until = isLast ? this.#length : (spans[2 * span] as number);
      const length = until - at;
      if (there + length >= end) return false;
      if (length > LONG) {
        if (text.compare(bytes, there, there + length, at, until) !== 0) return false;
      } else {
        for (let i = 0; i < length; i++) if (text[at + i] !== bytes[there + i]) return false;
      }
      there += length;
      if (isLast) break;
      at = spans[2 * span + 1] as number;
      const from = there;
      there = text[until - 1] === QUOTE ? endOfText(bytes, there, end) : endOfNumber(bytes, there, end);
      if (there < 0) return false;
      const role = this.#roles[span] as number;
      if (role !== FREE && !this.#take(role, from, there, bytes)) return false;
    }
    if (this.#pin.to !== 0 && !isSame(bytes, this.#pin, this.nodeName)) return false;
    scanner.at = there;
    return true;
  }

  /** Whether what it says may be so. */
  #take(role: number, from: number, to: number, bytes: Uint8Array): boolean {
    const range = this.#ranges[role] as Range;
    if (role === PIN && range.to !== 0 && !isSame(bytes, range, { from, to })) return false;
    range.from = from;
    range.to = to;
    return to > from;
  }
}

/** Where a plain string ends; -1 for one that has to be looked at closely, or goes on behind the window. */
function endOfText(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (;;) {
    if (at >= end) return -1;
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH || byte < SPACE) return -1;
    at++;
  }
}

/** Where a plain number ends, or -1. */
function endOfNumber(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++;
  if (at === from || at === end || (bytes[from] === 0x30 && at > from + 1)) return -1;
  return at;
}

function isSame(bytes: Uint8Array, a: Range, b: Range): boolean {
  if (a.to - a.from !== b.to - b.from) return false;
  for (let i = a.to - a.from - 1; i >= 0; i--) if (bytes[a.from + i] !== bytes[b.from + i]) return false;
  return true;
}
