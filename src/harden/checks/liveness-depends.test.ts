import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { livenessDepends } from "./liveness-depends.ts";

const FIELD =
  "warning Deployment default/web spec.template.spec.containers[0].livenessProbe: container main is restarted by an answer that seems to depend on others:";
const live = (probe: string) => web({ container: `livenessProbe: { ${probe} }` });

describeCheck(livenessDepends, [
  {
    name: "a path about readiness",
    yaml: live("httpGet: { path: /health/ready, port: 80 }"),
    finds: [`${FIELD} GET /health/ready`],
  },
  {
    name: "a database elsewhere",
    yaml: live("exec: { command: [pg_isready, -h, postgres] }"),
    finds: [`${FIELD} pg_isready -h postgres`],
  },
  { name: "its own database", yaml: live("exec: { command: [pg_isready, -h, localhost] }"), finds: [] },
  { name: "a plain path", yaml: live("httpGet: { path: /healthz, port: 80 }"), finds: [] },
  { name: "none", yaml: web(), finds: [] },
]);
