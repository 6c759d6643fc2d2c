import type { StringMap } from "../kube/types/index.ts";
import type { AffinityTerm, AffinityTerms } from "./affinity-terms.ts";

/** A term, and where the pods stand that have it. */
export interface HeldTerm {
  readonly term: AffinityTerm;
  /** By value of its topology key, how many pods in that domain have the term. */
  readonly pods: Map<string, number>;
}

/**
 * What the pods on nodes say about the company that they want, by term. A workload's pods say the same, so whoever is to know who wants it near
 * or away has few terms to ask about, however many pods there are.
 */
export class TermIndex {
  readonly #terms: Readonly<Record<keyof AffinityTerms, Map<string, HeldTerm>>> = {
    required: new Map(),
    requiredApart: new Map(),
    preferred: new Map(),
    preferredApart: new Map(),
  };

  /** The terms of one sort that some pod has. */
  of(sort: keyof AffinityTerms): Iterable<HeldTerm> {
    return this.#terms[sort].values();
  }

  has(sort: keyof AffinityTerms): boolean {
    return this.#terms[sort].size > 0;
  }

  /** A pod with these terms comes to a node with these labels (1), or leaves it (-1). */
  change(affinity: AffinityTerms, labels: StringMap, by: 1 | -1): void {
    for (const sort in this.#terms) this.#change(sort as keyof AffinityTerms, affinity, labels, by);
  }

  #change(sort: keyof AffinityTerms, affinity: AffinityTerms, labels: StringMap, by: 1 | -1): void {
    const terms = this.#terms[sort];
    for (const term of affinity[sort]) {
      const value = labels[term.topologyKey];
      if (value === undefined) continue;
      const held = terms.get(term.text) ?? { term, pods: new Map<string, number>() };
      const count = (held.pods.get(value) ?? 0) + by;
      if (count === 0) held.pods.delete(value);
      else held.pods.set(value, count);
      if (held.pods.size === 0) terms.delete(term.text);
      else terms.set(term.text, held);
    }
  }
}
