import type { NodeInfo } from "../../node-info.ts";
import { MAX_NODE_SCORE, type NodeScorer, type ScorePlugin } from "../../plugin.ts";
import type { PodInfo } from "../../pod-info.ts";
import type { Snapshot } from "../../snapshot.ts";
import {
  type Constraint,
  constraintsOf,
  countMatching,
  countsNode,
  defaultConstraints,
  HOSTNAME_KEY,
  hasEveryKey,
} from "./constraints.ts";

/** Prefers nodes whose domains have fewer of the pods that the constraints select. */
export const podTopologySpreadScore: ScorePlugin = {
  name: "PodTopologySpread",
  weight: 2,
  preScore(pod, snapshot, nodes) {
    const { topologySpreadConstraints = [] } = pod.pod.spec;
    const hasOwn = topologySpreadConstraints.length > 0;
    const constraints = hasOwn
      ? constraintsOf(pod.pod, "ScheduleAnyway")
      : defaultConstraints(pod.pod, snapshot.objects);
    return constraints.length === 0 ? undefined : new SpreadScorer(pod, constraints, hasOwn, snapshot, nodes);
  },
};

class SpreadScorer implements NodeScorer {
  readonly #pod: PodInfo;
  readonly #constraints: readonly Constraint[];
  /** Nodes that lack a key of the pod's own constraints: they get no score. */
  readonly #ignored = new Set<NodeInfo>();
  /** Per constraint, selected pods by topology value, for values that candidate nodes have; by node for the hostname. */
  readonly #domains: readonly Map<string, number>[];
  /** Per constraint, so that few large domains do not drown in many small ones. */
  readonly #weights: readonly number[];

  constructor(
    pod: PodInfo,
    constraints: readonly Constraint[],
    needsEveryKey: boolean,
    snapshot: Snapshot,
    nodes: readonly NodeInfo[],
  ) {
    this.#pod = pod;
    this.#constraints = constraints;
    this.#domains = constraints.map(() => new Map());
    for (const node of nodes) {
      if (needsEveryKey && !hasEveryKey(node.labels, constraints)) this.#ignored.add(node);
      else this.#openDomains(node);
    }
    this.#weights = constraints.map(({ topologyKey }, i) => {
      const isHostname = topologyKey === HOSTNAME_KEY;
      const size = isHostname ? nodes.length - this.#ignored.size : (this.#domains[i]?.size ?? 0);
      return Math.log(size + 2);
    });
    for (const node of snapshot.nodes) {
      if (!needsEveryKey || hasEveryKey(node.labels, constraints)) this.#countOn(node);
    }
  }

  score(node: NodeInfo): number {
    if (this.#ignored.has(node)) return 0;
    let sum = 0;
    for (const [i, { topologyKey, selector, maxSkew }] of this.#constraints.entries()) {
      const value = node.labels[topologyKey];
      if (value === undefined) continue;
      const count =
        topologyKey === HOSTNAME_KEY
          ? countMatching(node, selector, this.#pod.namespace)
          : (this.#domains[i]?.get(value) ?? 0);
      sum += count * (this.#weights[i] as number) + (maxSkew - 1);
    }
    return Math.round(sum);
  }

  normalize(scores: number[], nodes: readonly NodeInfo[]): void {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = 0;
    for (const [i, score] of scores.entries()) {
      if (this.#ignored.has(nodes[i] as NodeInfo)) continue;
      lowest = Math.min(lowest, score);
      highest = Math.max(highest, score);
    }
    for (const [i, score] of scores.entries()) {
      if (this.#ignored.has(nodes[i] as NodeInfo)) scores[i] = 0;
      else if (highest === 0) scores[i] = MAX_NODE_SCORE;
      else scores[i] = Math.floor((MAX_NODE_SCORE * (highest + lowest - score)) / highest);
    }
  }

  #openDomains(node: NodeInfo): void {
    for (const [i, { topologyKey }] of this.#constraints.entries()) {
      // A node without the key makes a domain of its own kind, named by the empty value.
      if (topologyKey !== HOSTNAME_KEY) this.#domains[i]?.set(node.labels[topologyKey] ?? "", 0);
    }
  }

  #countOn(node: NodeInfo): void {
    for (const [i, constraint] of this.#constraints.entries()) {
      const domains = this.#domains[i] as Map<string, number>;
      const value = node.labels[constraint.topologyKey] ?? "";
      const count = domains.get(value);
      if (count === undefined || !countsNode(constraint, this.#pod.pod, node)) continue;
      domains.set(value, count + countMatching(node, constraint.selector, this.#pod.namespace));
    }
  }
}
