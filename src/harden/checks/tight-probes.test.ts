import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { tightProbes } from "./tight-probes.ts";

const CONTAINER = "warning Deployment default/web spec.template.spec.containers[0]";
const live = (rest: string, more = "") =>
  web({ container: `livenessProbe: { tcpSocket: { port: 80 }, ${rest} }\n${more}` });
const started = "startupProbe: { tcpSocket: { port: 80 }, periodSeconds: 2, failureThreshold: 60 }";

describeCheck(tightProbes, [
  {
    name: "one second to answer",
    yaml: live("timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3", started),
    finds: [
      `${CONTAINER}.livenessProbe: container main is killed after 21 s without an answer, each of which may take 1 s`,
    ],
  },
  {
    name: "a start of half a minute",
    yaml: live("timeoutSeconds: 5, periodSeconds: 10, failureThreshold: 3"),
    finds: [`${CONTAINER}.startupProbe: container main is killed when its start takes longer than 25 s`],
  },
  {
    name: "patience",
    yaml: live("timeoutSeconds: 5, periodSeconds: 10, failureThreshold: 3", started),
    finds: [],
  },
  { name: "none", yaml: web(), finds: [] },
]);
