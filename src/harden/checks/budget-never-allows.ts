import type { PodDisruptionBudget } from "../../kube/types/index.ts";
import { scaledValue } from "../../lab/controllers/shared/int-or-percent.ts";
import { type Check, nameOf } from "./check.ts";
import { consequenceOf } from "./consequence.ts";
import { patchFix } from "./fixes.ts";

/** A budget that wants all pods there forbids every drain, and with it every upgrade of a node. */
export const budgetNeverAllows: Check = {
  id: "budget-never-allows",
  severity: "critical",
  title: "A budget lets at least one pod go",
  *find(cluster) {
    for (const { workload, budgets, replicas } of cluster.subjects) {
      for (const budget of replicas === 0 ? [] : budgets) {
        const allowed = mayGo(budget, replicas);
        if (allowed > 0) continue;
        const alone = replicas === 1;
        const { minAvailable: _, ...rest } = budget.spec;
        const patch = alone
          ? undefined
          : patchFix(budget, { ...budget, spec: { ...rest, maxUnavailable: 1 } });
        yield {
          object: nameOf(budget),
          workload: nameOf(workload),
          field: budget.spec.minAvailable === undefined ? "spec.maxUnavailable" : "spec.minAvailable",
          message: `it lets none of the ${replicas === 1 ? "one pod" : `${replicas} pods`} go`,
          consequence: consequenceOf(
            cluster,
            workload,
            ["drain"],
            alone
              ? "a drain of its node waits for ever; with a second replica the budget could let one go"
              : "a drain of any of their nodes waits for ever",
          ),
          ...(patch && { patch }),
        };
      }
    }
  },
};

/** Of so many healthy pods. Shares round up, as the disruption controller has it. */
export function mayGo({ spec }: PodDisruptionBudget, replicas: number): number {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined) return Math.min(replicas, scaledValue(maxUnavailable, replicas, "up"));
  return Math.max(0, replicas - scaledValue(minAvailable ?? 0, replicas, "up"));
}
