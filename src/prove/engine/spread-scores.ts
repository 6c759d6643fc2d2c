import { MAX_NODE_SCORE } from "../../scheduler/plugin.ts";
import type { ClassFacts, SpreadWish } from "./class-facts.ts";
import type { LoadedCounts } from "./loaded-counts.ts";

/** Scores of soft spread constraints, as `SpreadScorer` gives them, for groups of nodes and for single ones. */
export class SpreadScores {
  readonly #counts: LoadedCounts;
  #facts: ClassFacts | undefined;
  readonly #weights: number[] = [];
  /** By wish, the domains that feasible nodes are in. */
  readonly #seen: Set<number>[] = [];
  #rated = 0;
  #lowest = 0;
  #highest = 0;

  constructor(counts: LoadedCounts) {
    this.#counts = counts;
  }

  /** Begins with a pod: its feasible nodes are to be told next, then weights are known and nodes can be rated. */
  prepare(facts: ClassFacts): void {
    this.#facts = facts;
    this.#rated = 0;
    for (let i = 0; i < facts.wishes.length; i++) {
      this.#seen[i]?.clear();
      this.#seen[i] ??= new Set();
    }
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#highest = 0;
  }

  get isNeeded(): boolean {
    return (this.#facts as ClassFacts).wishes.length > 0;
  }

  /** So many feasible nodes of a group. */
  addFeasible(group: number, nodes: number): void {
    const { wishes, ranking } = this.#facts as ClassFacts;
    if (this.#isIgnored(group)) return;
    this.#rated += nodes;
    for (let i = 0; i < wishes.length; i++) {
      const { column } = wishes[i] as SpreadWish;
      // Nodes without the label are one domain together.
      if (column >= 0) (this.#seen[i] as Set<number>).add(ranking.layout.domains[column]?.[group] as number);
    }
  }

  /** All feasible nodes are known: so few large domains do not drown in many small ones. */
  weigh(): void {
    const { wishes } = this.#facts as ClassFacts;
    for (let i = 0; i < wishes.length; i++) {
      const { isByNode } = wishes[i] as SpreadWish;
      this.#weights[i] = Math.log((isByNode ? this.#rated : (this.#seen[i] as Set<number>).size) + 2);
    }
  }

  /** The raw score of a node; -1 where the node is ignored. Without `node` of one of the group that has no pods that count. */
  rate(group: number, node: number | undefined): number {
    const { wishes, ranking } = this.#facts as ClassFacts;
    if (this.#isIgnored(group)) return -1;
    let sum = 0;
    for (let i = 0; i < wishes.length; i++) {
      const { slot, column, isByNode, maxSkew } = wishes[i] as SpreadWish;
      const domain = column < 0 ? 0 : (ranking.layout.domains[column]?.[group] as number);
      if (domain < 0) continue;
      const count = isByNode
        ? node === undefined
          ? 0
          : (this.#counts.byNode(slot)[node] as number)
        : (this.#counts.totals(slot)[domain] as number);
      sum += count * (this.#weights[i] as number) + (maxSkew - 1);
    }
    const score = Math.round(sum);
    this.#lowest = Math.min(this.#lowest, score);
    this.#highest = Math.max(this.#highest, score);
    return score;
  }

  /** A raw score among those of all feasible nodes. */
  normalize(score: number): number {
    if (score < 0) return 0;
    if (this.#highest === 0) return MAX_NODE_SCORE;
    return Math.floor((MAX_NODE_SCORE * (this.#highest + this.#lowest - score)) / this.#highest);
  }

  #isIgnored(group: number): boolean {
    const { wishes, wishesNeedLabels, ranking } = this.#facts as ClassFacts;
    if (!wishesNeedLabels) return false;
    return wishes.some(
      ({ column }) => column >= 0 && (ranking.layout.domains[column]?.[group] as number) < 0,
    );
  }
}
