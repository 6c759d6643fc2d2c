/** Indexes by the group that each belongs to: two arrays, however many groups there are. */
export class Grouped {
  readonly #starts: Uint32Array;
  readonly #items: Int32Array;

  constructor(starts: Uint32Array, items: Int32Array) {
    this.#starts = starts;
    this.#items = items;
  }

  /** The indexes in a group, ascending. */
  of(group: number): Int32Array {
    return this.#items.subarray(this.#starts[group], this.#starts[group + 1]);
  }
}

/** @param groupOf by index, its group, or -1 for none */
export function groupBy(groupOf: Int32Array, groups: number): Grouped {
  const starts = new Uint32Array(groups + 1);
  for (const group of groupOf) if (group >= 0) starts[group + 1] = (starts[group + 1] as number) + 1;
  for (let i = 0; i < groups; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const next = starts.slice();
  const items = new Int32Array(starts[groups] as number);
  for (let i = 0; i < groupOf.length; i++) {
    const group = groupOf[i] as number;
    if (group < 0) continue;
    const at = next[group] as number;
    items[at] = i;
    next[group] = at + 1;
  }
  return new Grouped(starts, items);
}
