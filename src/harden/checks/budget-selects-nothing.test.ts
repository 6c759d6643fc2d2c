import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { budget, web } from "../../../test/support/harden/yaml.ts";
import { budgetSelectsNothing } from "./budget-selects-nothing.ts";

describeCheck(budgetSelectsNothing, [
  {
    name: "nobody's pods",
    yaml: web({ name: "cart" }) + budget("maxUnavailable: 1"),
    finds: [
      "warning PodDisruptionBudget default/web spec.selector: no workload of its namespace has pods that it selects",
    ],
  },
  { name: "a workload's", yaml: web() + budget("maxUnavailable: 1"), finds: [] },
]);
