/** So much text is remembered. Lists come in order, so what was seen long ago hardly comes again. */
const TEXTS_MAX_BYTES = 1 << 25;

/**
 * Numbers for texts of bytes, so that one that has been seen before is known without being read. Once there is too much text, all
 * of it is forgotten.
 */
export class TextTable {
  /** By slot, one more than the entry's place; 0 for an empty slot. */
  #slots = new Int32Array(1 << 12);
  #hashes = new Int32Array(1 << 11);
  #starts = new Float64Array((1 << 11) + 1);
  #numbers = new Int32Array(1 << 11);
  #pool = Buffer.alloc(1 << 20);
  #count = 0;
  /** The entry that was found or added last: texts mostly come several times in a row. */
  #last = -1;

  /** The number of the text if it is the one of the last look-up, or -1. */
  findAgain(text: Uint8Array): number {
    return this.#last >= 0 && this.#isAt(this.#last, text) ? (this.#numbers[this.#last] as number) : -1;
  }

  /** The number of the text, or -1 for one that has not been added. */
  find(text: Uint8Array, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.#slots[slot] as number) - 1;
      if (entry < 0) return -1;
      if (this.#hashes[entry] !== hash || !this.#isAt(entry, text)) continue;
      this.#last = entry;
      return this.#numbers[entry] as number;
    }
  }

  /** Whether one more text makes the table forget all others. */
  isFullFor(text: Uint8Array): boolean {
    return (this.#starts[this.#count] as number) + text.length > TEXTS_MAX_BYTES;
  }

  add(text: Uint8Array, hash: number, number: number): void {
    if (this.isFullFor(text)) this.#forget();
    const entry = this.#count++;
    if (entry === this.#hashes.length) this.#grow();
    const start = this.#starts[entry] as number;
    const end = start + text.length;
    if (end > this.#pool.length) {
      const larger = Buffer.alloc(Math.max(2 * this.#pool.length, end));
      this.#pool.copy(larger);
      this.#pool = larger;
    }
    this.#pool.set(text, start);
    this.#starts[entry + 1] = end;
    this.#hashes[entry] = hash;
    this.#numbers[entry] = number;
    this.#place(entry);
    this.#last = entry;
  }

  #forget(): void {
    this.#slots.fill(0);
    this.#count = 0;
    this.#last = -1;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[entry] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #grow(): void {
    const length = this.#hashes.length * 2;
    this.#hashes = resized(this.#hashes, length);
    this.#starts = resized(this.#starts, length + 1);
    this.#numbers = resized(this.#numbers, length);
    this.#slots = new Int32Array(length * 2);
    for (let entry = 0; entry < this.#count - 1; entry++) this.#place(entry);
  }

  #isAt(entry: number, text: Uint8Array): boolean {
    const start = this.#starts[entry] as number;
    const end = this.#starts[entry + 1] as number;
    return end - start === text.length && this.#pool.compare(text, 0, text.length, start, end) === 0;
  }
}

/** FNV-1a, 32 bits. */
export function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5;
  for (let i = from; i < to; i++) h = Math.imul(h ^ (bytes[i] as number), 0x01000193);
  return h ^ (h >>> 15);
}

function resized<T extends Int32Array | Float64Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array as never);
  return larger;
}
