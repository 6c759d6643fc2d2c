import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { service, web } from "../../../test/support/harden/yaml.ts";
import { stopsTooSoon } from "./stops-too-soon.ts";

const port = "ports: [{ containerPort: 80 }]";
const TEMPLATE = "warning Deployment default/web spec.template.spec";
const waiting = (seconds: number) => `${port}\nlifecycle: { preStop: { sleep: { seconds: ${seconds} } } }`;

describeCheck(stopsTooSoon, [
  {
    name: "no hook",
    yaml: web({ container: port }) + service("80"),
    finds: [
      `${TEMPLATE}.containers[0].lifecycle.preStop: container main is told to stop while requests still come in`,
    ],
  },
  { name: "a hook that waits", yaml: web({ container: waiting(10) }) + service("80"), finds: [] },
  {
    name: "a hook that takes all the grace there is",
    yaml: web({ container: waiting(30) }) + service("80"),
    finds: [
      `${TEMPLATE}.terminationGracePeriodSeconds: container main waits 30 s before it stops, and is killed 30 s after it was told`,
    ],
  },
  {
    name: "a hook of a shell",
    yaml:
      web({ container: `${port}\nlifecycle: { preStop: { exec: { command: [sh, -c, sleep 28] } } }` }) +
      service("80"),
    finds: [
      `${TEMPLATE}.terminationGracePeriodSeconds: container main waits 28 s before it stops, and is killed 30 s after it was told`,
    ],
  },
  { name: "no Service", yaml: web({ container: port }), finds: [] },
]);
