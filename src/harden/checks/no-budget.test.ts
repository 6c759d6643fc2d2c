import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { budget, web } from "../../../test/support/harden/yaml.ts";
import { noBudget } from "./no-budget.ts";

describeCheck(noBudget, [
  {
    name: "two replicas",
    yaml: web(),
    finds: ["warning Deployment default/web spec.replicas: no PodDisruptionBudget covers its 2 pods"],
  },
  { name: "one, which a budget could only hold", yaml: web({ replicas: 1 }), finds: [] },
  { name: "a budget", yaml: web() + budget("maxUnavailable: 1"), finds: [] },
]);
