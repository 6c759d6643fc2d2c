import type { StringMap } from "../../../kube/types/index.ts";

/** Numbers by topology key and value: how often something was found in a domain. A number that falls to zero is gone. */
export class TopologyCounts {
  readonly #byKey = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Adds to the domain that labels belong to; nothing happens where they lack the key. */
  add(labels: StringMap, topologyKey: string, by: number): void {
    const value = labels[topologyKey];
    if (value !== undefined) this.addTo(topologyKey, value, by);
  }

  /** Adds to the domain that a value of a key names. */
  addTo(topologyKey: string, value: string, by: number): void {
    const counts = this.#byKey.get(topologyKey) ?? new Map<string, number>();
    const sum = (counts.get(value) ?? 0) + by;
    if (sum === 0) counts.delete(value);
    else counts.set(value, sum);
    if (counts.size === 0) this.#byKey.delete(topologyKey);
    else this.#byKey.set(topologyKey, counts);
  }

  /** The number of the domain that a value of a key names. */
  get(topologyKey: string, value: string): number {
    return this.#byKey.get(topologyKey)?.get(value) ?? 0;
  }

  /** Whether the labels lie in some domain with a number above zero. */
  hasAny(labels: StringMap): boolean {
    for (const [topologyKey, counts] of this.#byKey) {
      const value = labels[topologyKey];
      if (value !== undefined && (counts.get(value) ?? 0) > 0) return true;
    }
    return false;
  }

  /** The sum over the domains that the labels lie in. */
  sum(labels: StringMap): number {
    let sum = 0;
    for (const [topologyKey, counts] of this.#byKey) {
      const value = labels[topologyKey];
      if (value !== undefined) sum += counts.get(value) ?? 0;
    }
    return sum;
  }

  fork(): TopologyCounts {
    const copy = new TopologyCounts();
    for (const [topologyKey, counts] of this.#byKey) copy.#byKey.set(topologyKey, new Map(counts));
    return copy;
  }
}
