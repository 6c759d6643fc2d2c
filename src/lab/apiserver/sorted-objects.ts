import type { KubeObject } from "../../kube/types/index.ts";
import { compareKeys } from "./object-key.ts";

const NONE: readonly KubeObject[] = Object.freeze([]);

/**
 * Objects by key with their list in order of namespace and name. What changed since the list was last asked for is merged
 * into it then: a list after one write costs a copy, not a sort.
 */
export class SortedObjects {
  readonly #objects = new Map<string, KubeObject>();
  #sorted = NONE;
  /** By key, an object that stands where the list is to change; whether it is still there `#objects` knows. */
  #changed: Map<string, KubeObject> | undefined;

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  put(key: string, object: KubeObject): void {
    this.#objects.set(key, object);
    this.#note(key, object);
  }

  remove(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    this.#note(key, object);
  }

  list(): readonly KubeObject[] {
    if (this.#changed !== undefined) {
      this.#sorted = Object.freeze(this.#merge(this.#changed));
      this.#changed = undefined;
    }
    return this.#sorted;
  }

  #note(key: string, object: KubeObject): void {
    this.#changed ??= new Map();
    this.#changed.set(key, object);
  }

  #merge(changed: ReadonlyMap<string, KubeObject>): KubeObject[] {
    const before = this.#sorted;
    const merged: KubeObject[] = [];
    let from = 0;
    for (const [key, place] of [...changed].sort(([, a], [, b]) => compareKeys(a, b))) {
      const at = firstNotBefore(before, place, from);
      for (let i = from; i < at; i++) merged.push(before[i] as KubeObject);
      const isReplaced = at < before.length && compareKeys(before[at] as KubeObject, place) === 0;
      from = isReplaced ? at + 1 : at;
      const now = this.#objects.get(key);
      if (now !== undefined) merged.push(now);
    }
    for (let i = from; i < before.length; i++) merged.push(before[i] as KubeObject);
    return merged;
  }
}

/** The position, from `low` on, of the first object that does not come before `place`. */
function firstNotBefore(sorted: readonly KubeObject[], place: KubeObject, low: number): number {
  let from = low;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (compareKeys(sorted[middle] as KubeObject, place) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
