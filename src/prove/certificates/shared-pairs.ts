/** Pairs of nodes, one bit each. */
export class NodePairs {
  readonly #nodes: number;
  readonly #bits: Uint32Array;

  constructor(nodes: number) {
    this.#nodes = nodes;
    this.#bits = new Uint32Array(Math.ceil((nodes * nodes) / 32));
  }

  add(a: number, b: number): void {
    const bit = this.#bitOf(a, b);
    const word = bit >>> 5;
    this.#bits[word] = (this.#bits[word] as number) | (1 << (bit & 31));
  }

  has(a: number, b: number): boolean {
    const bit = this.#bitOf(a, b);
    return (((this.#bits[bit >>> 5] as number) >>> (bit & 31)) & 1) === 1;
  }

  /** How many pairs there are. */
  get size(): number {
    let size = 0;
    for (let word of this.#bits) for (; word !== 0; word &= word - 1) size++;
    return size;
  }

  #bitOf(a: number, b: number): number {
    return Math.min(a, b) * this.#nodes + Math.max(a, b);
  }
}

/**
 * The pairs of nodes that both have pods of some workload: only their loss together can leave a workload fewer pods than the
 * loss of either.
 * @param placesOf By workload, the nodes of its pods; negative ones are no node. */
export function pairsThatShare(nodes: number, placesOf: Iterable<ArrayLike<number>>): NodePairs {
  const pairs = new NodePairs(nodes);
  for (const places of placesOf) {
    const distinct = [...new Set(Array.from(places))].filter((node) => node >= 0);
    for (let i = 0; i < distinct.length; i++) {
      for (let j = i + 1; j < distinct.length; j++) pairs.add(distinct[i] as number, distinct[j] as number);
    }
  }
  return pairs;
}
