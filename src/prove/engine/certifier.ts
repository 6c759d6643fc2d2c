/**
 * Certificates for losses of a model: does every way of choosing nodes, in whatever order, place all that the loss displaces?
 * What `certificates/` asks for in general terms is worked out here: a placement closes no node but its own to another pod,
 * unless the pod minds whole domains, and then it is not certified by these means. (Hard spread over domains is the exception:
 * the emptiest domain always passes.)
 */
import { largestRequests, slotsFor } from "../certificates/slots.ts";
import { isReplaced } from "../model/after-loss.ts";
import type { Chooser } from "./chooser.ts";
import type { ClassFacts, SpreadRule } from "./class-facts.ts";
import { Competitors, type CompetitorsInput } from "./competitors.ts";
import type { Counter, Counters } from "./counters.ts";
import type { Footprint } from "./footprints.ts";
import type { LossState } from "./loss-state.ts";

export interface CertifierInput extends CompetitorsInput {
  readonly chooser: Chooser;
  readonly counters: Counters;
  readonly state: LossState;
}

/** How many nodes take one more pod of a class, whatever is lost: less one for every lost node, or for every displaced pod. */
interface Reserve {
  /** Less those that pods which have waited before may close. */
  readonly nodes: number;
  /** What the pod minds is more than nodes can be counted for. */
  readonly isCareful: boolean;
}

/** Who may be placed in one loss. */
interface Coming {
  readonly displaced: readonly number[];
  /** And those that have waited; the class of each, like the others. */
  readonly all: readonly number[];
  /** By who of those that have waited counts, the largest requests among them and the displaced. */
  readonly largest: Map<readonly number[], Float64Array>;
}

export class Certifier {
  readonly #input: CertifierInput;
  readonly #reserves: (Reserve | undefined)[] = [];
  #known: Competitors | undefined;
  /** By node, how many pods its loss displaces, and the least reserve among them; -1 where one has to be looked at closely. */
  #displaced: Int32Array | undefined;
  #leastReserve: Int32Array | undefined;

  constructor(input: CertifierInput) {
    this.#input = input;
  }

  get #competitors(): Competitors {
    this.#known ??= new Competitors(this.#input);
    return this.#known;
  }

  /** Whether every pod that the loss displaces finds a node, however the scheduler chooses. */
  certifies(lost: readonly number[]): boolean {
    return this.certifiesQuickly(lost) || (!this.#competitors.mayPreempt && this.#looksCovered(lost));
  }

  /** The quick way alone: by how many nodes each class could go to before anything is lost. */
  certifiesQuickly(lost: readonly number[]): boolean {
    if (this.#competitors.mayPreempt) return false;
    this.#displaced ??= this.#countDisplaced();
    this.#leastReserve ??= this.#findLeastReserves();
    let pods = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < lost.length; i++) {
      pods += this.#displaced[lost[i] as number] as number;
      least = Math.min(least, this.#leastReserve[lost[i] as number] as number);
    }
    return least - lost.length >= pods;
  }

  /**
   * How many nodes may be lost at once, whichever they are, so that everything displaced finds a node: so many for certain. No set
   * of that size has a lesser reserve than the least, or displaces more than those nodes that displace most.
   */
  nodesAtOnce(): number {
    if (this.#competitors.mayPreempt) return 0;
    this.#displaced ??= this.#countDisplaced();
    this.#leastReserve ??= this.#findLeastReserves();
    const most = this.#displaced.toSorted().reverse();
    const least = this.#leastReserve.reduce(
      (min, reserve) => Math.min(min, reserve),
      Number.POSITIVE_INFINITY,
    );
    let pods = 0;
    for (let count = 1; count < most.length; count++) {
      pods += most[count - 1] as number;
      if (least - count < pods) return count - 1;
    }
    return Math.max(0, most.length - 1);
  }

  #countDisplaced(): Int32Array {
    const { model } = this.#input;
    return Int32Array.from(model.nodes, (_, node) => this.#displacedFrom(node).length);
  }

  #findLeastReserves(): Int32Array {
    const { model } = this.#input;
    return Int32Array.from(model.nodes, (_, node) => {
      let least = 2 ** 30;
      for (const pod of this.#displacedFrom(node)) {
        const { nodes, isCareful } = this.#reserveOf(model.classOf[pod] as number);
        least = Math.min(least, isCareful ? -1 : nodes);
      }
      return least;
    });
  }

  #displacedFrom(node: number): readonly number[] {
    const { model } = this.#input;
    return [...model.podsOn(node)].filter(
      (pod) => !model.isTerminating(pod) && isReplaced(model.podClass(pod)),
    );
  }

  #reserveOf(podClass: number): Reserve {
    let reserve = this.#reserves[podClass];
    if (reserve === undefined) {
      reserve = this.#findReserve(podClass);
      this.#reserves[podClass] = reserve;
    }
    return reserve;
  }

  #findReserve(podClass: number): Reserve {
    const facts = this.#factsOf(podClass);
    if (facts === undefined) return { nodes: 0, isCareful: true };
    const isCareful =
      facts.near !== undefined ||
      facts.shunned.some(({ isByNode }) => !isByNode) ||
      !isCountable(facts.rules);
    if (isCareful) return { nodes: 0, isCareful };
    const competing = this.#competitors.among(facts.ranking.shape.open).length;
    // Counts by node may fall when nodes are lost, and the fewest with them: only nodes without any pod are sure to stay open.
    if (facts.rules.every(({ isByNode }) => isByNode)) {
      const { chooser } = this.#input;
      return {
        nodes: chooser.countOpen({ ...facts, rules: facts.rules.map(forEmptyNodes) }) - competing,
        isCareful: false,
      };
    }
    const byDomain = this.#openNodes(facts, true);
    return { nodes: Math.min(...byDomain.map(({ length }) => length)) - competing, isCareful: false };
  }

  #factsOf(podClass: number): ClassFacts | undefined {
    const { model, facts } = this.#input;
    if (model.classes[podClass]?.isPinned) return undefined;
    const known = facts.of(podClass);
    return known.kind === "covered" ? known : undefined;
  }

  /** The close way: the state after the loss, and how many pods each open node takes until it is closed. */
  #looksCovered(lost: readonly number[]): boolean {
    const { model, state } = this.#input;
    const displaced = lost
      .flatMap((node) => this.#displacedFrom(node))
      .map((pod) => model.classOf[pod] as number);
    for (const node of lost) {
      state.lose(node);
      for (const pod of model.podsOn(node)) {
        const { index, leavesLostNode } = model.podClass(pod);
        if (!model.isTerminating(pod) && leavesLostNode) state.terminate(index, node);
      }
    }
    try {
      const all = [...displaced, ...this.#competitors.classes];
      const coming = { displaced, all, largest: new Map<readonly number[], Float64Array>() };
      return [...new Set(displaced)].every((podClass) => this.#findsRoom(podClass, coming));
    } finally {
      state.undo();
    }
  }

  #findsRoom(podClass: number, coming: Coming): boolean {
    const facts = this.#factsOf(podClass);
    if (facts === undefined || !isCountable(facts.rules)) return false;
    if (facts.near?.mayBeFirst) return false;
    const minds = ({ counter }: { readonly counter: number }) =>
      this.#mindsAny(counter, podClass, coming.all);
    if (facts.shunned.some((count) => !count.isByNode && minds(count))) return false;
    const isExclusive =
      facts.ranking.shape.portConflicts !== undefined ||
      facts.rules.some(({ isByNode }) => isByNode) ||
      facts.shunned.some((count) => count.isByNode && minds(count));
    const { footprints, dimensions, free } = this.#input.state.now;
    const { requests } = footprints[podClass] as Footprint;
    // Those that can go to none of its nodes close none.
    const competing = this.#competitors.among(facts.ranking.shape.open);
    const largest = this.#largestOf(coming, competing);
    const pods = coming.displaced.length + competing.length;
    return this.#openNodes(facts, false).every((nodes) => {
      let slots = 0;
      for (let i = 0; i < nodes.length && slots < pods; i++) {
        slots += slotsFor({ requests, isExclusive }, nodes[i] as number, { dimensions, free }, largest);
      }
      return slots >= pods;
    });
  }

  #largestOf({ displaced, largest }: Coming, competing: readonly number[]): Float64Array {
    let known = largest.get(competing);
    if (known === undefined) {
      const { footprints, dimensions } = this.#input.state.now;
      const classes = [...new Set([...displaced, ...competing])];
      known = largestRequests(
        dimensions,
        classes.map((index) => footprints[index] as Footprint),
      );
      largest.set(competing, known);
    }
    return known;
  }

  /** Whether one of those who come counts where the pod minds it; the pod itself may be among them once. */
  #mindsAny(index: number, podClass: number, coming: readonly number[]): boolean {
    const { counters } = this.#input;
    const counter = counters.all[index] as Counter;
    let own = 0;
    for (const other of coming) {
      if (other === podClass) own++;
      else if (counters.weightIn(counter, other) !== 0) return true;
    }
    return own > 1 && counters.weightIn(counter, podClass) !== 0;
  }

  /** The nodes that are open to a pod but for spread over domains; one list, or one for each domain that counts. */
  #openNodes(facts: ClassFacts, onlyEmpty: boolean): readonly (readonly number[])[] {
    const rule = facts.rules.find(({ isByNode }) => !isByNode);
    const rules = facts.rules.filter(({ isByNode }) => isByNode);
    const nodes = this.#input.chooser.openNodes({
      ...facts,
      rules: onlyEmpty ? rules.map(forEmptyNodes) : rules,
    });
    if (rule === undefined) return [nodes];
    const byDomain = this.#input.chooser.byDomain(rule, nodes);
    // Where no node counts, none is in a domain, and none will do.
    return byDomain.length === 0 ? [[]] : byDomain;
  }
}

/** Whether at most one rule looks at whole domains, and none asks for more domains than there may be. */
function isCountable(rules: readonly SpreadRule[]): boolean {
  const overDomains = rules.filter(({ isByNode }) => !isByNode);
  return overDomains.length <= 1 && rules.every(({ minDomains, dropsLost }) => minDomains <= 1 && !dropsLost);
}

/** The rule as it is at its strictest: some node that counts has no such pod. */
function forEmptyNodes(rule: SpreadRule): SpreadRule {
  return { ...rule, minDomains: Number.POSITIVE_INFINITY };
}
