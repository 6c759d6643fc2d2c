/**
 * Default preemption on flat arrays: which pods of lower priority would have to leave which node, as `scheduler/preemption/` finds
 * it by forking every node. Here a node is emptied in place and filled again; most nodes are passed over because not even all
 * those pods together would make room.
 */
import { pickLeastHarm } from "../../scheduler/preemption/candidates.ts";
import type { Model } from "../model/model.ts";
import { TERMINATING } from "../model/pod-table.ts";
import type { ClassFacts, DomainCount, SpreadRule } from "./class-facts.ts";
import type { Counter, Counters } from "./counters.ts";
import { PODS } from "./footprints.ts";
import { HopelessNodes } from "./hopeless-nodes.ts";
import { type Candidate, KnownVerdicts, NO_HELP, type NodeVerdicts } from "./known-verdicts.ts";
import { LoadedCounts } from "./loaded-counts.ts";
import type { LossBudgets } from "./loss-budgets.ts";
import type { LossState } from "./loss-state.ts";
import type { Reclaimable } from "./reclaimable.ts";
import type { Shape } from "./shapes.ts";
import type { Standing, StandingPods } from "./standing-pods.ts";
import type { Topology, TopologyKey } from "./topology.ts";

/** As in `preempt.ts`: in large clusters the search ends once so many nodes could be used. */
const CANDIDATES_PERCENT = 10;
const CANDIDATES_MIN = 100;

/** What is known already of nodes for pods of one shape and priority. */
interface Kept {
  readonly known: NodeVerdicts;
  readonly hopeless: Int32Array;
}

/** Over the domains of a rule: the fewest pods, where, and the fewest elsewhere. */
interface Fewest {
  readonly isMissing: boolean;
  readonly lowest: number;
  readonly lowestDomain: number;
  readonly next: number;
}

export interface PreemptorInput {
  readonly model: Model;
  readonly state: LossState;
  readonly counters: Counters;
  readonly topology: Topology;
  readonly reclaimable: Reclaimable;
}

export class Preemptor {
  readonly #input: PreemptorInput;
  readonly #counts: LoadedCounts;
  /** By slot, how much those who have been taken off the node at hand counted. */
  readonly #off: number[] = [];
  readonly #fewest: Fewest[] = [];
  readonly #known = new KnownVerdicts();
  readonly #hopeless: HopelessNodes;
  readonly #counted = new Set<number>();
  /** A pod that is being deleted counts for no rule until preemption thinks it away: then nodes have to be looked at in full. */
  readonly #hasTerminating: boolean;

  constructor(input: PreemptorInput) {
    this.#input = input;
    const { model } = input;
    this.#hasTerminating = model.flags
      .subarray(0, model.podCount)
      .some((flags) => (flags & TERMINATING) !== 0);
    this.#hopeless = new HopelessNodes(model.nodes.length);
    this.#counts = new LoadedCounts(input.counters, input.topology, input.state.isLost);
  }

  /** The candidate that does the least harm; nothing when no eviction helps. */
  find(facts: ClassFacts, priority: number, pods: StandingPods, budgets: LossBudgets): Candidate | undefined {
    this.#counts.load(facts);
    for (const [i, rule] of facts.rules.entries()) this.#fewest[i] = this.#fewestOf(rule);
    this.#findCounted(facts);
    const harmless: Candidate[] = [];
    const violating: Candidate[] = [];
    const helpable = this.#helpable(facts);
    const share = Math.trunc((helpable.length * CANDIDATES_PERCENT) / 100);
    const enough = Math.min(Math.max(share, CANDIDATES_MIN), helpable.length);
    const { shape } = facts.ranking;
    const kept = {
      known: this.#known.of(shape, priority),
      hopeless: this.#hopeless.of(shape, priority, pods),
    };
    for (const node of helpable) {
      const candidate = this.#candidateOn(node, facts, priority, pods, budgets, kept);
      if (candidate === undefined) continue;
      (candidate.budgetViolations === 0 ? harmless : violating).push(candidate);
      if (harmless.length > 0 && harmless.length + violating.length >= enough) break;
    }
    this.#counts.clear();
    const candidates = [...harmless, ...violating];
    return candidates.length === 0
      ? undefined
      : pickLeastHarm(candidates, ({ victims, budgetViolations }) => ({ pods: victims, budgetViolations }));
  }

  /** Nodes, by rank, that were rejected for something that pods leaving them can change; no node has passed. */
  #helpable(facts: ClassFacts): readonly number[] {
    const { byRank, isLost } = this.#input.state;
    const { shape } = facts.ranking;
    const found: number[] = [];
    for (let i = 0; i < byRank.length; i++) {
      const node = byRank[i] as number;
      if (shape.open[node] === 0 || (isLost[node] === 1 && !shape.toleratesLoss)) continue;
      if (this.#isResolvable(facts, node)) found.push(node);
    }
    return found;
  }

  /** By the first filter that rejects the node. */
  #isResolvable({ ranking: { shape }, rules }: ClassFacts, node: number): boolean {
    const { now } = this.#input.state;
    if (now.hasPortConflict(shape, node)) return true;
    if (!now.hasRoom(shape, node)) return !exceedsNode(shape, node, now.allocatable, now.dimensions);
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i] as SpreadRule;
      if (this.#domainOf(rule, node) < 0) return false;
      if (!this.#keepsRule(rule, i, node, 0)) return true;
    }
    return true;
  }

  /** What a node comes to is kept for others of the same shape, where company does not matter: during the loss, or for all where it is untouched. */
  #candidateOn(
    node: number,
    facts: ClassFacts,
    priority: number,
    pods: StandingPods,
    budgets: LossBudgets,
    { known, hopeless }: Kept,
  ): Candidate | undefined {
    const hasCompany = this.#hasCompany(facts, node);
    if (hasCompany || this.#input.state.isLost[node] === 1) {
      return this.#work(node, facts, priority, pods, budgets);
    }
    // Nobody who could leave the node changes what its domain comes to.
    if (!facts.rules.every((rule, i) => this.#keepsRule(rule, i, node, 0))) return undefined;
    if (pods.hasChanged(node)) {
      const mark = pods.changesOn(node) + 1;
      if (hopeless[node] === mark) return undefined;
      const candidate = this.#work(node, facts, priority, pods, budgets);
      if (candidate === undefined) hopeless[node] = mark;
      return candidate;
    }
    const verdict = known[node];
    if (verdict === NO_HELP) return undefined;
    if (verdict !== undefined && !budgets.haveChanged(verdict.budgets)) return verdict.candidate;
    const candidate = this.#work(node, facts, priority, pods, budgets);
    if (verdict === undefined) {
      const concerned = candidate === undefined ? [] : this.#budgetsOn(node, priority, pods);
      if (!budgets.haveChanged(concerned)) {
        const isHelpless = candidate === undefined;
        this.#known.keep(known, node, isHelpless ? NO_HELP : { candidate, budgets: concerned });
      }
    }
    return candidate;
  }

  /** Whether pods on the node, or in its domains, may matter to whether this pod bears the node's company. */
  #hasCompany({ rules, shunned }: ClassFacts, node: number): boolean {
    if (rules.length > 0 && (this.#hasTerminating || this.#counted.has(node))) return true;
    return shunned.some((count) => {
      const domain = this.#domainOf(count, node);
      return domain >= 0 && this.#valueOf(count, domain) > 0;
    });
  }

  /** The nodes with pods that some rule counts. */
  #findCounted({ rules }: ClassFacts): void {
    this.#counted.clear();
    for (const { counter } of rules) {
      const { nodes, changedNodes } = this.#input.counters.all[counter] as Counter;
      for (const node of nodes) this.#counted.add(node);
      for (const node of changedNodes) this.#counted.add(node);
    }
  }

  #budgetsOn(node: number, priority: number, pods: StandingPods): readonly number[] {
    return pods.lessImportantOn(node, priority).flatMap(({ pod }) => this.#input.model.budgetsOf(pod));
  }

  #work(
    node: number,
    facts: ClassFacts,
    priority: number,
    pods: StandingPods,
    budgets: LossBudgets,
  ): Candidate | undefined {
    if (!this.#mayMakeRoom(facts.ranking.shape, node, priority, pods)) return undefined;
    const lower = pods.lessImportantOn(node, priority);
    if (lower.length === 0) return undefined;
    const { now } = this.#input.state;
    const ports = now.portsOf(node);
    this.#off.length = 0;
    for (const pod of lower) this.#takeOff(facts, pod, node, 1);
    let candidate: Candidate | undefined;
    const gone = new Set(lower);
    if (this.#passes(facts, node)) {
      const mustGo = (pod: Standing) => {
        this.#takeOff(facts, pod, node, -1);
        gone.delete(pod);
        if (this.#passes(facts, node)) return false;
        this.#takeOff(facts, pod, node, 1);
        gone.add(pod);
        return true;
      };
      const { violating, allowed } = budgets.split(lower);
      const overdrawing = violating.filter(mustGo);
      const others = allowed.filter(mustGo);
      const victims = [...overdrawing, ...others].sort((a, b) => pods.compare(a, b));
      candidate = { node, victims, budgetViolations: overdrawing.length };
    }
    for (const { podClass } of gone) now.add(podClass, node);
    now.setPorts(node, ports);
    return candidate;
  }

  /** A quick no: what is free, and what all less important pods take there, is too little. Changed nodes are looked at in full. */
  #mayMakeRoom({ asked, amounts }: Shape, node: number, priority: number, pods: StandingPods): boolean {
    if (pods.hasChanged(node)) return true;
    const { state, reclaimable } = this.#input;
    const below = reclaimable.below(priority);
    const at = node * state.now.dimensions;
    if (below[at + PODS] === 0) return false;
    for (let i = 0; i < asked.length; i++) {
      const d = at + (asked[i] as number);
      if ((amounts[i] as number) > (state.standing.free[d] as number) + (below[d] as number)) return false;
    }
    return true;
  }

  #takeOff({ rules, shunned }: ClassFacts, { podClass }: Standing, node: number, sign: 1 | -1): void {
    const { now } = this.#input.state;
    if (sign === 1) now.remove(podClass, node);
    else now.add(podClass, node);
    for (const rule of rules) if (this.#counts.isIncluded(rule, node)) this.#changeOff(rule, podClass, sign);
    for (const count of shunned) this.#changeOff(count, podClass, sign);
  }

  #changeOff({ slot, counter }: DomainCount, podClass: number, sign: 1 | -1): void {
    const { counters } = this.#input;
    const weight = counters.weightIn(counters.all[counter] as Counter, podClass);
    this.#off[slot] = (this.#off[slot] ?? 0) + sign * weight;
  }

  #passes({ ranking: { shape }, rules, shunned }: ClassFacts, node: number): boolean {
    if (!this.#input.state.now.hasRoom(shape, node)) return false;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i] as SpreadRule;
      if (!this.#keepsRule(rule, i, node, this.#off[rule.slot] ?? 0)) return false;
    }
    return shunned.every((count) => {
      const domain = this.#domainOf(count, node);
      return domain < 0 || this.#valueOf(count, domain) - (this.#off[count.slot] ?? 0) <= 0;
    });
  }

  #keepsRule(rule: SpreadRule, index: number, node: number, off: number): boolean {
    const domain = this.#domainOf(rule, node);
    if (domain < 0) return false;
    const value = this.#valueOf(rule, domain) - off;
    const { isMissing, lowest, lowestDomain, next } = this.#fewest[index] as Fewest;
    const elsewhere = domain === lowestDomain ? next : lowest;
    const fewest = isMissing ? 0 : off === 0 ? lowest : Math.min(elsewhere, value);
    return value + rule.own - fewest <= rule.maxSkew;
  }

  #domainOf({ isByNode, key }: DomainCount, node: number): number {
    return isByNode ? node : ((this.#input.topology.keys[key] as TopologyKey).domainOf[node] as number);
  }

  #valueOf({ isByNode, slot }: DomainCount, domain: number): number {
    return (isByNode ? this.#counts.byNode(slot) : this.#counts.totals(slot))[domain] as number;
  }

  /** Over the domains that have a node that counts. */
  #fewestOf(rule: SpreadRule): Fewest {
    const counted = this.#countedDomains(rule);
    let lowest = Number.POSITIVE_INFINITY;
    let lowestDomain = -1;
    let next = Number.POSITIVE_INFINITY;
    for (const domain of counted) {
      const value = this.#valueOf(rule, domain);
      if (value < lowest) {
        next = lowest;
        lowest = value;
        lowestDomain = domain;
      } else if (value < next) next = value;
    }
    return { isMissing: counted.size < rule.minDomains, lowest, lowestDomain, next };
  }

  #countedDomains(rule: SpreadRule): ReadonlySet<number> {
    const { nodeCount } = this.#input.state;
    const counted = new Set<number>();
    for (let node = 0; node < nodeCount; node++) {
      const domain = this.#domainOf(rule, node);
      if (domain >= 0 && this.#counts.isIncluded(rule, node)) counted.add(domain);
    }
    return counted;
  }
}

/** Whether the pod asks for more of something that is lacking than the whole node has. */
function exceedsNode(
  { asked, amounts }: Shape,
  node: number,
  allocatable: Float64Array,
  dimensions: number,
): boolean {
  for (let i = 0; i < asked.length; i++) {
    const d = asked[i] as number;
    if (d !== PODS && (amounts[i] as number) > (allocatable[node * dimensions + d] as number)) return true;
  }
  return false;
}
