import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { noRequests } from "./no-requests.ts";

const FIELD = "warning Deployment default/web spec.template.spec.containers[0].resources.requests:";

describeCheck(noRequests, [
  { name: "nothing", yaml: web(), finds: [`${FIELD} container main requests no cpu and no memory`] },
  {
    name: "one of two",
    yaml: web({ container: "resources: { requests: { cpu: 1 } }" }),
    finds: [`${FIELD} container main requests no memory`],
  },
  {
    name: "limits, which are requests too",
    yaml: web({ container: "resources: { limits: { cpu: 1, memory: 1Gi } }" }),
    finds: [],
  },
]);
