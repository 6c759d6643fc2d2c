import type { RankingSlot } from "./rankings.ts";

/** Pods counted by the domains of one topology key, for one reason that a class has. */
export interface DomainCount {
  /** The place among all counts of the class. */
  readonly slot: number;
  readonly counter: number;
  readonly key: number;
  /** The key's place among the layout's; -1 where every node is a domain of its own. */
  readonly column: number;
  /** Counted by node: because the key says so, or because what stands in other nodes of the domain does not matter. */
  readonly isByNode: boolean;
  /** By node, 1 where what stands there counts; absent where it does everywhere. */
  readonly included: Uint8Array | undefined;
  /** What stands on lost nodes does not count, because of their taints. */
  readonly dropsLost: boolean;
}

/** A hard spread constraint. */
export interface SpreadRule extends DomainCount {
  readonly maxSkew: number;
  readonly minDomains: number;
  /** 1 when the pod itself will count. */
  readonly own: number;
  /** By domain, how many nodes count while nothing is lost; one number for all where every node is a domain. */
  readonly domainNodes: Int32Array;
}

/** A soft spread constraint. */
export interface SpreadWish extends DomainCount {
  readonly maxSkew: number;
}

/** Required affinity: some pod that all the terms mean must be in the node's domain of every key. */
export interface Near {
  readonly keys: readonly DomainCount[];
  /** The pod may be the first: it means itself. */
  readonly mayBeFirst: boolean;
}

/** Everything that placing pods of a class takes. */
export interface ClassFacts {
  readonly kind: "covered";
  readonly podClass: number;
  readonly ranking: RankingSlot;
  readonly rules: readonly SpreadRule[];
  readonly wishes: readonly SpreadWish[];
  /** The wishes are the pod's own: a node without one of their labels gets no score. */
  readonly wishesNeedLabels: boolean;
  readonly near: Near | undefined;
  /** A domain with any such pod is closed: they do not bear each other. */
  readonly shunned: readonly DomainCount[];
  /** What the company in a domain is worth. */
  readonly company: readonly DomainCount[];
  /** What making room for such a pod would change is more than the engine follows. */
  readonly leavesPreemption: boolean;
  /** All of them, by slot. */
  readonly counts: readonly DomainCount[];
}

/** Why the engine does not place pods of a class itself. */
export interface Uncovered {
  /** "rejected": no node will ever do, and nothing can be preempted; "literal": the literal scheduler has to look. */
  readonly kind: "rejected" | "literal";
  readonly why: string;
}
