import type { NodeInfo } from "../../node-info.ts";
import { MAX_NODE_SCORE, type NodeScorer, type ScorePlugin } from "../../plugin.ts";
import { constraintsOf, defaultConstraints, HOSTNAME_KEY } from "./constraints.ts";
import { DomainTallies, type DomainTally } from "./domain-tally.ts";

/** Prefers nodes whose domains have fewer of the pods that the constraints select. */
export const podTopologySpreadScore: ScorePlugin = {
  name: "PodTopologySpread",
  looksAt: "cluster",
  weight: 2,
  preScore(pod, snapshot, nodes) {
    const { topologySpreadConstraints = [] } = pod.pod.spec;
    const hasOwn = topologySpreadConstraints.length > 0;
    const constraints = hasOwn
      ? constraintsOf(pod.pod, "ScheduleAnyway")
      : defaultConstraints(pod.pod, snapshot.objects);
    if (constraints.length === 0) return undefined;
    // What Services and controllers select may change; the pod's own constraints are part of its signature.
    const basis = hasOwn ? undefined : constraints[0]?.selector.toString();
    const { all } = snapshot
      .keptFor(pod)
      .part(
        "spread scores",
        basis,
        () => new DomainTallies(constraints, hasOwn ? constraints : [], pod, snapshot),
      );
    return new SpreadScorer(all, hasOwn, nodes);
  },
};

class SpreadScorer implements NodeScorer {
  /** By the node's position, 1 for those that lack a key of the pod's own constraints: they get no score. */
  readonly #ignored: Uint8Array | undefined;
  readonly #parts: readonly Part[];

  constructor(tallies: readonly DomainTally[], needsEveryKey: boolean, nodes: readonly NodeInfo[]) {
    const ignored = needsEveryKey ? nodesWithoutKey(tallies, nodes) : undefined;
    this.#ignored = ignored;
    const rated = ignored === undefined ? nodes : nodes.filter(({ position }) => ignored[position] !== 1);
    this.#parts = tallies.map((tally) => {
      const { topologyKey, maxSkew } = tally.constraint;
      const isPerNode = topologyKey === HOSTNAME_KEY;
      const domains = isPerNode ? rated.length : countDomains(tally, rated);
      return { tally, isPerNode, maxSkew, weight: Math.log(domains + 2) };
    });
  }

  score(node: NodeInfo): number {
    return this.#scoreAt(node.position);
  }

  scoreAll(nodes: readonly NodeInfo[], scores: number[]): void {
    for (let i = 0; i < nodes.length; i++) scores[i] = this.#scoreAt((nodes[i] as NodeInfo).position);
  }

  #scoreAt(position: number): number {
    if (this.#ignored !== undefined && this.#ignored[position] === 1) return 0;
    let sum = 0;
    for (let i = 0; i < this.#parts.length; i++) {
      const { tally, isPerNode, maxSkew, weight } = this.#parts[i] as Part;
      if (tally.hasKey[position] !== 1) continue;
      const { onNode, counts, domainOf } = tally;
      const count = (isPerNode ? onNode[position] : counts[domainOf[position] as number]) as number;
      sum += count * weight + (maxSkew - 1);
    }
    return Math.round(sum);
  }

  normalize(scores: number[], nodes: readonly NodeInfo[]): void {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = 0;
    for (let i = 0; i < scores.length; i++) {
      if (this.#ignores(nodes[i] as NodeInfo)) continue;
      lowest = Math.min(lowest, scores[i] as number);
      highest = Math.max(highest, scores[i] as number);
    }
    for (let i = 0; i < scores.length; i++) {
      const distance = highest + lowest - (scores[i] as number);
      if (this.#ignores(nodes[i] as NodeInfo)) scores[i] = 0;
      else scores[i] = highest === 0 ? MAX_NODE_SCORE : Math.floor((MAX_NODE_SCORE * distance) / highest);
    }
  }

  #ignores({ position }: NodeInfo): boolean {
    return this.#ignored !== undefined && this.#ignored[position] === 1;
  }
}

/** One constraint at work. */
interface Part {
  readonly tally: DomainTally;
  /** Every node is its own domain. */
  readonly isPerNode: boolean;
  readonly maxSkew: number;
  /** So that few large domains do not drown in many small ones. */
  readonly weight: number;
}

/** Undefined where no node lacks one. */
function nodesWithoutKey(
  tallies: readonly DomainTally[],
  nodes: readonly NodeInfo[],
): Uint8Array | undefined {
  let without: Uint8Array | undefined;
  for (const { hasKey } of tallies) {
    for (const { position } of nodes) {
      if (hasKey[position] === 1) continue;
      without ??= new Uint8Array(hasKey.length);
      without[position] = 1;
    }
  }
  return without;
}

/** How many domains the nodes are in. */
function countDomains({ domainOf, counts }: DomainTally, nodes: readonly NodeInfo[]): number {
  const isSeen = new Uint8Array(counts.length);
  let domains = 0;
  for (const { position } of nodes) {
    const domain = domainOf[position] as number;
    if (isSeen[domain] === 1) continue;
    isSeen[domain] = 1;
    domains++;
  }
  return domains;
}
