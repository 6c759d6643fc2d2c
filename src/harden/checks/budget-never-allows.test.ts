import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { budget, web } from "../../../test/support/harden/yaml.ts";
import { budgetNeverAllows } from "./budget-never-allows.ts";

const NONE = "critical PodDisruptionBudget default/web spec";

describeCheck(budgetNeverAllows, [
  {
    name: "all of two",
    yaml: web() + budget("minAvailable: 2"),
    finds: [`${NONE}.minAvailable: it lets none of the 2 pods go`],
  },
  {
    name: "all, as a share",
    yaml: web() + budget("minAvailable: 100%"),
    finds: [`${NONE}.minAvailable: it lets none of the 2 pods go`],
  },
  {
    name: "a share that rounds up to all",
    yaml: web() + budget("minAvailable: 51%"),
    finds: [`${NONE}.minAvailable: it lets none of the 2 pods go`],
  },
  {
    name: "one of one",
    yaml: web({ replicas: 1 }) + budget("minAvailable: 1"),
    finds: [`${NONE}.minAvailable: it lets none of the one pod go`],
  },
  {
    name: "none may be away",
    yaml: web() + budget("maxUnavailable: 0"),
    finds: [`${NONE}.maxUnavailable: it lets none of the 2 pods go`],
  },
  {
    name: "nothing is asked for",
    yaml: web() + budget("unhealthyPodEvictionPolicy: AlwaysAllow"),
    finds: [`${NONE}: it lets none of the 2 pods go`],
  },
  { name: "one of two", yaml: web() + budget("minAvailable: 1"), finds: [] },
  { name: "a share that rounds up to one", yaml: web() + budget("maxUnavailable: 10%"), finds: [] },
]);
