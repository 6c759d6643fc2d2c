import type { NodeChange, NodeFollower } from "../../kept/node-change.ts";
import type { NodeInfo } from "../../node-info.ts";
import type { PodInfo } from "../../pod-info.ts";
import type { Snapshot } from "../../snapshot.ts";
import { type Constraint, countMatching, countsNode, hasEveryKey } from "./constraints.ts";

/**
 * How many pods that a constraint selects each node has, and each domain, for pods of one signature: counted once, then kept up pod by
 * pod. Domains have numbers, so that asking about a node takes no look-up by text.
 */
export class DomainTally implements NodeFollower {
  readonly constraint: Constraint;
  /** By the node's position. Nodes without the topology key are in the domain of the empty value, as in kube-scheduler. */
  readonly domainOf: Int32Array;
  /** By the node's position, 1 where it has the topology key. */
  readonly hasKey: Uint8Array;
  /** By the node's position, how many selected pods it has, whether or not it counts. */
  readonly onNode: Int32Array;
  /** By domain, how many selected pods the nodes that count have. */
  readonly counts: number[] = [];
  /** By domain, 1 where some node of it counts. */
  readonly isCounted: number[] = [];
  /** By the node's position, 1 where it counts. */
  readonly #included: Uint8Array;
  readonly #namespace: string;

  /** @param needed only nodes with the keys of all of these count */
  constructor(constraint: Constraint, needed: readonly Constraint[], pod: PodInfo, { nodes }: Snapshot) {
    this.constraint = constraint;
    this.domainOf = new Int32Array(nodes.length);
    this.hasKey = new Uint8Array(nodes.length);
    this.onNode = new Int32Array(nodes.length);
    this.#included = new Uint8Array(nodes.length);
    this.#namespace = pod.namespace;
    const domains = new Map<string, number>();
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as NodeInfo;
      const found = countMatching(node, constraint.selector, pod.namespace);
      this.onNode[i] = found;
      const value = node.labels[constraint.topologyKey];
      this.hasKey[i] = value === undefined ? 0 : 1;
      const domain = this.#domainNamed(value ?? "", domains);
      this.domainOf[i] = domain;
      if (!hasEveryKey(node.labels, needed) || !countsNode(constraint, pod.pod, node)) continue;
      this.#included[i] = 1;
      this.isCounted[domain] = 1;
      this.counts[domain] = (this.counts[domain] as number) + found;
    }
  }

  /** Whether the node's pods count for its domain. */
  includes({ position }: NodeInfo): boolean {
    return this.#included[position] === 1;
  }

  follow(change: NodeChange): boolean {
    if (change.kind === "node") {
      return !change.isRelabelled && !(change.isRetainted && this.constraint.honorsTaints);
    }
    const { node, pod, by } = change;
    const { selector } = this.constraint;
    if (pod.namespace !== this.#namespace || pod.isTerminating || selector.selectsEverything) return true;
    if (!selector.matches(pod.labels)) return true;
    const { position } = node;
    this.onNode[position] = (this.onNode[position] as number) + by;
    if (this.includes(node)) {
      const domain = this.domainOf[position] as number;
      this.counts[domain] = (this.counts[domain] as number) + by;
    }
    return true;
  }

  #domainNamed(value: string, domains: Map<string, number>): number {
    const known = domains.get(value);
    if (known !== undefined) return known;
    const domain = domains.size;
    domains.set(value, domain);
    this.counts.push(0);
    this.isCounted.push(0);
    return domain;
  }
}

/** The tallies of all constraints of one pod. */
export class DomainTallies implements NodeFollower {
  readonly all: readonly DomainTally[];

  constructor(
    constraints: readonly Constraint[],
    needed: readonly Constraint[],
    pod: PodInfo,
    snapshot: Snapshot,
  ) {
    this.all = constraints.map((constraint) => new DomainTally(constraint, needed, pod, snapshot));
  }

  follow(change: NodeChange): boolean {
    for (const tally of this.all) if (!tally.follow(change)) return false;
    return true;
  }
}
