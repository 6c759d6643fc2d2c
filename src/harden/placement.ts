/** Where pods may stand, and what keeps them apart. */
import { selectorMatches } from "../kube/selectors.ts";
import type { LabelSelector, Node, PodAffinityTerm, StringMap } from "../kube/types/index.ts";
import type { Subject } from "./checks/subject.ts";

export const HOSTNAME = "kubernetes.io/hostname";
export const ZONE = "topology.kubernetes.io/zone";

/** "binding" holds against the scheduler's other wishes, a "wish" does not. */
export type Strength = "binding" | "wish" | "none";

/**
 * How firmly replicas are kept from all standing on one node. A term whose selector misses the pods themselves keeps nothing
 * apart, and one over a label that all nodes share neither.
 */
export function spreadStrength({ spec, labels, eligibleNodes }: Subject): Strength {
  const divides = (key: string) =>
    key === HOSTNAME || new Set(eligibleNodes.map((node) => domainOf(node, key))).size > 1;
  const apart = (term: PodAffinityTerm) => divides(term.topologyKey) && selects(term, labels);
  const spreads = (spec.topologySpreadConstraints ?? []).filter(
    (constraint) => divides(constraint.topologyKey) && selects(constraint, labels),
  );
  const { podAntiAffinity } = spec.affinity ?? {};
  const isBinding =
    spreads.some(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule") ||
    podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.some(apart);
  if (isBinding) return "binding";
  const isWished =
    spreads.length > 0 ||
    podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.some(({ podAffinityTerm }) =>
      apart(podAffinityTerm),
    );
  return isWished ? "wish" : "none";
}

/** Whether the pods themselves are among those that a term or a constraint counts. */
export function selects(
  { labelSelector }: { readonly labelSelector?: LabelSelector | undefined },
  labels: StringMap,
): boolean {
  return labelSelector !== undefined && selectorMatches(labelSelector, labels);
}

export function domainOf({ metadata: { labels } }: Node, key: string): string | undefined {
  return labels?.[key];
}

/** Whether no two of its pods may be on one node. */
export function isAloneOnNode({ spec, labels }: Pick<Subject, "spec" | "labels">): boolean {
  const terms = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some((term) => term.topologyKey === HOSTNAME && selects(term, labels));
}
