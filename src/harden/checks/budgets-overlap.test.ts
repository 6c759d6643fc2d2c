import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { budget, web } from "../../../test/support/harden/yaml.ts";
import { budgetsOverlap } from "./budgets-overlap.ts";

describeCheck(budgetsOverlap, [
  {
    name: "two budgets",
    yaml: web() + budget("maxUnavailable: 1") + budget("maxUnavailable: 1", "web-too"),
    finds: ["critical PodDisruptionBudget default/web-too spec.selector: it covers pods that web covers too"],
  },
  { name: "one", yaml: web() + budget("maxUnavailable: 1"), finds: [] },
]);
