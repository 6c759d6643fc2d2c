import type { Namespace, StringMap } from "../../kube/types/index.ts";
import { type AffinityTerm, termMatches } from "../../scheduler/affinity-terms.ts";
import { podInfo } from "../../scheduler/pod-info.ts";
import type { PodClass } from "../model/pod-class.ts";

/** A term of some class's pods. */
export interface OwnedTerm {
  readonly podClass: number;
  readonly term: AffinityTerm;
  /** How much it weighs in scores; 0 for required anti-affinity, which no score reads. */
  readonly weight: number;
  readonly isRequiredApart: boolean;
}

/** A required term counts as a wish of this weight for the pods that it means. */
const REQUIRED_AFFINITY_WEIGHT = 1;

/** Every inter-pod affinity term of all classes, found by the pods that it means. */
export class AffinityIndex {
  /** By "namespace/key=value", or by "namespace/" where no label is required; the namespace is "*" where a selector names it. */
  readonly #terms = new Map<string, OwnedTerm[]>();

  constructor(classes: readonly PodClass[]) {
    for (const { index, prototype } of classes) {
      const { affinity, hasAffinity } = podInfo(prototype);
      if (!hasAffinity) continue;
      const add = (terms: readonly AffinityTerm[], sign: number, isRequiredApart: boolean) => {
        for (const term of terms) {
          const weight = isRequiredApart ? 0 : sign * (term.weight || REQUIRED_AFFINITY_WEIGHT);
          this.#add({ podClass: index, term, weight, isRequiredApart });
        }
      };
      add(affinity.required, 1, false);
      add(affinity.preferred, 1, false);
      add(affinity.preferredApart, -1, false);
      add(affinity.requiredApart, 0, true);
    }
  }

  /** The terms that mean the pods of a class. */
  meaning({ prototype }: PodClass, namespaceLabels: Namespace["metadata"]["labels"]): readonly OwnedTerm[] {
    if (this.#terms.size === 0) return [];
    const { namespace = "", labels = {} } = prototype.metadata;
    const pod = { namespace, labels };
    return [namespace, "*"].flatMap((where) =>
      [`${where}/`, ...labelKeys(where, labels)].flatMap((key) =>
        (this.#terms.get(key) ?? []).filter(({ term }) => termMatches(term, pod, namespaceLabels)),
      ),
    );
  }

  #add(owned: OwnedTerm): void {
    const { namespaces, namespaceSelector, selector } = owned.term;
    const label = selector.requirements.find(
      ({ operator, values }) => (operator === "=" || operator === "in") && values.length === 1,
    );
    const rest = label === undefined ? "" : `${label.key}=${label.values[0]}`;
    const selectsNamespaces =
      namespaceSelector.selectsEverything || namespaceSelector.requirements.length > 0;
    // A term that names namespaces and selects others too must be found once.
    for (const where of selectsNamespaces ? ["*"] : namespaces) {
      const key = `${where}/${rest}`;
      const terms = this.#terms.get(key);
      if (terms === undefined) this.#terms.set(key, [owned]);
      else terms.push(owned);
    }
  }
}

function labelKeys(namespace: string, labels: StringMap): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${namespace}/${key}=${value}`);
}
