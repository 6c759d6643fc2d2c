import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { service, web } from "../../../test/support/harden/yaml.ts";
import { noReadinessProbe } from "./no-readiness-probe.ts";

const port = "ports: [{ name: http, containerPort: 80 }]";
const FIELD = "warning Deployment default/web spec.template.spec.containers[0].readinessProbe:";

describeCheck(noReadinessProbe, [
  {
    name: "a port by number",
    yaml: web({ container: port }) + service("80"),
    finds: [`${FIELD} container main has no readiness probe`],
  },
  {
    name: "a port by name",
    yaml: web({ container: port }) + service("http"),
    finds: [`${FIELD} container main has no readiness probe`],
  },
  {
    name: "a probe",
    yaml: web({ container: `${port}\nreadinessProbe: { tcpSocket: { port: 80 } }` }) + service("80"),
    finds: [],
  },
  { name: "a port that nobody asks", yaml: web({ container: port }) + service("81"), finds: [] },
  { name: "no Service", yaml: web({ container: port }), finds: [] },
]);
