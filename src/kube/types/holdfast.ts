/** Holdfast's own kinds, `holdfast.dev/v1alpha1`. What may stand in them is said by their definitions in `deploy/crds/`. */
import type { Condition, KubeObject, LabelSelector, StringMap } from "./meta.ts";

/** Which workloads a policy is for: everything that meets all that is said. */
export interface PolicyTarget {
  readonly kind?: "Deployment" | "StatefulSet";
  /** Of a policy of the whole cluster; all namespaces when absent. */
  readonly namespace?: string;
  readonly name?: string;
  readonly selector?: LabelSelector;
}

/** `Required` binds the scheduler, `Preferred` is a wish of it. */
export type SpreadStrength = "Required" | "Preferred" | "Off";

export interface PolicySpec {
  /** 1 must not be down, 2 should not be, 3 may be while it starts anew elsewhere. */
  readonly tier: 1 | 2 | 3;
  readonly targets: readonly PolicyTarget[];
  /** At least so many: a workload that runs more keeps them. */
  readonly replicas?: number;
  readonly spread?: { readonly nodes?: SpreadStrength; readonly zones?: SpreadStrength };
  /** Worked out from the eligible nodes when absent. */
  readonly rollout?: { readonly maxSurge?: number; readonly maxUnavailable?: number };
  readonly disruptionBudget?: { readonly enabled?: boolean; readonly maxUnavailable?: number };
  /** How long pods stay bound to a node that is not ready or cannot be reached. */
  readonly unreachableSeconds?: number;
  readonly priorityClassName?: string;
  readonly termination?: { readonly withdrawSeconds?: number; readonly graceSeconds?: number };
  readonly sessionAffinity?: {
    readonly mode?: "Auto" | "ClientIP" | "None";
    readonly timeoutSeconds?: number;
  };
  readonly storage?: {
    readonly className?: string;
    readonly copies?: number;
    readonly shareClaims?: boolean;
  };
  readonly resources?: { readonly requests?: StringMap; readonly limits?: StringMap };
  readonly probes?: { readonly timeoutSeconds?: number; readonly startSeconds?: number };
}

/** What `apply` and `verify` found. */
export interface PolicyStatus {
  readonly observedGeneration?: number;
  /** The last one that was applied. */
  readonly revision?: number;
  /** How many workloads are its targets, and how many of them are as it says. */
  readonly targets?: number;
  readonly asIntended?: number;
  readonly conditions?: readonly Condition[];
}

export interface HighAvailabilityPolicy extends KubeObject {
  readonly spec: PolicySpec;
  readonly status?: PolicyStatus;
}
