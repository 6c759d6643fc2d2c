import type { Model } from "../model/model.ts";

/** Pods that are counted together: those of some classes, each as often as its weight says. */
export interface Counter {
  /** Pods that are being deleted do not count: for spreading they are gone, for affinity they are still there. */
  readonly countsLivingOnly: boolean;
  /** Nodes that have such pods while nothing is lost, and their counts. */
  nodes: Int32Array;
  counts: Int32Array;
  /** What a loss has changed so far: nodes and how much has come to their count. A node may be there more than once. */
  readonly changedNodes: number[];
  readonly changes: number[];
}

/** One pod that comes to a node or goes, or of which something changes there. */
export interface PodChange {
  readonly podClass: number;
  readonly node: number;
  /** 1 for a pod that comes, -1 for one that goes. */
  readonly by: 1 | -1;
  /** Where it counts: a pod that begins to be deleted goes for "living" counters alone, and once it is gone for "present" ones. */
  readonly counts: "both" | "living" | "present";
}

interface Part {
  readonly counter: Counter;
  readonly weight: number;
}

/**
 * Every count of pods by node that some pod's placement depends on. What is the same for all losses is worked out once; a loss
 * only notes its changes, which are few, and drops them at its end.
 */
export class Counters {
  readonly #model: Model;
  readonly all: Counter[] = [];
  readonly #byName = new Map<string, number>();
  /** By class, the counters that its pods count in. */
  readonly #partsOf: Part[][];
  readonly #touched: Counter[] = [];
  /** The changes of the loss at hand, for counters that are made while it lasts. */
  readonly #changes: PodChange[] = [];

  constructor(model: Model) {
    this.#model = model;
    this.#partsOf = model.classes.map(() => []);
  }

  /** The index of the counter of that name, made when it is first asked for. `weights` are by class. */
  indexOf(name: string, countsLivingOnly: boolean, weights: () => ReadonlyMap<number, number>): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const parts = weights();
    const standing = countStanding(this.#model, parts, countsLivingOnly);
    const counter: Counter = { countsLivingOnly, ...standing, changedNodes: [], changes: [] };
    for (const [podClass, weight] of parts) this.#partsOf[podClass]?.push({ counter, weight });
    for (const change of this.#changes) {
      const weight = parts.get(change.podClass);
      if (weight !== undefined) this.#change(counter, change, weight);
    }
    this.#byName.set(name, this.all.length);
    return this.all.push(counter) - 1;
  }

  /** Notes a change in every counter that the pod counts in. */
  note(change: PodChange): void {
    this.#changes.push(change);
    for (const { counter, weight } of this.#partsOf[change.podClass] as Part[]) {
      this.#change(counter, change, weight);
    }
  }

  /** A pod has come to a node for good, or gone from it; between two losses. */
  noteStanding(podClass: number, node: number, by: 1 | -1): void {
    for (const { counter, weight } of this.#partsOf[podClass] as Part[]) {
      const counts = new Map<number, number>();
      for (const [i, one] of counter.nodes.entries()) counts.set(one, counter.counts[i] as number);
      counts.set(node, (counts.get(node) ?? 0) + by * weight);
      if (counts.get(node) === 0) counts.delete(node);
      counter.nodes = Int32Array.from(counts.keys());
      counter.counts = Int32Array.from(counts.values());
    }
  }

  /** Those that pods of the class count in. */
  countersOf(podClass: number): ReadonlySet<Counter> {
    return new Set((this.#partsOf[podClass] as Part[]).map(({ counter }) => counter));
  }

  /** How much one pod of the class counts in a counter. */
  weightIn(counter: Counter, podClass: number): number {
    for (const part of this.#partsOf[podClass] as Part[]) if (part.counter === counter) return part.weight;
    return 0;
  }

  /** Forgets every change: the loss is over. */
  reset(): void {
    for (const { changedNodes, changes } of this.#touched) {
      changedNodes.length = 0;
      changes.length = 0;
    }
    this.#touched.length = 0;
    this.#changes.length = 0;
  }

  #change(counter: Counter, { node, by, counts }: PodChange, weight: number): void {
    if (counts === (counter.countsLivingOnly ? "present" : "living")) return;
    if (counter.changes.length === 0) this.#touched.push(counter);
    counter.changedNodes.push(node);
    counter.changes.push(by * weight);
  }
}

function countStanding(model: Model, weights: ReadonlyMap<number, number>, countsLivingOnly: boolean) {
  const byNode = new Map<number, number>();
  for (const [podClass, weight] of weights) {
    for (const pod of model.podsOfClass(podClass)) {
      const node = model.nodeOf[pod] as number;
      if (node < 0 || (countsLivingOnly && model.isTerminating(pod))) continue;
      byNode.set(node, (byNode.get(node) ?? 0) + weight);
    }
  }
  return { nodes: Int32Array.from(byNode.keys()), counts: Int32Array.from(byNode.values()) };
}
