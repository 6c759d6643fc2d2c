import type { ClassFacts, DomainCount, SpreadRule } from "./class-facts.ts";
import type { Layout } from "./layouts.ts";
import type { LoadedCounts } from "./loaded-counts.ts";
import type { LossState } from "./loss-state.ts";
import type { Topology, TopologyKey } from "./topology.ts";

/**
 * The filters that look at other pods: hard spread, required affinity, anti-affinity both ways. For one pod at a time it says
 * which groups of nodes pass, and of a node in a passing group whether its own company keeps the pod off.
 */
export class Gate {
  readonly #state: LossState;
  readonly #topology: Topology;
  readonly #counts: LoadedCounts;
  /** By group, 1 where domains larger than a node let the pod pass. */
  readonly #isGroupOpen: Uint8Array;
  /** By group, 1 where the company that the pod must be near to is in all such domains. */
  readonly #isGroupNear: Uint8Array;
  #facts: ClassFacts | undefined;
  /** By rule that counts by node, how many pods a node may have already. */
  readonly #hostMax: number[] = [];
  /** Nobody is there yet whom the pod must be near to. */
  #isFirst = false;
  #hasNearByNode = false;

  constructor(state: LossState, topology: Topology, counts: LoadedCounts) {
    this.#state = state;
    this.#topology = topology;
    this.#counts = counts;
    this.#isGroupOpen = new Uint8Array(state.nodeCount);
    this.#isGroupNear = new Uint8Array(state.nodeCount);
  }

  /** Prepares for a pod whose counts are loaded. */
  prepare(facts: ClassFacts): void {
    this.#facts = facts;
    const { layout } = facts.ranking;
    this.#isGroupOpen.fill(1, 0, layout.groups);
    this.#isGroupNear.fill(1, 0, layout.groups);
    this.#hostMax.length = 0;
    for (const rule of facts.rules) this.#applyRule(rule, layout);
    for (const count of facts.shunned) if (!count.isByNode) this.#applyShunned(count, layout);
    this.#isFirst = false;
    this.#hasNearByNode = false;
    if (facts.near === undefined) return;
    for (const count of facts.near.keys) this.#applyNear(count, layout);
    this.#isFirst = facts.near.mayBeFirst && facts.near.keys.every((count) => this.#isEmpty(count));
  }

  /** Whether no node of the group passes, whatever stands on it. */
  isClosed(group: number): boolean {
    return this.#isGroupOpen[group] === 0;
  }

  /** Whether nodes of the group that have no company of their own pass. */
  passesGroup(group: number): boolean {
    if (this.#isGroupOpen[group] === 0) return false;
    const isNear = this.#isGroupNear[group] === 1 && !this.#hasNearByNode;
    if (!isNear && !this.#isFirst) return false;
    for (const max of this.#hostMax) if (max < 0) return false;
    return true;
  }

  /** Whether one node of the group passes, whatever its company. */
  passesNode(group: number, node: number): boolean {
    if (this.#isGroupOpen[group] === 0) return false;
    const { rules, shunned, near } = this.#facts as ClassFacts;
    let hosts = 0;
    for (const { isByNode, slot } of rules) {
      if (isByNode && (this.#counts.byNode(slot)[node] as number) > (this.#hostMax[hosts++] as number))
        return false;
    }
    for (const { isByNode, slot } of shunned) {
      if (isByNode && (this.#counts.byNode(slot)[node] as number) > 0) return false;
    }
    if (near === undefined || this.#isFirst) return true;
    if (this.#isGroupNear[group] === 0) return false;
    for (const { isByNode, slot } of near.keys) {
      if (isByNode && (this.#counts.byNode(slot)[node] as number) <= 0) return false;
    }
    return true;
  }

  #applyRule(rule: SpreadRule, layout: Layout): void {
    if (rule.isByNode) {
      this.#hostMax.push(rule.maxSkew + this.#fewestOnNode(rule) - rule.own);
      return;
    }
    const totals = this.#counts.totals(rule.slot);
    const max = rule.maxSkew + this.#fewestInDomain(rule, totals) - rule.own;
    const domains = layout.domains[rule.column] as Int32Array;
    for (let group = 0; group < layout.groups; group++) {
      const domain = domains[group] as number;
      if (domain < 0 || (totals[domain] as number) > max) this.#isGroupOpen[group] = 0;
    }
  }

  /** Of the domains that count; fewer of them than wanted count as empty ones. */
  #fewestInDomain(rule: SpreadRule, totals: Int32Array): number {
    const { domainNodes } = rule;
    const { domainOf } = this.#topology.keys[rule.key] as TopologyKey;
    const gone = rule.dropsLost ? this.#lostNodes(rule) : [];
    let counted = 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (let domain = 0; domain < domainNodes.length; domain++) {
      let nodes = domainNodes[domain] as number;
      for (const node of gone) if (domainOf[node] === domain) nodes--;
      if (nodes <= 0) continue;
      counted++;
      fewest = Math.min(fewest, totals[domain] as number);
    }
    return counted < rule.minDomains ? 0 : fewest;
  }

  #fewestOnNode(rule: SpreadRule): number {
    const nodes = (rule.domainNodes[0] as number) - (rule.dropsLost ? this.#lostNodes(rule).length : 0);
    if (nodes < rule.minDomains) return 0;
    const byNode = this.#counts.byNode(rule.slot);
    const occupied = new Set<number>();
    let fewest = Number.POSITIVE_INFINITY;
    for (const node of this.#counts.nodes) {
      const count = byNode[node] as number;
      if (count <= 0 || occupied.has(node)) continue;
      occupied.add(node);
      fewest = Math.min(fewest, count);
    }
    return occupied.size < nodes ? 0 : fewest;
  }

  #lostNodes({ included }: SpreadRule): readonly number[] {
    return this.#state.lostNodes.filter((node) => included === undefined || included[node] === 1);
  }

  #applyShunned({ slot, column }: DomainCount, layout: Layout): void {
    const totals = this.#counts.totals(slot);
    const domains = layout.domains[column] as Int32Array;
    for (let group = 0; group < layout.groups; group++) {
      const domain = domains[group] as number;
      if (domain >= 0 && (totals[domain] as number) > 0) this.#isGroupOpen[group] = 0;
    }
  }

  #applyNear({ slot, column, isByNode }: DomainCount, layout: Layout): void {
    if (isByNode) {
      this.#hasNearByNode = true;
      return;
    }
    const totals = this.#counts.totals(slot);
    const domains = layout.domains[column] as Int32Array;
    for (let group = 0; group < layout.groups; group++) {
      const domain = domains[group] as number;
      if (domain < 0) this.#isGroupOpen[group] = 0;
      else if ((totals[domain] as number) <= 0) this.#isGroupNear[group] = 0;
    }
  }

  #isEmpty({ slot, isByNode, key }: DomainCount): boolean {
    if (isByNode) {
      const byNode = this.#counts.byNode(slot);
      return this.#counts.nodes.every((node) => (byNode[node] as number) <= 0);
    }
    const totals = this.#counts.totals(slot);
    const { domains } = this.#topology.keys[key] as TopologyKey;
    for (let domain = 0; domain < domains; domain++) if ((totals[domain] as number) > 0) return false;
    return true;
  }
}
