/**
 * A binary heap ordered by (time, sequence): of two entries due at the same moment the one added first comes out first,
 * which is what makes a run repeatable.
 */
export class TimeHeap<T> {
  readonly #times: number[] = [];
  readonly #sequences: number[] = [];
  readonly #items: T[] = [];
  #nextSequence = 0;

  get size(): number {
    return this.#items.length;
  }

  push(time: number, item: T): void {
    this.#times.push(time);
    this.#sequences.push(this.#nextSequence++);
    this.#items.push(item);
    this.#rise(this.#items.length - 1);
  }

  /** When the first entry is due, or `undefined` for an empty heap. */
  peekTime(): number | undefined {
    return this.#times[0];
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.length - 1;
    if (last < 0) return undefined;
    this.#swap(0, last);
    this.#times.pop();
    this.#sequences.pop();
    this.#items.pop();
    this.#sink(0);
    return first;
  }

  #before(i: number, j: number): boolean {
    const ti = this.#times[i] as number;
    const tj = this.#times[j] as number;
    return ti < tj || (ti === tj && (this.#sequences[i] as number) < (this.#sequences[j] as number));
  }

  #swap(i: number, j: number): void {
    if (i === j) return;
    swap(this.#times, i, j);
    swap(this.#sequences, i, j);
    swap(this.#items, i, j);
  }

  #rise(index: number): void {
    let i = index;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #sink(index: number): void {
    let i = index;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      let first = i;
      if (left < this.#items.length && this.#before(left, first)) first = left;
      if (right < this.#items.length && this.#before(right, first)) first = right;
      if (first === i) return;
      this.#swap(i, first);
      i = first;
    }
  }
}

function swap<T>(list: T[], i: number, j: number): void {
  const held = list[i] as T;
  list[i] = list[j] as T;
  list[j] = held;
}
