import type { Kind } from "../kube/kind.ts";
import {
  deployments,
  horizontalPodAutoscalers,
  nodes,
  persistentVolumeClaims,
  podDisruptionBudgets,
  priorityClasses,
  services,
  statefulSets,
  storageClasses,
} from "../kube/kinds.ts";
import type { KubeObject } from "../kube/types/index.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import { planWorkload } from "./plan-workload.ts";
import { type ObjectVersion, type Plan, versionOf } from "./step.ts";
import { type Settings, SURVIVES_ONE_LOSS } from "./tiers.ts";
import type { Hardenable, TraitsOf } from "./traits.ts";
import { kindOf } from "./workload-room.ts";

/** What a view has to hold for a plan. */
export const PLAN_KINDS: readonly Kind[] = [
  nodes,
  deployments,
  statefulSets,
  services,
  persistentVolumeClaims,
  storageClasses,
  priorityClasses,
  podDisruptionBudgets,
  horizontalPodAutoscalers,
];

/** A workload, and what it shall be like. */
export interface PlannedWorkload {
  readonly workload: Hardenable;
  readonly settings: Settings;
}

export interface PlanOptions {
  readonly traitsOf: TraitsOf;
  /** Takes fields from controllers too. */
  readonly forceConflicts?: boolean;
  /** Plans the steps of this phase only. */
  readonly phase?: 1 | 2 | 3 | undefined;
}

/**
 * Works out what makes these workloads as they shall be. Pure: the same view gives the same plan. Steps stand in the order in which
 * they have to be done, one workload after another.
 */
export function planWorkloads(
  planned: readonly PlannedWorkload[],
  view: ClusterView,
  { traitsOf, forceConflicts = false, phase }: PlanOptions,
): Plan {
  const plans = planned.map(({ workload, settings }) =>
    planWorkload(workload, { view, traits: traitsOf(workload), settings, forceConflicts, phase }),
  );
  const steps = plans.flatMap((plan) => plan.steps);
  const changed = steps.flatMap((step): ObjectVersion[] => {
    const { kind, namespace, name } = step.target;
    const object = view.get(kind as Kind<KubeObject>, namespace, name);
    return object === undefined ? [] : [versionOf(kind, object)];
  });
  const made = [...planned.map(({ workload }) => versionOf(kindOf(workload), workload)), ...changed];
  return {
    steps,
    refusals: plans.flatMap((plan) => plan.refusals),
    madeFrom: [
      ...new Map(made.map((each) => [`${each.kind} ${each.namespace}/${each.name}`, each])).values(),
    ],
  };
}

/** What would make every workload outside the cluster's own namespaces survive the loss of any one node. */
export function planHardening(view: ClusterView, traitsOf: TraitsOf): Plan {
  const planned = [...view.list(deployments), ...view.list(statefulSets)]
    .filter((workload) => !(workload.metadata.namespace ?? "").startsWith("kube-"))
    .map((workload) => ({ workload, settings: SURVIVES_ONE_LOSS }));
  return planWorkloads(planned, view, { traitsOf });
}
