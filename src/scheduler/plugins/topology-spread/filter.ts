import { deepEqual } from "../../../base/deep.ts";
import type { Node, Pod } from "../../../kube/types/index.ts";
import type { NodeInfo } from "../../node-info.ts";
import { type FilterPlugin, type NodeFilter, type Rejection, rejection } from "../../plugin.ts";
import type { PodInfo } from "../../pod-info.ts";
import type { ClusterEvent } from "../../queue/cluster-event.ts";
import type { Snapshot } from "../../snapshot.ts";
import { type Constraint, constraintsOf, countMatching, countsNode, hasEveryKey } from "./constraints.ts";

const UNEVEN = rejection("PodTopologySpread", true, "node(s) didn't match pod topology spread constraints");
const NO_LABEL = rejection(
  "PodTopologySpread",
  false,
  "node(s) didn't match pod topology spread constraints (missing required label)",
);

/** Keeps a pod off nodes where it would make its domains more uneven than its constraints allow. */
export const podTopologySpread: FilterPlugin = {
  name: "PodTopologySpread",
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
    return new SpreadFilter(pod, constraints, countDomains(pod, constraints, snapshot));
  },
};

/** One constraint's domains by topology value, with how many selected pods each has. */
type Domains = Map<string, number>;

function countDomains(
  pod: PodInfo,
  constraints: readonly Constraint[],
  snapshot: Snapshot,
): readonly Domains[] {
  const nodes = snapshot.nodes.filter((node) => hasEveryKey(node.labels, constraints));
  return constraints.map((constraint) => {
    const counts: Domains = new Map();
    for (const node of nodes) {
      if (!countsNode(constraint, pod.pod, node)) continue;
      const value = node.labels[constraint.topologyKey] as string;
      const count = counts.get(value);
      const found = countMatching(node, constraint.selector, pod.namespace);
      if (count === undefined || found > 0) counts.set(value, (count ?? 0) + found);
    }
    return counts;
  });
}

class SpreadFilter implements NodeFilter {
  readonly #pod: PodInfo;
  readonly #constraints: readonly Constraint[];
  readonly #domains: readonly Domains[];
  /** Per constraint, the fewest pods that any domain has; worked out when needed after a change. */
  readonly #fewest: (number | undefined)[];
  /** Per constraint, 1 when the pod itself will count. */
  readonly #own: readonly number[];

  constructor(pod: PodInfo, constraints: readonly Constraint[], domains: readonly Domains[]) {
    this.#pod = pod;
    this.#constraints = constraints;
    this.#domains = domains;
    this.#fewest = constraints.map(() => undefined);
    this.#own = constraints.map(({ selector }) => (selector.matches(pod.labels) ? 1 : 0));
  }

  filter(node: NodeInfo): Rejection | undefined {
    for (let i = 0; i < this.#constraints.length; i++) {
      const { topologyKey, maxSkew } = this.#constraints[i] as Constraint;
      const value = node.labels[topologyKey];
      if (value === undefined) return NO_LABEL;
      const matching = this.#domains[i]?.get(value) ?? 0;
      if (matching + (this.#own[i] as number) - this.#fewestOf(i) > maxSkew) return UNEVEN;
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
      this.#constraints,
      this.#domains.map((counts) => new Map(counts)),
    );
  }

  #fewestOf(i: number): number {
    let fewest = this.#fewest[i];
    if (fewest === undefined) {
      const counts = this.#domains[i] as Domains;
      // Fewer domains than wanted: a domain that is not there counts as an empty one.
      const isMissing = counts.size < (this.#constraints[i] as Constraint).minDomains;
      fewest = isMissing ? 0 : Math.min(...counts.values());
      this.#fewest[i] = fewest;
    }
    return fewest;
  }

  #change(pod: PodInfo, node: NodeInfo, by: 1 | -1): void {
    if (pod.namespace !== this.#pod.namespace || node.node === undefined) return;
    if (!hasEveryKey(node.labels, this.#constraints)) return;
    for (const [i, constraint] of this.#constraints.entries()) {
      if (!constraint.selector.matches(pod.labels) || !countsNode(constraint, this.#pod.pod, node)) continue;
      const counts = this.#domains[i] as Domains;
      const value = node.labels[constraint.topologyKey] as string;
      counts.set(value, (counts.get(value) ?? 0) + by);
      this.#fewest[i] = undefined;
    }
  }
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
