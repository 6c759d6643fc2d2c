import { deepEqual } from "../../../base/deep.ts";
import type { Node, Pod } from "../../../kube/types/index.ts";
import type { NodeInfo } from "../../node-info.ts";
import { type FilterPlugin, type NodeFilter, type Rejection, rejection } from "../../plugin.ts";
import type { PodInfo } from "../../pod-info.ts";
import type { ClusterEvent } from "../../queue/cluster-event.ts";
import { constraintsOf, hasEveryKey } from "./constraints.ts";
import { DomainTallies, type DomainTally } from "./domain-tally.ts";

const UNEVEN = rejection("PodTopologySpread", true, "node(s) didn't match pod topology spread constraints");
const NO_LABEL = rejection(
  "PodTopologySpread",
  false,
  "node(s) didn't match pod topology spread constraints (missing required label)",
);

/** Keeps a pod off nodes where it would make its domains more uneven than its constraints allow. */
export const podTopologySpread: FilterPlugin = {
  name: "PodTopologySpread",
  looksAt: "cluster",
  events: [
    {
      resource: "Pod",
      actions: ["Add", "UpdatePodLabel", "UpdatePodToleration", "Delete"],
      hint: changesCounts,
    },
    {
      resource: "Node",
      actions: ["Add", "Delete", "UpdateNodeLabel", "UpdateNodeTaint"],
      hint: changesDomains,
    },
  ],
  preFilter(pod, snapshot) {
    const constraints = constraintsOf(pod.pod, "DoNotSchedule");
    if (constraints.length === 0) return undefined;
    const { all } = snapshot
      .keptFor(pod)
      .part("spread", undefined, () => new DomainTallies(constraints, constraints, pod, snapshot));
    return new SpreadFilter(
      pod,
      all,
      all.map(({ counts }) => counts),
    );
  },
};

class SpreadFilter implements NodeFilter {
  readonly #pod: PodInfo;
  readonly #tallies: readonly DomainTally[];
  /** Per constraint, by domain, how many selected pods it has: the tallies' own numbers, or a fork's. */
  readonly #counts: readonly number[][];
  /** Per constraint, the fewest pods that any domain has; worked out when needed after a change. */
  readonly #fewest: (number | undefined)[];
  /** Per constraint, 1 when the pod itself will count. */
  readonly #own: readonly number[];

  constructor(pod: PodInfo, tallies: readonly DomainTally[], counts: readonly number[][]) {
    this.#pod = pod;
    this.#tallies = tallies;
    this.#counts = counts;
    this.#fewest = tallies.map(() => undefined);
    this.#own = tallies.map(({ constraint }) => (constraint.selector.matches(pod.labels) ? 1 : 0));
  }

  filter({ position }: NodeInfo): Rejection | undefined {
    for (let i = 0; i < this.#tallies.length; i++) {
      const { constraint, domainOf, hasKey } = this.#tallies[i] as DomainTally;
      if (hasKey[position] !== 1) return NO_LABEL;
      const matching = this.#counts[i]?.[domainOf[position] as number] as number;
      if (matching + (this.#own[i] as number) - this.#fewestOf(i) > constraint.maxSkew) return UNEVEN;
    }
    return undefined;
  }

  podAdded(pod: PodInfo, node: NodeInfo): void {
    this.#change(pod, node, 1);
  }

  podRemoved(pod: PodInfo, node: NodeInfo): void {
    this.#change(pod, node, -1);
  }

  fork(): NodeFilter {
    return new SpreadFilter(
      this.#pod,
      this.#tallies,
      this.#counts.map((counts) => [...counts]),
    );
  }

  #fewestOf(i: number): number {
    let fewest = this.#fewest[i];
    if (fewest === undefined) {
      const { constraint, isCounted } = this.#tallies[i] as DomainTally;
      fewest = fewestIn(this.#counts[i] as number[], isCounted, constraint.minDomains);
      this.#fewest[i] = fewest;
    }
    return fewest;
  }

  #change(pod: PodInfo, node: NodeInfo, by: 1 | -1): void {
    if (pod.namespace !== this.#pod.namespace) return;
    for (const [i, tally] of this.#tallies.entries()) {
      if (!tally.constraint.selector.matches(pod.labels) || !tally.includes(node)) continue;
      const counts = this.#counts[i] as number[];
      const domain = tally.domainOf[node.position] as number;
      counts[domain] = (counts[domain] as number) + by;
      this.#fewest[i] = undefined;
    }
  }
}

/** With fewer domains than wanted, a domain that is not there counts as an empty one. */
function fewestIn(counts: readonly number[], isCounted: readonly number[], minDomains: number): number {
  let domains = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (let domain = 0; domain < counts.length; domain++) {
    if (isCounted[domain] !== 1) continue;
    domains++;
    fewest = Math.min(fewest, counts[domain] as number);
  }
  return domains < minDomains ? 0 : fewest;
}

function changesCounts(pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as Pod | undefined;
  const after = event.after as Pod | undefined;
  const isInvolved = (other: Pod) =>
    other.metadata.uid === pod.metadata.uid ||
    (Boolean(other.spec.nodeName) && other.metadata.namespace === pod.metadata.namespace);
  if ((after && !isInvolved(after)) || (before && !isInvolved(before))) return false;
  const constraints = constraintsOf(pod, "DoNotSchedule");
  const isCounted = (other: Pod) =>
    constraints.some(({ selector }) => selector.matches(other.metadata.labels));
  if (before === undefined || after === undefined) return isCounted((before ?? after) as Pod);
  const isToleratingMore =
    after.metadata.uid === pod.metadata.uid &&
    !deepEqual(before.spec.tolerations, after.spec.tolerations) &&
    constraints.some(({ honorsTaints }) => honorsTaints);
  if (isToleratingMore) return true;
  return constraints.some(
    ({ selector }) => selector.matches(before.metadata.labels) !== selector.matches(after.metadata.labels),
  );
}

function changesDomains(pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as Node | undefined;
  const after = event.after as Node | undefined;
  const constraints = constraintsOf(pod, "DoNotSchedule");
  const isDomain = (node: Node | undefined) =>
    node !== undefined && hasEveryKey(node.metadata.labels, constraints);
  if (before === undefined || after === undefined) return isDomain(before) || isDomain(after);
  if (isDomain(before) !== isDomain(after)) return true;
  if (!isDomain(after)) return false;
  const isMoved = constraints.some(
    ({ topologyKey }) => before.metadata.labels?.[topologyKey] !== after.metadata.labels?.[topologyKey],
  );
  return isMoved || !deepEqual(before.spec.taints ?? [], after.spec.taints ?? []);
}
