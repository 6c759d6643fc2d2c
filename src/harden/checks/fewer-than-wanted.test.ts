import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { fewerThanWanted } from "./fewer-than-wanted.ts";

const FIELD = "Deployment default/web status.readyReplicas:";
const large = "resources: { requests: { cpu: 3 } }";

describeCheck(fewerThanWanted, [
  { name: "all", yaml: web(), finds: [] },
  {
    name: "one that finds no node",
    yaml: web({ replicas: 3, container: large }),
    nodes: "2,cpu=4",
    finds: [`warning ${FIELD} 2 of 3 pods are ready`],
  },
]);
