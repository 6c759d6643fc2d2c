import type { ClassFacts, DomainCount } from "./class-facts.ts";
import type { Counter, Counters } from "./counters.ts";
import type { Topology, TopologyKey } from "./topology.ts";

/** Longer lists of nodes are added up once for all losses. */
const ADDED_UP_MIN = 64;

/** The counts of one class, added up by domain or by node: what filters and scores look at. Reused for every pod. */
export class LoadedCounts {
  readonly #counters: Counters;
  readonly #topology: Topology;
  readonly #nodeCount: number;
  readonly #isLost: Uint8Array;
  /** By slot; by domain for counts of domains, by node for the others, where it is all 0 between two pods. */
  readonly #totals: Int32Array[] = [];
  readonly #byNode: Int32Array[] = [];
  #standing = new WeakMap<DomainCount, Int32Array>();
  /** Nodes at which some count by node may not be 0. Some may be there twice. */
  readonly nodes: number[] = [];
  #loaded: readonly DomainCount[] = [];

  constructor(counters: Counters, topology: Topology, isLost: Uint8Array) {
    this.#counters = counters;
    this.#topology = topology;
    this.#nodeCount = isLost.length;
    this.#isLost = isLost;
  }

  /** What was added up holds no longer: pods have come or gone for good. */
  forget(): void {
    this.#standing = new WeakMap();
  }

  /** By domain. */
  totals(slot: number): Int32Array {
    return this.#totals[slot] as Int32Array;
  }

  /** By node. */
  byNode(slot: number): Int32Array {
    return this.#byNode[slot] as Int32Array;
  }

  load({ counts }: ClassFacts): void {
    this.#loaded = counts;
    for (const count of counts) {
      const counter = this.#counters.all[count.counter] as Counter;
      if (count.isByNode) this.#loadNodes(count, counter);
      else this.#loadDomains(count, counter);
    }
  }

  /** Makes counts by node 0 again. */
  clear(): void {
    for (const { slot, isByNode } of this.#loaded) {
      if (!isByNode) continue;
      const byNode = this.byNode(slot);
      for (let i = 0; i < this.nodes.length; i++) byNode[this.nodes[i] as number] = 0;
    }
    this.nodes.length = 0;
  }

  #loadNodes(count: DomainCount, { nodes, counts, changedNodes, changes }: Counter): void {
    this.#byNode[count.slot] ??= new Int32Array(this.#nodeCount);
    const byNode = this.byNode(count.slot);
    for (let i = 0; i < nodes.length; i++)
      this.#addToNode(count, byNode, nodes[i] as number, counts[i] as number);
    for (let i = 0; i < changes.length; i++) {
      this.#addToNode(count, byNode, changedNodes[i] as number, changes[i] as number);
    }
  }

  #addToNode(count: DomainCount, byNode: Int32Array, node: number, by: number): void {
    if (!this.isIncluded(count, node)) return;
    byNode[node] = (byNode[node] as number) + by;
    this.nodes.push(node);
  }

  #loadDomains(count: DomainCount, counter: Counter): void {
    const { domainOf, domains } = this.#topology.keys[count.key] as TopologyKey;
    const known = this.#totals[count.slot];
    const totals = known !== undefined && known.length >= domains ? known : new Int32Array(domains);
    this.#totals[count.slot] = totals;
    const { nodes, counts, changedNodes, changes } = counter;
    if (nodes.length < ADDED_UP_MIN || count.dropsLost) {
      totals.fill(0, 0, domains);
      this.#addToDomains(count, domainOf, totals, nodes, counts);
    } else {
      totals.set(this.#standingTotals(count, counter, domainOf, domains));
    }
    this.#addToDomains(count, domainOf, totals, changedNodes, changes);
  }

  #standingTotals(
    count: DomainCount,
    { nodes, counts }: Counter,
    domainOf: Int32Array,
    domains: number,
  ): Int32Array {
    let totals = this.#standing.get(count);
    if (totals === undefined) {
      totals = new Int32Array(domains);
      this.#addToDomains(count, domainOf, totals, nodes, counts);
      this.#standing.set(count, totals);
    }
    return totals;
  }

  #addToDomains(
    count: DomainCount,
    domainOf: Int32Array,
    totals: Int32Array,
    nodes: ArrayLike<number>,
    counts: ArrayLike<number>,
  ): void {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as number;
      const domain = domainOf[node] as number;
      if (domain < 0 || !this.isIncluded(count, node)) continue;
      totals[domain] = (totals[domain] as number) + (counts[i] as number);
    }
  }

  /** Whether what stands on the node counts. */
  isIncluded({ included, dropsLost }: DomainCount, node: number): boolean {
    return !(included !== undefined && included[node] === 0) && !(dropsLost && this.#isLost[node] === 1);
  }
}
