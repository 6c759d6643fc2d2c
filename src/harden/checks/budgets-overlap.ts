import { type Check, nameOf } from "./check.ts";

/** The eviction API refuses to evict a pod that two budgets cover, whatever they say. */
export const budgetsOverlap: Check = {
  id: "budgets-overlap",
  severity: "critical",
  title: "A pod is covered by one budget at the most",
  *find({ subjects }) {
    for (const { workload, budgets } of subjects) {
      const [first, second] = budgets;
      if (first === undefined || second === undefined) continue;
      yield {
        object: nameOf(second),
        workload: nameOf(workload),
        field: "spec.selector",
        message: `it covers pods that ${first.metadata.name} covers too`,
        consequence: `no pod of it can be evicted: a drain of its node ends with "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support"`,
      };
    }
  },
};
