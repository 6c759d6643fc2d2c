/**
 * Keeps what is read within the memory that it needs, and says before that runs out what a cluster would need: V8 ends the process
 * when its heap is full, without a word to users.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface Heap {
  usedBytes(): number;
  readonly limitBytes: number;
  /** Makes room, so that what is used is what is needed. */
  collect(): void;
  /** From now on makes room before the heap has grown much. */
  spare(): void;
}

/** From so much on, room is worth more than time: V8 would let the heap grow to twice what is needed, and more. */
const LARGE_BYTES = 2 ** 29;

/** When so much of the heap is used, it is looked at closely. */
const NEARLY_FULL = 0.85;
/** When so much is left after that, there is no room to prove anything, nor soon to read on. */
const FULL = 0.75;
/** What is read and what proves it together take so much more: 1,275 MiB after 1,030 MiB, measured with 1,000,000 pods. */
const PROVING = 1.3;
/** Parts to be read between two close looks. */
const PARTS_BETWEEN = 64;

export class MemoryGuard {
  readonly #heap: Heap;
  readonly #before: number;
  readonly #totalBytes: number | undefined;
  #partsToWait = 0;
  #isSparing = false;

  /** @param totalBytes of the text, where that is known */
  constructor(totalBytes: number | undefined, heap: Heap = OWN_HEAP) {
    this.#totalBytes = totalBytes;
    this.#heap = heap;
    this.#before = heap.usedBytes();
  }

  /** After a part: why no more can be read, if so. @param bytes of text that have been read, with so many objects */
  check(bytes: number, objects: number): string | undefined {
    const { limitBytes } = this.#heap;
    const usedBytes = this.#heap.usedBytes();
    if (!this.#isSparing && usedBytes > LARGE_BYTES) {
      this.#isSparing = true;
      this.#heap.spare();
    }
    if (this.#partsToWait > 0) this.#partsToWait--;
    else if (usedBytes > NEARLY_FULL * limitBytes) {
      this.#heap.collect();
      const used = this.#heap.usedBytes();
      if (used > FULL * limitBytes) return this.#why(used, bytes, objects);
      this.#partsToWait = PARTS_BETWEEN;
    }
    return undefined;
  }

  /** When all has been read: why it cannot be proved, if so. */
  checkEnd(bytes: number, objects: number): string | undefined {
    const isTooMuch = () =>
      this.#before + PROVING * (this.#heap.usedBytes() - this.#before) > this.#heap.limitBytes;
    if (!isTooMuch()) return undefined;
    this.#heap.collect();
    return isTooMuch() ? this.#why(this.#heap.usedBytes(), bytes, objects) : undefined;
  }

  #why(used: number, bytes: number, objects: number): string {
    const { limitBytes } = this.#heap;
    const taken = used - this.#before;
    const total = this.#totalBytes === undefined ? bytes : Math.max(bytes, this.#totalBytes);
    const needed = this.#before + PROVING * taken * (total / bytes);
    const least = this.#totalBytes === undefined ? "at least " : "about ";
    const each = Math.round(taken / Math.max(1, objects));
    return (
      `takes more memory than there is: its first ${objects} objects take ${mebibytes(taken)} MiB (${each} bytes each), ` +
      `and all of it ${least}${mebibytes(needed)} MiB with what is needed to prove it, of ${mebibytes(limitBytes)} MiB that ` +
      `Node.js may use; NODE_OPTIONS=--max-old-space-size=${mebibytes(1.25 * needed)} lets it use more`
    );
  }
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** What V8 adds to the limit for young objects, which those that stay cannot use. */
const YOUNG_BYTES = 48 * 2 ** 20;

const OWN_HEAP: Heap = {
  usedBytes: () => getHeapStatistics().used_heap_size,
  limitBytes: getHeapStatistics().heap_size_limit - YOUNG_BYTES,
  collect() {
    setFlagsFromString("--expose-gc");
    (runInNewContext("gc") as () => void)();
  },
  spare: () => setFlagsFromString("--heap-growing-percent=20"),
};
