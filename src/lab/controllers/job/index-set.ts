/** A set of completion indexes as Jobs write it: "1,3-5,7". Sets are never changed; adding gives another one. */
export class IndexSet {
  static readonly EMPTY = new IndexSet([]);

  /** Ascending, apart from each other by at least one. */
  readonly #intervals: readonly (readonly [first: number, last: number])[];

  private constructor(intervals: readonly (readonly [number, number])[]) {
    this.#intervals = intervals;
  }

  /** Reads the text; indexes from `completions` on, left over from before the Job was made smaller, are dropped. */
  static parse(text: string | undefined, completions: number): IndexSet {
    if (text === undefined || text === "") return IndexSet.EMPTY;
    const indexes: number[] = [];
    for (const part of text.split(",")) {
      const [first, last = first] = part.split("-").map(Number);
      if (first === undefined || last === undefined) continue;
      for (let index = first; index <= Math.min(last, completions - 1); index++) indexes.push(index);
    }
    return IndexSet.of(indexes);
  }

  static of(indexes: Iterable<number>): IndexSet {
    const intervals: [number, number][] = [];
    for (const index of [...new Set(indexes)].sort((a, b) => a - b)) {
      const last = intervals.at(-1);
      if (last !== undefined && last[1] === index - 1) last[1] = index;
      else intervals.push([index, index]);
    }
    return intervals.length === 0 ? IndexSet.EMPTY : new IndexSet(intervals);
  }

  get size(): number {
    return this.#intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  has(index: number): boolean {
    return this.#intervals.some(([first, last]) => first <= index && index <= last);
  }

  /** The set with these indexes too. */
  with(indexes: Iterable<number>): IndexSet {
    const added = [...indexes].filter((index) => !this.has(index));
    return added.length === 0 ? this : IndexSet.of([...this, ...added]);
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [first, last] of this.#intervals) for (let index = first; index <= last; index++) yield index;
  }

  /** Two neighbours stand with a comma, three or more as a range. */
  toString(): string {
    return this.#intervals
      .map(([first, last]) =>
        first === last ? `${first}` : `${first}${last === first + 1 ? "," : "-"}${last}`,
      )
      .join(",");
  }
}
