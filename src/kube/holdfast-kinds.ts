/** The rows of Holdfast's own kinds; the table in `kinds.ts` holds those of a stock Kubernetes. */
import type { Kind, Verb } from "./kind.ts";
import type { HighAvailabilityPolicy } from "./types/holdfast.ts";

const VERBS: readonly Verb[] = [
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "create",
  "update",
  "watch",
];

function policyKind(kind: string, shortName: string, namespaced: boolean): Kind<HighAvailabilityPolicy> {
  const group = "holdfast.dev";
  const version = "v1alpha1";
  return {
    group,
    version,
    kind,
    plural: kind.toLowerCase().replace(/y$/, "ies"),
    singular: kind.toLowerCase(),
    shortNames: [shortName],
    categories: ["holdfast"],
    namespaced,
    verbs: VERBS,
    subresources: { status: { group, version, kind, verbs: ["get", "patch", "update"] } },
  };
}

/** A policy of the whole cluster. */
export const highAvailabilityPolicies = policyKind("HighAvailabilityPolicy", "hap", false);

/** A policy for workloads of its own namespace. */
export const namespacedHighAvailabilityPolicies = policyKind(
  "NamespacedHighAvailabilityPolicy",
  "nhap",
  true,
);

export const POLICY_KINDS = [highAvailabilityPolicies, namespacedHighAvailabilityPolicies] as const;
