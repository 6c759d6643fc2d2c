import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { sameProbes } from "./same-probes.ts";

const probe = (rest: string) => `{ httpGet: { path: /, port: 80 }, ${rest} }`;
const probes = (liveness: string, readiness: string) =>
  `livenessProbe: ${probe(liveness)}\nreadinessProbe: ${probe(readiness)}`;

describeCheck(sameProbes, [
  {
    name: "the same, as soon",
    yaml: web({ container: probes("periodSeconds: 10", "periodSeconds: 10") }),
    finds: [
      "warning Deployment default/web spec.template.spec.containers[0].livenessProbe: container main is restarted for the same answer, and as soon, as it is left out for",
    ],
  },
  {
    name: "the same, twice as patient",
    yaml: web({ container: probes("failureThreshold: 6", "failureThreshold: 3") }),
    finds: [],
  },
  {
    name: "another question",
    yaml: web({
      container: `${probes("periodSeconds: 10", "periodSeconds: 10").replace("path: /", "path: /live")}`,
    }),
    finds: [],
  },
  { name: "none", yaml: web(), finds: [] },
]);
