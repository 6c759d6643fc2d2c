import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { budget, web } from "../../../test/support/harden/yaml.ts";
import { budgetAlwaysAllows } from "./budget-always-allows.ts";

const ALL = "warning PodDisruptionBudget default/web spec";

describeCheck(budgetAlwaysAllows, [
  {
    name: "all may go",
    yaml: web() + budget("maxUnavailable: 100%"),
    finds: [`${ALL}.maxUnavailable: it lets all 2 pods go at once`],
  },
  {
    name: "none has to stay",
    yaml: web() + budget("minAvailable: 0"),
    finds: [`${ALL}.minAvailable: it lets all 2 pods go at once`],
  },
  { name: "one may go", yaml: web() + budget("maxUnavailable: 1"), finds: [] },
]);
