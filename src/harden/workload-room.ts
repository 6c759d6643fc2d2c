/** What one workload is planned in: the cluster around it, what its policy asks for, and where to say what cannot be had. */
import type { Kind } from "../kube/kind.ts";
import { deployments, statefulSets } from "../kube/kinds.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import type { Component } from "./component.ts";
import type { Settings } from "./tiers.ts";
import type { Hardenable, Traits } from "./traits.ts";

export interface WorkloadInput {
  readonly view: ClusterView;
  readonly traits: Traits;
  readonly settings: Settings;
  /** Takes fields from controllers too. */
  readonly forceConflicts: boolean;
  /** Plans the steps of this phase only, from the workload as it is. */
  readonly phase?: 1 | 2 | 3 | undefined;
}

/** Notes what is not done: by which rule, why not, and what would help. */
export type Refuse = (rule: string, why: string, wouldHelp: string) => void;

export interface Room extends WorkloadInput {
  readonly component: Component | undefined;
  /** How many nodes may run it. */
  readonly eligible: number;
}

export function kindOf(workload: Hardenable): Kind {
  return workload.kind === "StatefulSet" ? statefulSets : deployments;
}
