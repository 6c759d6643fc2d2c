import { oneAtATime } from "../budget.ts";
import { type Check, nameOf } from "./check.ts";
import { consequenceOf } from "./consequence.ts";

/** Without a budget a drain, and so an upgrade, may take every replica at once. */
export const noBudget: Check = {
  id: "no-budget",
  severity: "warning",
  title: "Drains take the pods of a workload one at a time",
  *find(cluster) {
    for (const { workload, budgets, replicas } of cluster.subjects) {
      if (replicas < 2 || budgets.length > 0) continue;
      yield {
        object: nameOf(workload),
        field: "spec.replicas",
        message: `no PodDisruptionBudget covers its ${replicas} pods`,
        consequence: consequenceOf(
          cluster,
          workload,
          ["drain"],
          "two nodes that are drained at the same time, as upgrades and autoscalers do, may take all of its pods",
        ),
        patch: { action: "create", object: oneAtATime(workload) },
      };
    }
  },
};
