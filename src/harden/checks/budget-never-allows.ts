import type { PodDisruptionBudget } from "../../kube/types/index.ts";
import { mayGo } from "../budget.ts";
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
          field: fieldOf(budget),
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

function fieldOf({ spec }: PodDisruptionBudget): string {
  if (spec.minAvailable !== undefined) return "spec.minAvailable";
  return spec.maxUnavailable === undefined ? "spec" : "spec.maxUnavailable";
}
