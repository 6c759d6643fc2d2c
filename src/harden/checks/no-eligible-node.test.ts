import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { noEligibleNode } from "./no-eligible-node.ts";

const FIELD = "critical Deployment default/web spec.template.spec:";

describeCheck(noEligibleNode, [
  { name: "any node", yaml: web(), finds: [] },
  {
    name: "one node",
    yaml: web({ pod: "nodeSelector: { kubernetes.io/hostname: node-2 }" }),
    finds: [`${FIELD} only node-2 may run it`],
  },
  {
    name: "no node",
    yaml: web({ pod: "nodeSelector: { disk: ssd }" }),
    finds: [`${FIELD} no node may run it`],
  },
  { name: "a cluster of one node", yaml: web(), nodes: "1", finds: [`${FIELD} only node-1 may run it`] },
]);
