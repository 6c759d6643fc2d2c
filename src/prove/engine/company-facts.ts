import {
  type AffinityTerm,
  matchesAllTerms,
  termMatches,
  withNamespaces,
} from "../../scheduler/affinity-terms.ts";
import type { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import type { PodInfo } from "../../scheduler/pod-info.ts";
import type { PodClass } from "../model/pod-class.ts";
import { AffinityIndex } from "./affinity-index.ts";
import type { ClassIndex } from "./class-index.ts";
import type { Counters } from "./counters.ts";
import type { Topology } from "./topology.ts";

/** Pods counted in the domains of a key. */
export interface CompanyFact {
  readonly counter: number;
  readonly key: number;
}

export interface NearFact {
  readonly counter: number;
  readonly keys: readonly number[];
  readonly mayBeFirst: boolean;
}

export interface CompanyFactInput {
  readonly objects: ClusterObjects;
  readonly podClasses: readonly PodClass[];
  readonly topology: Topology;
  readonly counters: Counters;
  readonly classes: ClassIndex;
}

/** By topology key's index, then by class, how much one of its pods counts. */
type Weights = Map<number, Map<number, number>>;

/** Reads inter-pod affinity both ways: what a pod says of others, and what others say of it. */
export class CompanyFacts {
  readonly #input: CompanyFactInput;
  readonly #index: AffinityIndex;
  readonly #infos: readonly PodInfo[];

  constructor(input: CompanyFactInput, infos: readonly PodInfo[]) {
    this.#input = input;
    this.#index = new AffinityIndex(input.podClasses);
    this.#infos = infos;
  }

  near(pod: PodInfo): NearFact | undefined {
    const terms = this.#resolved(pod.affinity.required);
    const [first] = terms;
    if (first === undefined) return undefined;
    const members = this.#meant(first).filter((index) =>
      matchesAllTerms(terms, this.#infos[index] as PodInfo),
    );
    const weights = new Map(members.map((index) => [index, 1]));
    return {
      counter: this.#counterOf(weights),
      keys: [...new Set(terms.map(({ topologyKey }) => this.#input.topology.indexOf(topologyKey)))],
      mayBeFirst: matchesAllTerms(terms, pod),
    };
  }

  /** Whom the pod does not bear, and who does not bear it: counted together, because any of them closes the domain. */
  shunned(pod: PodInfo, podClass: PodClass): readonly CompanyFact[] {
    const weights: Weights = new Map();
    for (const term of this.#resolved(pod.affinity.requiredApart)) {
      for (const index of this.#meant(term)) this.#add(weights, term, index, 1);
    }
    for (const { term, podClass: index, isRequiredApart } of this.#meaning(pod, podClass)) {
      if (isRequiredApart) this.#add(weights, term, index, 1);
    }
    return this.#facts(weights);
  }

  company(pod: PodInfo, podClass: PodClass): readonly CompanyFact[] {
    const weights: Weights = new Map();
    const { preferred, preferredApart } = pod.affinity;
    for (const [terms, sign] of [
      [preferred, 1],
      [preferredApart, -1],
    ] as const) {
      for (const term of this.#resolved(terms)) {
        for (const index of this.#meant(term)) this.#add(weights, term, index, sign * term.weight);
      }
    }
    for (const { term, podClass: index, weight } of this.#meaning(pod, podClass)) {
      if (weight !== 0) this.#add(weights, term, index, weight);
    }
    return this.#facts(weights);
  }

  #meaning({ namespace }: PodInfo, podClass: PodClass) {
    const labels = this.#input.objects.namespaces.get(undefined, namespace)?.metadata.labels;
    return this.#index.meaning(podClass, labels);
  }

  #resolved(terms: readonly AffinityTerm[]): readonly AffinityTerm[] {
    return withNamespaces(terms, this.#input.objects.namespaces.all());
  }

  /** The classes whose pods the term means, its namespaces being resolved. */
  #meant(term: AffinityTerm): readonly number[] {
    const { classes } = this.#input;
    const namespaces = term.namespaceSelector.selectsEverything ? classes.namespaces : term.namespaces;
    return [...namespaces]
      .flatMap((namespace) => classes.selected(namespace, term.selector))
      .filter((index) => termMatches(term, this.#infos[index] as PodInfo));
  }

  #add(weights: Weights, { topologyKey }: AffinityTerm, podClass: number, by: number): void {
    const key = this.#input.topology.indexOf(topologyKey);
    const ofKey = weights.get(key) ?? new Map<number, number>();
    ofKey.set(podClass, (ofKey.get(podClass) ?? 0) + by);
    weights.set(key, ofKey);
  }

  #facts(weights: Weights): readonly CompanyFact[] {
    return [...weights].map(([key, ofKey]) => ({ key, counter: this.#counterOf(ofKey) }));
  }

  #counterOf(weights: ReadonlyMap<number, number>): number {
    return this.#input.counters.indexOf(`present ${JSON.stringify([...weights])}`, false, () => weights);
  }
}
