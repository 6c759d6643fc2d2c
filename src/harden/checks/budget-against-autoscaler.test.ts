import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { autoscaler, budget, web } from "../../../test/support/harden/yaml.ts";
import { budgetAgainstAutoscaler } from "./budget-against-autoscaler.ts";

describeCheck(budgetAgainstAutoscaler, [
  {
    name: "a floor at the minimum",
    yaml: web({ replicas: 4 }) + budget("minAvailable: 2") + autoscaler(2, 6),
    finds: [
      "critical PodDisruptionBudget default/web spec.minAvailable: it lets none go once web has scaled down to 2",
    ],
  },
  {
    name: "a floor below it",
    yaml: web({ replicas: 4 }) + budget("minAvailable: 1") + autoscaler(2, 6),
    finds: [],
  },
  { name: "no autoscaler", yaml: web({ replicas: 4 }) + budget("minAvailable: 2"), finds: [] },
]);
