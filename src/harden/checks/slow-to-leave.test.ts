import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { slowToLeave } from "./slow-to-leave.ts";

const FIELD = "Deployment default/web spec.template.spec.tolerations:";
const tolerations = (rest: string) =>
  `tolerations: [{ key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute${rest} }, { key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute${rest} }]`;

describeCheck(slowToLeave, [
  {
    name: "what a cluster gives to those that say nothing",
    yaml: web(),
    finds: [
      `warning ${FIELD} its pods stay on a dead node for 300 s, which is what a cluster gives to those that say nothing`,
    ],
  },
  { name: "half a minute", yaml: web({ pod: tolerations(", tolerationSeconds: 30") }), finds: [] },
  {
    name: "for ever",
    yaml: web({ pod: tolerations("") }),
    finds: [`critical ${FIELD} its pods stay on a dead node for ever`],
  },
]);
