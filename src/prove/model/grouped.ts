import { inserted, removed } from "./number-arrays.ts";

/** Indexes by the group that each belongs to: two arrays, however many groups there are. */
export class Grouped {
  /** By group, where its indexes begin; one more than there are groups. */
  #starts: Uint32Array;
  #items: Int32Array;

  constructor(starts: Uint32Array, items: Int32Array) {
    this.#starts = starts;
    this.#items = items;
  }

  /** The indexes in a group, ascending. */
  of(group: number): Int32Array {
    return this.#items.subarray(this.#starts[group], this.#starts[group + 1]);
  }

  /** Adds an index to a group. Arrays that `of` gave before must not be used any more, as after every change. */
  add(group: number, index: number): void {
    const end = this.#starts[group + 1] as number;
    let at = this.#starts[group] as number;
    while (at < end && (this.#items[at] as number) < index) at++;
    this.#items = inserted(this.#items, at, index);
    shift(this.#starts, group + 1, 1);
  }

  /** Takes an index out of the group that it is in. */
  remove(group: number, index: number): void {
    const at = (this.#starts[group] as number) + this.of(group).indexOf(index);
    this.#items = removed(this.#items, at);
    shift(this.#starts, group + 1, -1);
  }

  /** Makes every index from one on so much larger. */
  renumber(from: number, by: 1 | -1): void {
    const items = this.#items;
    for (let i = 0; i < items.length; i++) {
      const index = items[i] as number;
      if (index >= from) items[i] = index + by;
    }
  }

  /** Adds a group without indexes before another one, or behind the last. */
  addGroup(group: number): void {
    this.#starts = inserted(this.#starts, group, this.#starts[group] as number);
  }

  /** Takes out a group that has no indexes. */
  removeGroup(group: number): void {
    this.#starts = removed(this.#starts, group);
  }
}

function shift(starts: Uint32Array, from: number, by: 1 | -1): void {
  for (let i = from; i < starts.length; i++) starts[i] = (starts[i] as number) + by;
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
