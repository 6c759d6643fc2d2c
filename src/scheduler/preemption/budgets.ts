import { compileSelector } from "../../kube/selectors.ts";
import type { PodDisruptionBudget } from "../../kube/types/index.ts";
import type { PodInfo } from "../pod-info.ts";

/** Pods by whether the budgets would be overdrawn if they all went, the most important ones first. */
export interface SplitByBudgets {
  readonly violating: readonly PodInfo[];
  readonly allowed: readonly PodInfo[];
}

/** Lets the pods use up their budgets in the order given; those that find nothing left are violating. */
export function splitByBudgets(
  pods: readonly PodInfo[],
  budgets: Iterable<PodDisruptionBudget>,
): SplitByBudgets {
  const left = [...budgets].map((budget) => ({ budget, disruptions: budget.status.disruptionsAllowed }));
  const violating: PodInfo[] = [];
  const allowed: PodInfo[] = [];
  for (const pod of pods) {
    let isViolating = false;
    for (const entry of left) {
      if (!covers(entry.budget, pod)) continue;
      entry.disruptions--;
      if (entry.disruptions < 0) isViolating = true;
    }
    (isViolating ? violating : allowed).push(pod);
  }
  return { violating, allowed };
}

/** Pods whose eviction was granted already have been taken off the budget. */
function covers(
  { metadata, spec, status }: PodDisruptionBudget,
  { pod, namespace, labels }: PodInfo,
): boolean {
  if (metadata.namespace !== namespace || pod.metadata.labels === undefined) return false;
  const selector = compileSelector(spec.selector);
  if (selector.selectsEverything || !selector.matches(labels)) return false;
  return status.disruptedPods?.[pod.metadata.name] === undefined;
}
