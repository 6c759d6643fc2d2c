import { podDisruptionBudgets } from "../../kube/kinds.ts";
import { selectorMatches } from "../../kube/selectors.ts";
import { type Check, nameOf } from "./check.ts";

/** A budget for pods that are not there protects nobody, and nothing says so. */
export const budgetSelectsNothing: Check = {
  id: "budget-selects-nothing",
  severity: "warning",
  title: "A budget covers some workload",
  *find({ view, podSources }) {
    for (const budget of view.list(podDisruptionBudgets)) {
      const { namespace } = budget.metadata;
      const { selector } = budget.spec;
      const covers = podSources.some(
        ({ object, labels }) =>
          object.metadata.namespace === namespace &&
          selector !== undefined &&
          selectorMatches(selector, labels),
      );
      if (covers) continue;
      yield {
        object: nameOf(budget),
        field: "spec.selector",
        message: "no workload of its namespace has pods that it selects",
        consequence: "whatever it was made for can be drained away at once",
      };
    }
  },
};
