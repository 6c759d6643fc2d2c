/** Inter-pod affinity terms, read once per pod: selectors made ready, namespaces resolved as far as the pod tells. */
import { type CompiledSelector, compileSelector } from "../kube/selectors.ts";
import type {
  Namespace,
  Pod,
  PodAffinityTerm,
  StringMap,
  WeightedPodAffinityTerm,
} from "../kube/types/index.ts";
import { narrowedSelector, requirementsByKeys } from "./narrowed-selector.ts";

/** What a term looks at of a pod. */
export interface Companion {
  readonly namespace: string;
  readonly labels: StringMap;
}

/** One term; `weight` is 0 for required ones. */
export interface AffinityTerm {
  /** Equal for terms that say the same, as far as the pod tells. */
  readonly text: string;
  readonly topologyKey: string;
  readonly weight: number;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: CompiledSelector;
  readonly selector: CompiledSelector;
}

/** Everything a pod says about the company it wants. */
export interface AffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredApart: readonly AffinityTerm[];
  readonly preferred: readonly AffinityTerm[];
  readonly preferredApart: readonly AffinityTerm[];
}

const NONE: readonly AffinityTerm[] = Object.freeze([]);

/** What a pod without inter-pod affinity has. */
export const NO_AFFINITY: AffinityTerms = Object.freeze({
  required: NONE,
  requiredApart: NONE,
  preferred: NONE,
  preferredApart: NONE,
});

/** What a term is that a file leaves out, which an API server would not take: it means no pod, and no domain. */
const NO_TERM: PodAffinityTerm = Object.freeze({ topologyKey: "" });

/** Reads a pod's terms. */
export function affinityTermsOf(pod: Pod): AffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return NO_AFFINITY;
  const all = (terms: readonly PodAffinityTerm[] | undefined) =>
    terms?.map((term) => readTerm(pod, term, 0)) ?? NONE;
  const weighted = (terms: readonly WeightedPodAffinityTerm[] | undefined) =>
    terms?.map(({ podAffinityTerm = NO_TERM, weight }) => readTerm(pod, podAffinityTerm, weight)) ?? NONE;
  return {
    required: all(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredApart: all(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: weighted(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredApart: weighted(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

/**
 * Whether the term means that pod. `namespaceLabels` are those of the pod's namespace; leave them out for the terms of a
 * pod being scheduled once `withNamespaces` has resolved them.
 */
export function termMatches(term: AffinityTerm, pod: Companion, namespaceLabels?: StringMap): boolean {
  return (
    (term.namespaces.has(pod.namespace) || term.namespaceSelector.matches(namespaceLabels)) &&
    term.selector.matches(pod.labels)
  );
}

/** Whether one pod satisfies every term, which is how required affinity is meant. No terms are satisfied by nobody. */
export function matchesAllTerms(terms: readonly AffinityTerm[], pod: Companion): boolean {
  return terms.length > 0 && terms.every((term) => termMatches(term, pod));
}

/**
 * The terms with their namespace selectors replaced by the namespaces that these select now. A selector that only says what
 * must not be there selects every namespace, as in kube-scheduler 1.34: that replaces it in a copy of the term, and goes on
 * asking it about no labels (interpodaffinity, mergeAffinityTermNamespacesIfNotEmpty).
 */
export function withNamespaces(
  terms: readonly AffinityTerm[],
  namespaces: Iterable<Namespace>,
): readonly AffinityTerm[] {
  const needsResolving = ({ namespaceSelector }: AffinityTerm) => namespaceSelector.requirements.length > 0;
  if (!terms.some(needsResolving)) return terms;
  const all = [...namespaces];
  return terms.map((term) => {
    if (!needsResolving(term)) return term;
    const { namespaceSelector } = term;
    const selected = all.filter(({ metadata }) => namespaceSelector.matches(metadata.labels));
    return {
      ...term,
      namespaces: new Set([...term.namespaces, ...selected.map(({ metadata }) => metadata.name)]),
      namespaceSelector: namespaceSelector.matches(undefined) ? EVERY_NAMESPACE : NO_OTHER_NAMESPACE,
    };
  });
}

const EVERY_NAMESPACE = compileSelector({});
const NO_OTHER_NAMESPACE = compileSelector(undefined);

function readTerm(pod: Pod, term: PodAffinityTerm, weight: number): AffinityTerm {
  const { labels = {} } = pod.metadata;
  const isOwnNamespace = !term.namespaces?.length && term.namespaceSelector === undefined;
  const namespaces = isOwnNamespace ? [pod.metadata.namespace ?? ""] : (term.namespaces ?? []);
  const namespaceSelector = compileSelector(term.namespaceSelector);
  // An API server has merged these keys into the selector already; doing it again does no harm.
  const selector = narrowedSelector(compileSelector(term.labelSelector), [
    ...requirementsByKeys(term.matchLabelKeys, labels, "in"),
    ...requirementsByKeys(term.mismatchLabelKeys, labels, "notin"),
  ]);
  return {
    text: JSON.stringify([
      term.topologyKey,
      weight,
      namespaces.toSorted(),
      textOf(namespaceSelector),
      textOf(selector),
    ]),
    topologyKey: term.topologyKey,
    weight,
    namespaces: new Set(namespaces),
    namespaceSelector,
    selector,
  };
}

/** What selects everything has the same text as what selects nothing. */
function textOf(selector: CompiledSelector): string {
  return selector.selectsEverything ? "*" : selector.toString();
}
