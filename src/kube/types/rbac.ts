import type { KubeObject, LabelSelector } from "./meta.ts";

/** What may be done, to objects or to paths. A "*" stands for everything. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  /** As "pods" or "pods/log"; a star before the slash stands for every resource that has the subresource. */
  readonly resources?: readonly string[];
  /** Every name when absent or empty. */
  readonly resourceNames?: readonly string[];
  /** Paths; a "*" at the end stands for whatever follows. */
  readonly nonResourceURLs?: readonly string[];
}

export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null;
}

export interface ClusterRole extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null;
  /** The rules are those of the roles selected; a controller writes them. */
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

export interface RoleRef {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

export interface Subject {
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  /** Of a ServiceAccount. */
  readonly namespace?: string;
}

export interface RoleBinding extends KubeObject {
  readonly subjects?: readonly Subject[];
  readonly roleRef: RoleRef;
}

export type ClusterRoleBinding = RoleBinding;
