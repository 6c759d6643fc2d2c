import { fnv32 } from "../base/hash.ts";

/**
 * An order of nodes that only depends on a seed and their names. Wherever kube-scheduler leaves the choice between nodes to
 * chance, the first in this order is one that it could have made, and the same one whoever asks, in whatever order.
 */
export class NodeRanking {
  readonly #seed: number;
  readonly #ranks = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The first of the nodes. The list must not be empty. */
  pick<T extends Named>(nodes: readonly T[]): T {
    let first = nodes[0] as T;
    for (const node of nodes) if (this.compare(node.name, first.name) < 0) first = node;
    return first;
  }

  /** The nodes in this order. */
  sort<T extends Named>(nodes: readonly T[]): readonly T[] {
    return [...nodes].sort((a, b) => this.compare(a.name, b.name));
  }

  /** Negative when the node of the first name comes before that of the second. */
  compare(a: string, b: string): number {
    return this.#rankOf(a) - this.#rankOf(b) || (a < b ? -1 : a > b ? 1 : 0);
  }

  #rankOf(name: string): number {
    let rank = this.#ranks.get(name);
    if (rank === undefined) {
      rank = rankOf(this.#seed, name);
      this.#ranks.set(name, rank);
    }
    return rank;
  }
}

interface Named {
  readonly name: string;
}

/** 32 bits in which names that differ little differ much (the finalizer of MurmurHash3). */
function rankOf(seed: number, name: string): number {
  let h = fnv32(name, fnv32(String(seed)));
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
