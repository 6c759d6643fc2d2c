/** A heap whose items can also be found, replaced and removed by key. Of equal items the one that came first is first. */
export class KeyedHeap<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #entries: Entry<T>[] = [];
  readonly #byKey = new Map<string, Entry<T>>();
  #nextSequence = 0;

  /** `compare` is below zero when `a` comes out before `b`. */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#entries.length;
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key)?.item;
  }

  peek(): T | undefined {
    return this.#entries[0]?.item;
  }

  /** Adds an item, or puts it in the place of the one with the same key. */
  set(key: string, item: T): void {
    this.delete(key);
    const entry = { key, item, sequence: this.#nextSequence++, index: this.#entries.length };
    this.#entries.push(entry);
    this.#byKey.set(key, entry);
    this.#rise(entry.index);
  }

  delete(key: string): T | undefined {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return undefined;
    const { index } = entry;
    this.#swap(index, this.#entries.length - 1);
    this.#entries.pop();
    this.#byKey.delete(key);
    if (index < this.#entries.length) {
      this.#rise(index);
      this.#sink(index);
    }
    return entry.item;
  }

  pop(): T | undefined {
    const first = this.#entries[0];
    return first && this.delete(first.key);
  }

  #before(i: number, j: number): boolean {
    const a = this.#entries[i] as Entry<T>;
    const b = this.#entries[j] as Entry<T>;
    const order = this.#compare(a.item, b.item);
    return order < 0 || (order === 0 && a.sequence < b.sequence);
  }

  #swap(i: number, j: number): void {
    if (i === j) return;
    const a = this.#entries[i] as Entry<T>;
    const b = this.#entries[j] as Entry<T>;
    this.#entries[i] = b;
    this.#entries[j] = a;
    b.index = i;
    a.index = j;
  }

  #rise(from: number): void {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #sink(from: number): void {
    for (let i = from; ; ) {
      const left = 2 * i + 1;
      let first = i;
      if (left < this.#entries.length && this.#before(left, first)) first = left;
      if (left + 1 < this.#entries.length && this.#before(left + 1, first)) first = left + 1;
      if (first === i) return;
      this.#swap(i, first);
      i = first;
    }
  }
}

interface Entry<T> {
  readonly key: string;
  readonly item: T;
  readonly sequence: number;
  index: number;
}
