import type { PodPlace } from "../model/change.ts";
import { type Choice, UNKNOWN } from "./chooser.ts";
import type { Counter, Counters } from "./counters.ts";
import type { LossState } from "./loss-state.ts";
import type { RankingSlot } from "./rankings.ts";
import type { Shape } from "./shapes.ts";

/** What a node is to pods of a shape, before and after. */
interface Suitability {
  readonly hasFlipped: boolean;
  /** Its own score; -1 where it suits neither before nor after. */
  readonly own: number;
}

/**
 * What a pod that has come to a node, or gone from it, can make different in choices that were made before. A node that has changed
 * takes no pod from another as long as its own score is too low; what is normalized over all nodes stays as it is while the node goes
 * on to suit or not, and while nobody is counted who was not.
 */
export class ChangeReach {
  readonly #state: LossState;
  readonly #counters: Counters;
  readonly #changed: ReadonlySet<Counter>;
  readonly nodes: readonly number[];
  /** By node that has changed, then by shape. */
  readonly #suits: (Suitability | undefined)[][];
  /** By class, whether its pods are placed by counts that are not what they were. */
  readonly #counts = new Map<number, boolean>();

  /** While `standing` has the change, and `now` has not. */
  constructor(state: LossState, counters: Counters, places: readonly PodPlace[]) {
    this.#state = state;
    this.#counters = counters;
    this.nodes = [...new Set(places.map(({ node }) => node))];
    this.#changed = new Set(places.flatMap(({ podClass }) => [...counters.countersOf(podClass)]));
    this.#suits = this.nodes.map(() => []);
  }

  /** Whether the choice might be another one, in a loss that has done nothing to the nodes that have changed. */
  reaches({ facts, toBeat, rank }: Choice): boolean {
    if (this.isCounted(facts)) return true;
    const { shape, layout } = facts.ranking;
    for (let i = 0; i < this.nodes.length; i++) {
      const node = this.nodes[i] as number;
      const { hasFlipped, own } = this.#suitabilityOf(shape, i);
      if (hasFlipped) return true;
      if (own < 0) continue;
      const equal = toBeat[layout.groupOf[node] as number] ?? UNKNOWN;
      if (equal === UNKNOWN || own > equal) return true;
      if (own === equal && (this.#state.rankOf[node] as number) < rank) return true;
    }
    return false;
  }

  /** Whether some choice with that slot might be another one, where none was made with less to beat. @param least by group */
  mayReach({ shape, layout }: RankingSlot, least: Int16Array): boolean {
    return this.nodes.some((node, i) => {
      const { hasFlipped, own } = this.#suitabilityOf(shape, i);
      return hasFlipped || (own >= 0 && own >= (least[layout.groupOf[node] as number] as number));
    });
  }

  /** Whether pods of the class are placed by counts that are not what they were. */
  isCounted({ podClass, counts, company }: Choice["facts"]): boolean {
    let isCounted = this.#counts.get(podClass);
    if (isCounted === undefined) {
      isCounted =
        counts.some(({ counter }) => this.#changed.has(this.#counterOf(counter))) ||
        company.some(({ isByNode, counter }) => isByNode && this.#attracts(this.#counterOf(counter)));
      this.#counts.set(podClass, isCounted);
    }
    return isCounted;
  }

  /** Company on a node itself may make it worth more than others of its group. */
  #attracts({ nodes, counts }: Counter): boolean {
    return this.nodes.some((node) => nodes.some((one, i) => one === node && (counts[i] as number) > 0));
  }

  #counterOf(index: number): Counter {
    return this.#counters.all[index] as Counter;
  }

  #suitabilityOf(shape: Shape, i: number): Suitability {
    const suits = this.#suits[i] as (Suitability | undefined)[];
    suits[shape.index] ??= this.#suitability(shape, this.nodes[i] as number);
    return suits[shape.index] as Suitability;
  }

  #suitability(shape: Shape, node: number): Suitability {
    const { standing, now } = this.#state;
    if (shape.open[node] === 0) return { hasFlipped: false, own: -1 };
    const suits = standing.hasRoom(shape, node);
    const hasFlipped = suits !== now.hasRoom(shape, node);
    return { hasFlipped, own: suits ? standing.rate(shape, node) + (shape.images?.[node] ?? 0) : -1 };
  }
}
