/**
 * Where a pod goes: the node with the highest sum of scores among those that every filter lets pass, as the literal scheduler
 * finds it by asking all of them. Most nodes are not asked here. They were ranked when nothing had changed (`Rankings`), and what
 * is normalized over all nodes is the same for a whole group of them (`Layout`), so of each group the first will do. The nodes
 * that a loss has changed, and those with company that matters to the pod, are looked at one by one.
 */
import { MAX_NODE_SCORE } from "../../scheduler/plugin.ts";
import type { ClassFacts, DomainCount, SpreadRule } from "./class-facts.ts";
import type { Counters } from "./counters.ts";
import { Gate } from "./gate.ts";
import type { Layout } from "./layouts.ts";
import { LoadedCounts } from "./loaded-counts.ts";
import type { LossState } from "./loss-state.ts";
import type { Ranking, Rankings } from "./rankings.ts";
import type { Shape } from "./shapes.ts";
import { SpreadScores } from "./spread-scores.ts";
import type { Topology, TopologyKey } from "./topology.ts";

/** Weights of the default profile's scores that are normalized; the others weigh 1. */
const TAINTS_WEIGHT = 3;
const WISHES_WEIGHT = 2;
const SPREAD_WEIGHT = 2;
const COMPANY_WEIGHT = 2;

/** What is kept of a choice, for those who ask later whether it would still be made. */
export interface Choice {
  readonly facts: ClassFacts;
  /** By group, the own score of a node that is as good as the chosen one; `UNKNOWN` where no node was compared. */
  readonly toBeat: Int16Array;
  /** Of the chosen node: among equal ones the lowest counts. */
  readonly rank: number;
}

/** Any own score may do. */
export const UNKNOWN = -1;
/** None will do: the group is closed. */
const UNBEATEN = 2 ** 15 - 1;
/** Of more groups nothing is kept. */
const GROUPS_KEPT_MAX = 64;

/** In the place of a node: none will do. */
export const NOWHERE = -1;

export class Chooser {
  readonly #state: LossState;
  readonly #rankings: Rankings;
  readonly #topology: Topology;
  readonly #counts: LoadedCounts;
  readonly #gate: Gate;
  readonly #spread: SpreadScores;
  /** By node, the number of the pod for which it was last looked at by itself. */
  readonly #singledOut: Int32Array;
  #podNumber = 0;
  /** Nodes that are looked at one by one; the feasible ones first, once that is known. */
  readonly #singles: Int32Array;
  #singleCount = 0;
  #feasibleSingles = 0;
  /** By place in `#singles`: raw scores of spread and company. */
  readonly #singleSpread: Int32Array;
  readonly #singleCompany: Float64Array;
  /** By group: feasible nodes that are not singled out, and raw scores. */
  readonly #left: Int32Array;
  readonly #groupSpread: Int32Array;
  readonly #groupCompany: Float64Array;
  readonly #groupRest: Int32Array;
  #bestScore = 0;

  constructor(state: LossState, rankings: Rankings, counters: Counters, topology: Topology) {
    const { nodeCount } = state;
    this.#state = state;
    this.#rankings = rankings;
    this.#topology = topology;
    this.#counts = new LoadedCounts(counters, topology, state.isLost);
    this.#gate = new Gate(state, topology, this.#counts);
    this.#spread = new SpreadScores(this.#counts);
    this.#singledOut = new Int32Array(nodeCount);
    this.#singles = new Int32Array(nodeCount);
    this.#singleSpread = new Int32Array(nodeCount);
    this.#singleCompany = new Float64Array(nodeCount);
    this.#left = new Int32Array(nodeCount);
    this.#groupSpread = new Int32Array(nodeCount);
    this.#groupCompany = new Float64Array(nodeCount);
    this.#groupRest = new Int32Array(nodeCount);
  }

  /** Counts of standing pods have changed for good. */
  forgetCounts(): void {
    this.#counts.forget();
  }

  /** About the choice of a node that has just been made. */
  lastChoice(facts: ClassFacts, node: number): Choice {
    const { groups } = facts.ranking.layout;
    const toBeat = Int16Array.from({ length: groups > GROUPS_KEPT_MAX ? 0 : groups }, (_, group) => {
      if (this.#gate.isClosed(group)) return UNBEATEN;
      return this.#left[group] === 0 ? UNKNOWN : this.#bestScore - (this.#groupRest[group] as number);
    });
    return { facts, toBeat, rank: this.#state.rankOf[node] as number };
  }

  /** The index of the node that a pod of the class goes to, or `NOWHERE`. */
  choose(facts: ClassFacts): number {
    const ranking = this.#rankings.of(facts.ranking);
    this.#counts.load(facts);
    this.#gate.prepare(facts);
    this.#singleOut(ranking);
    const isAnywhere = this.#findFeasible(facts, ranking);
    const chosen = isAnywhere ? this.#findBest(facts, ranking) : NOWHERE;
    this.#counts.clear();
    return chosen;
  }

  /** Every node that will do. */
  openNodes(facts: ClassFacts): readonly number[] {
    const ranking = this.#lookAround(facts);
    const nodes: number[] = Array.from(this.#singles.subarray(0, this.#feasibleSingles));
    const { order, start } = ranking;
    for (let group = 0; group < facts.ranking.layout.groups; group++) {
      if (this.#left[group] === 0) continue;
      for (let i = start[group] as number; i < (start[group + 1] as number); i++) {
        const node = order[i] as number;
        if (this.#singledOut[node] !== this.#podNumber) nodes.push(node);
      }
    }
    this.#counts.clear();
    return nodes;
  }

  /** How many nodes will do. */
  countOpen(facts: ClassFacts): number {
    this.#lookAround(facts);
    let count = this.#feasibleSingles;
    for (let group = 0; group < facts.ranking.layout.groups; group++) count += this.#left[group] as number;
    this.#counts.clear();
    return count;
  }

  /** Finds what is feasible, and leaves the counts loaded. */
  #lookAround(facts: ClassFacts): Ranking {
    const ranking = this.#rankings.of(facts.ranking);
    this.#counts.load(facts);
    this.#gate.prepare(facts);
    this.#singleOut(ranking);
    this.#findFeasible(facts, ranking);
    return ranking;
  }

  /** The nodes by the domains that count for a rule: a list for each, also where it is empty. */
  byDomain({ key, domainNodes }: SpreadRule, nodes: readonly number[]): readonly (readonly number[])[] {
    const { domainOf } = this.#topology.keys[key] as TopologyKey;
    const lists = Array.from(domainNodes, (): number[] => []);
    for (const node of nodes) lists[domainOf[node] as number]?.push(node);
    return lists.filter((_, domain) => (domainNodes[domain] as number) > 0);
  }

  /** Whether one node will do. */
  suits(facts: ClassFacts, node: number): boolean {
    this.#counts.load(facts);
    this.#gate.prepare(facts);
    const { shape, layout } = facts.ranking;
    const suits = this.#suits(shape, node) && this.#gate.passesNode(layout.groupOf[node] as number, node);
    this.#counts.clear();
    return suits;
  }

  #singleOut({ builtAt }: Ranking): void {
    this.#podNumber++;
    this.#singleCount = 0;
    const { changed } = this.#state;
    for (let i = builtAt; i < changed.length; i++) this.#add(changed[i] as number);
    const { nodes } = this.#counts;
    for (let i = 0; i < nodes.length; i++) this.#add(nodes[i] as number);
  }

  #add(node: number): void {
    if (this.#singledOut[node] === this.#podNumber) return;
    this.#singledOut[node] = this.#podNumber;
    this.#singles[this.#singleCount++] = node;
  }

  /** Counts what is feasible: single nodes, and what is left of each group. Whether anything is. */
  #findFeasible({ ranking: { shape, layout } }: ClassFacts, { start, suited }: Ranking): boolean {
    const left = this.#left;
    for (let group = 0; group < layout.groups; group++) {
      left[group] = (start[group + 1] as number) - (start[group] as number);
    }
    let feasible = 0;
    for (let i = 0; i < this.#singleCount; i++) {
      const node = this.#singles[i] as number;
      const group = layout.groupOf[node] as number;
      if ((((suited[node >> 3] as number) >> (node & 7)) & 1) === 1)
        left[group] = (left[group] as number) - 1;
      if (this.#suits(shape, node) && this.#gate.passesNode(group, node)) this.#singles[feasible++] = node;
    }
    this.#feasibleSingles = feasible;
    let isAnywhere = feasible > 0;
    for (let group = 0; group < layout.groups; group++) {
      if ((left[group] as number) > 0 && this.#gate.passesGroup(group)) isAnywhere = true;
      else left[group] = 0;
    }
    return isAnywhere;
  }

  #suits(shape: Shape, node: number): boolean {
    if (shape.open[node] === 0 || (this.#state.isLost[node] === 1 && !shape.toleratesLoss)) return false;
    return this.#state.now.hasRoom(shape, node);
  }

  #findBest(facts: ClassFacts, ranking: Ranking): number {
    const { shape, layout } = facts.ranking;
    const { rankOf, now } = this.#state;
    const rest = this.#rateRest(facts);
    let best = NOWHERE;
    let bestScore = Number.NEGATIVE_INFINITY;
    const offer = (node: number, score: number) => {
      const isBetter =
        score > bestScore || (score === bestScore && (rankOf[node] as number) < (rankOf[best] as number));
      if (!isBetter) return;
      best = node;
      bestScore = score;
    };
    for (let group = 0; group < layout.groups; group++) {
      if (this.#left[group] === 0) continue;
      const node = this.#firstOf(group, ranking);
      const shared = rest(group, this.#groupSpread[group] as number, this.#groupCompany[group] as number);
      this.#groupRest[group] = shared;
      offer(node, shared + now.rate(shape, node) + (shape.images?.[node] ?? 0));
    }
    for (let i = 0; i < this.#feasibleSingles; i++) {
      const node = this.#singles[i] as number;
      const group = layout.groupOf[node] as number;
      const own = rest(group, this.#singleSpread[i] as number, this.#singleCompany[i] as number);
      offer(node, own + now.rate(shape, node) + (shape.images?.[node] ?? 0));
    }
    this.#bestScore = bestScore;
    return best;
  }

  /** The best node of a group that is not singled out: there is one. */
  #firstOf(group: number, { order, start }: Ranking): number {
    let i = start[group] as number;
    while (this.#singledOut[order[i] as number] === this.#podNumber) i++;
    return order[i] as number;
  }

  /** Rates everything feasible, and gives what normalizes: the sum of what is not a node's own, by group and raw scores. */
  #rateRest(facts: ClassFacts): (group: number, spread: number, company: number) => number {
    const { layout } = facts.ranking;
    const spread = this.#spread;
    spread.prepare(facts);
    let mostTaints = 0;
    let mostWishes = 0;
    const note = (group: number, nodes: number) => {
      mostTaints = Math.max(mostTaints, layout.softTaints[group] as number);
      mostWishes = Math.max(mostWishes, layout.wishes[group] as number);
      spread.addFeasible(group, nodes);
    };
    for (let group = 0; group < layout.groups; group++) {
      if ((this.#left[group] as number) > 0) note(group, this.#left[group] as number);
    }
    for (let i = 0; i < this.#feasibleSingles; i++)
      note(layout.groupOf[this.#singles[i] as number] as number, 1);
    spread.weigh();
    let leastCompany = Number.POSITIVE_INFINITY;
    let mostCompany = Number.NEGATIVE_INFINITY;
    const rateCompany = (group: number, node: number | undefined) => {
      const sum = this.#companyOf(facts.company, layout, group, node);
      leastCompany = Math.min(leastCompany, sum);
      mostCompany = Math.max(mostCompany, sum);
      return sum;
    };
    for (let group = 0; group < layout.groups; group++) {
      if (this.#left[group] === 0) continue;
      this.#groupSpread[group] = spread.rate(group, undefined);
      this.#groupCompany[group] = rateCompany(group, undefined);
    }
    for (let i = 0; i < this.#feasibleSingles; i++) {
      const node = this.#singles[i] as number;
      const group = layout.groupOf[node] as number;
      this.#singleSpread[i] = spread.rate(group, node);
      this.#singleCompany[i] = rateCompany(group, node);
    }
    const range = mostCompany - leastCompany;
    const hasSpread = facts.wishes.length > 0;
    return (group, rawSpread, rawCompany) => {
      let score = TAINTS_WEIGHT * (MAX_NODE_SCORE - scaled(layout.softTaints[group] as number, mostTaints));
      score += WISHES_WEIGHT * scaled(layout.wishes[group] as number, mostWishes);
      if (hasSpread) score += SPREAD_WEIGHT * spread.normalize(rawSpread);
      if (range > 0)
        score += COMPANY_WEIGHT * Math.trunc(MAX_NODE_SCORE * ((rawCompany - leastCompany) / range));
      return score;
    };
  }

  #companyOf(
    company: readonly DomainCount[],
    layout: Layout,
    group: number,
    node: number | undefined,
  ): number {
    let sum = 0;
    for (const { slot, column, isByNode } of company) {
      if (isByNode) {
        if (node !== undefined) sum += this.#counts.byNode(slot)[node] as number;
        continue;
      }
      const domain = layout.domains[column]?.[group] as number;
      if (domain >= 0) sum += this.#counts.totals(slot)[domain] as number;
    }
    return sum;
  }
}

function scaled(score: number, highest: number): number {
  return highest === 0 ? 0 : Math.floor((MAX_NODE_SCORE * score) / highest);
}
