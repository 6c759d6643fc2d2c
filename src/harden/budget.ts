import { podDisruptionBudgets } from "../kube/kinds.ts";
import { selectorMatches } from "../kube/selectors.ts";
import type { PodDisruptionBudget } from "../kube/types/index.ts";
import { scaledValue } from "../lab/controllers/shared/int-or-percent.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import { patchStep, type Step, type StepTarget, targetOf } from "./step.ts";
import type { Hardenable } from "./traits.ts";

export interface BudgetWanted {
  readonly component: StepTarget;
  /** How many replicas it has when the plan is done. */
  readonly replicas: number;
  /** Pods that drains may take at a time. */
  readonly maxUnavailable: number;
}

/**
 * Lets drains take so many pods at a time. None for a single replica: there it could only forbid every drain. Pods that are not
 * ready may always be evicted, so that a broken one cannot block a drain. A budget that is there stays, unless no drain could ever
 * take a pod of it.
 */
export function budgetStep(
  workload: Hardenable,
  { component, replicas, maxUnavailable }: BudgetWanted,
  view: ClusterView,
): Step | undefined {
  const namespace = workload.metadata.namespace ?? "";
  const labels = workload.spec.template.metadata?.labels ?? {};
  if (replicas < 2) return undefined;
  const base = { phase: 3, component, gate: "none" } as const;
  const covering = view
    .list(podDisruptionBudgets, namespace)
    .filter((budget) => budget.spec.selector !== undefined && selectorMatches(budget.spec.selector, labels));
  const [own] = covering;
  if (own !== undefined) {
    if (covering.length > 1 || mayGo(own, replicas) > 0) return undefined;
    const text = `as it is no drain could ever take one of ${replicas} pods: now drains take ${maxUnavailable === 1 ? "one pod" : `${maxUnavailable} pods`} at a time`;
    const { minAvailable: _, ...spec } = own.spec;
    const after = { ...own, spec: { ...spec, maxUnavailable } };
    return patchStep({
      ...base,
      reasons: [{ rule: "budget", text }],
      kind: podDisruptionBudgets,
      before: own,
      after,
    });
  }
  const object = oneAtATime(workload);
  return {
    ...base,
    action: "create",
    target: targetOf(podDisruptionBudgets, workload),
    reasons: [
      {
        rule: "budget",
        text: `drains take ${maxUnavailable === 1 ? "one pod" : `${maxUnavailable} pods`} at a time, and a pod that is not ready never holds one up`,
      },
    ],
    object: { ...object, spec: { ...object.spec, maxUnavailable } },
  };
}

/**
 * How many of so many healthy pods may go at once. Shares round up, and a budget that asks for nothing lets nothing go, as the disruption
 * controller has it.
 */
export function mayGo({ spec }: PodDisruptionBudget, replicas: number): number {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined) return Math.min(replicas, scaledValue(maxUnavailable, replicas, "up"));
  if (minAvailable === undefined) return 0;
  return Math.max(0, replicas - scaledValue(minAvailable, replicas, "up"));
}

/** A budget that lets one pod go at a time, and one that is not ready always. */
export function oneAtATime({ metadata: { name, namespace = "" }, spec: { selector } }: Hardenable) {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace },
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector },
  };
}
