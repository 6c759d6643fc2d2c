import { mayGo } from "../budget.ts";
import { type Check, nameOf } from "./check.ts";
import { patchFix } from "./fixes.ts";

/** A floor that the autoscaler's minimum does not lie above: at night, when it is quiet, no node can be drained. */
export const budgetAgainstAutoscaler: Check = {
  id: "budget-against-autoscaler",
  severity: "critical",
  title: "A budget lets a pod go at the autoscaler's minimum too",
  *find({ subjects }) {
    for (const { workload, budgets, replicas, autoscaler } of subjects) {
      const least = autoscaler?.spec.minReplicas ?? 1;
      if (autoscaler === undefined || least === 0) continue;
      for (const budget of budgets) {
        if (mayGo(budget, least) > 0 || mayGo(budget, replicas) === 0) continue;
        const { minAvailable: _, ...rest } = budget.spec;
        const patch =
          least === 1 ? undefined : patchFix(budget, { ...budget, spec: { ...rest, maxUnavailable: 1 } });
        yield {
          object: nameOf(budget),
          workload: nameOf(workload),
          field: budget.spec.minAvailable === undefined ? "spec.maxUnavailable" : "spec.minAvailable",
          message: `it lets none go once ${autoscaler.metadata.name} has scaled down to ${least}`,
          consequence:
            "a drain that begins when little is asked of it waits until the autoscaler adds pods again",
          ...(patch && { patch }),
        };
      }
    }
  },
};
