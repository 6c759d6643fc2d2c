import { podDisruptionBudgets } from "../kube/kinds.ts";
import { selectorMatches } from "../kube/selectors.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import type { Step } from "./step.ts";
import type { Hardenable } from "./traits.ts";

/**
 * Lets drains take one pod at a time. None for a single replica: there it could only forbid every drain. Pods that are not
 * ready may always be evicted, so that a broken one cannot block a drain.
 */
export function budgetStep(workload: Hardenable, replicas: number, view: ClusterView): Step | undefined {
  const namespace = workload.metadata.namespace ?? "";
  const labels = workload.spec.template.metadata?.labels ?? {};
  if (replicas < 2) return undefined;
  const covered = view
    .list(podDisruptionBudgets, namespace)
    .some((budget) => budget.spec.selector !== undefined && selectorMatches(budget.spec.selector, labels));
  if (covered) return undefined;
  const name = workload.metadata.name;
  return {
    phase: 3,
    action: "create",
    target: { kind: podDisruptionBudgets, namespace, name },
    reasons: [
      {
        rule: "budget",
        text: "drains take one pod at a time, and a pod that is not ready never holds one up",
      },
    ],
    gate: "none",
    object: oneAtATime(workload),
  };
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
