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
  /** Nodes that lack a key of the pod's own constraints: they get no score. */
  readonly #ignored = new Set<NodeInfo>();
  readonly #parts: readonly Part[];

  constructor(
    pod: PodInfo,
    constraints: readonly Constraint[],
    needsEveryKey: boolean,
    snapshot: Snapshot,
    nodes: readonly NodeInfo[],
  ) {
    this.#pod = pod;
    for (const node of nodes) {
      if (needsEveryKey && !hasEveryKey(node.labels, constraints)) this.#ignored.add(node);
    }
    const rated = this.#ignored.size === 0 ? nodes : nodes.filter((node) => !this.#ignored.has(node));
    const counted = needsEveryKey
      ? snapshot.nodes.filter((node) => hasEveryKey(node.labels, constraints))
      : snapshot.nodes;
    this.#parts = constraints.map((constraint) => {
      if (constraint.topologyKey === HOSTNAME_KEY) return { constraint, weight: weightOf(rated.length) };
      const domains = countDomains(pod, constraint, rated, counted);
      return { constraint, domains, weight: weightOf(domains.size) };
    });
  }

  score(node: NodeInfo): number {
    if (this.#ignored.has(node)) return 0;
    let sum = 0;
    for (const { constraint, domains, weight } of this.#parts) {
      const value = node.labels[constraint.topologyKey];
      if (value === undefined) continue;
      const count = domains?.get(value) ?? countMatching(node, constraint.selector, this.#pod.namespace);
      sum += count * weight + (constraint.maxSkew - 1);
    }
    return Math.round(sum);
  }

  normalize(scores: number[], nodes: readonly NodeInfo[]): void {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = 0;
    for (let i = 0; i < scores.length; i++) {
      if (this.#ignored.has(nodes[i] as NodeInfo)) continue;
      lowest = Math.min(lowest, scores[i] as number);
      highest = Math.max(highest, scores[i] as number);
    }
    for (let i = 0; i < scores.length; i++) {
      const distance = highest + lowest - (scores[i] as number);
      if (this.#ignored.has(nodes[i] as NodeInfo)) scores[i] = 0;
      else scores[i] = highest === 0 ? MAX_NODE_SCORE : Math.floor((MAX_NODE_SCORE * distance) / highest);
    }
  }
}

/** One constraint at work. */
interface Part {
  readonly constraint: Constraint;
  /** Selected pods by topology value, for the values that rated nodes have; absent where every node is its own domain. */
  readonly domains?: ReadonlyMap<string, number>;
  /** So that few large domains do not drown in many small ones. */
  readonly weight: number;
}

function weightOf(domainCount: number): number {
  return Math.log(domainCount + 2);
}

function countDomains(
  pod: PodInfo,
  constraint: Constraint,
  rated: readonly NodeInfo[],
  counted: readonly NodeInfo[],
): ReadonlyMap<string, number> {
  const { topologyKey, selector } = constraint;
  const domains = new Map<string, number>();
  // Nodes without the key are one domain together, named by the empty value.
  for (const { labels } of rated) domains.set(labels[topologyKey] ?? "", 0);
  for (const node of counted) {
    const value = node.labels[topologyKey] ?? "";
    const count = domains.get(value);
    if (count === undefined || !countsNode(constraint, pod.pod, node)) continue;
    const matching = countMatching(node, selector, pod.namespace);
    if (matching > 0) domains.set(value, count + matching);
  }
  return domains;
}
