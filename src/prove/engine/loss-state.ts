import { NodeRanking } from "../../scheduler/node-ranking.ts";
import type { Model } from "../model/model.ts";
import type { Counters } from "./counters.ts";
import type { NodeState } from "./node-state.ts";

/**
 * The cluster during one loss: the standing state of the nodes and what has changed since, kept as a list so that it can be taken
 * back change by change. Nothing is ever copied for a loss.
 */
export class LossState {
  readonly nodeCount: number;
  /** Before any loss. */
  readonly standing: NodeState;
  readonly now: NodeState;
  /** By node, 1 while it is lost. */
  readonly isLost: Uint8Array;
  readonly lostNodes: number[] = [];
  /**
   * Nodes of which something has changed, in the order in which it did; a node may be there more than once. Those that have
   * changed for good since the standing rankings were made come first, in every loss.
   */
  readonly changed: number[] = [];
  #changedForGood = 0;
  /** Goes up with each loss. */
  lossNumber = 0;
  /** Goes up with every change of the loss at hand. */
  version = 0;
  /** What the order of the nodes is made from. */
  seed = 0;
  /** Nodes in the order in which ties go to them, and each node's place in it. */
  byRank: Int32Array = new Int32Array();
  rankOf: Int32Array = new Int32Array();
  readonly #names: readonly string[];
  readonly #orders = new Map<number, { readonly byRank: Int32Array; readonly rankOf: Int32Array }>();
  readonly #counters: Counters;

  constructor(model: Model, standing: NodeState, counters: Counters, seed: number) {
    const { nodes } = model;
    this.nodeCount = nodes.length;
    this.standing = standing;
    this.now = standing.copy();
    this.isLost = new Uint8Array(nodes.length);
    this.#counters = counters;
    this.#names = nodes.map(({ metadata }) => metadata.name);
    this.breakTies(seed);
  }

  /** From now on, ties between nodes go to the first in the order that the seed gives. */
  breakTies(seed: number): void {
    const order = this.#orders.get(seed) ?? this.#orderBy(seed);
    this.#orders.set(seed, order);
    this.seed = seed;
    this.byRank = order.byRank;
    this.rankOf = order.rankOf;
  }

  #orderBy(seed: number) {
    const ranking = new NodeRanking(seed);
    const names = this.#names;
    const order = [...names.keys()].sort((a, b) => ranking.compare(names[a] as string, names[b] as string));
    const rankOf = new Int32Array(order.length);
    for (const [rank, node] of order.entries()) rankOf[node] = rank;
    return { byRank: Int32Array.from(order), rankOf };
  }

  lose(node: number): void {
    this.isLost[node] = 1;
    this.lostNodes.push(node);
    this.changed.push(node);
  }

  /** A pod begins to be deleted where it stands, and goes on to stand there. */
  terminate(podClass: number, node: number): void {
    this.version++;
    this.#counters.note({ podClass, node, by: -1, counts: "living" });
  }

  /** A pod comes to a node. */
  place(podClass: number, node: number): void {
    this.now.add(podClass, node);
    this.changed.push(node);
    this.version++;
    this.#counters.note({ podClass, node, by: 1, counts: "both" });
  }

  /** A pod is gone from its node. */
  remove(podClass: number, node: number, wasTerminating: boolean): void {
    this.now.remove(podClass, node);
    this.changed.push(node);
    this.version++;
    this.#counters.note({ podClass, node, by: -1, counts: wasTerminating ? "present" : "both" });
  }

  /** A pod has come to a node for good, or gone from it; between two losses. `now` is told last, by `settle`. */
  changeStanding(podClass: number, node: number, by: 1 | -1): void {
    if (by === 1) this.standing.add(podClass, node);
    else this.standing.remove(podClass, node);
    this.#counters.noteStanding(podClass, node, by);
    this.changed.push(node);
    this.#changedForGood++;
  }

  /** What has changed for good is the state that losses begin with. */
  settle(): void {
    for (const node of this.changed) this.now.restore(node, this.standing);
  }

  get changedForGood(): number {
    return this.#changedForGood;
  }

  /** Rankings have been made anew. */
  forgetChanges(): void {
    this.changed.length = 0;
    this.#changedForGood = 0;
  }

  /** Takes everything back. */
  undo(): void {
    for (const node of this.changed) {
      this.isLost[node] = 0;
      this.now.restore(node, this.standing);
    }
    this.changed.length = this.#changedForGood;
    this.lostNodes.length = 0;
    this.#counters.reset();
    this.lossNumber++;
    this.version = 0;
  }
}
