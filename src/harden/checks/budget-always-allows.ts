import { mayGo } from "../budget.ts";
import { type Check, nameOf } from "./check.ts";
import { patchFix } from "./fixes.ts";

/** A budget that lets all pods go at once is none. */
export const budgetAlwaysAllows: Check = {
  id: "budget-always-allows",
  severity: "warning",
  title: "A budget keeps at least one pod",
  *find({ subjects }) {
    for (const { workload, budgets, replicas } of subjects) {
      for (const budget of replicas < 2 ? [] : budgets) {
        if (mayGo(budget, replicas) < replicas) continue;
        const { minAvailable: _, ...rest } = budget.spec;
        const patch = patchFix(budget, { ...budget, spec: { ...rest, maxUnavailable: 1 } });
        yield {
          object: nameOf(budget),
          workload: nameOf(workload),
          field: budget.spec.maxUnavailable === undefined ? "spec.minAvailable" : "spec.maxUnavailable",
          message: `it lets all ${replicas} pods go at once`,
          consequence:
            "drains of several nodes at the same time may take all of them, as if there were no budget",
          ...(patch && { patch }),
        };
      }
    }
  },
};
