import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { claim, mounts, web } from "../../../test/support/harden/yaml.ts";
import { recreate } from "./recreate.ts";

const WEB = "Deployment default/web spec.strategy.type:";
const spec = "strategy: { type: Recreate }";

describeCheck(recreate, [
  {
    name: "two replicas",
    yaml: web({ spec }),
    finds: [`critical ${WEB} an update stops all of its 2 pods before the first new one starts`],
  },
  {
    name: "one replica, which is an outage just as well",
    yaml: web({ spec, replicas: 1 }),
    finds: [`critical ${WEB} an update stops all of its pods before the first new one starts`],
  },
  {
    name: "a single writer, which has to stop first",
    yaml: web({ spec, replicas: 1, pod: mounts("data") }) + claim("data", "ReadWriteOnce"),
    finds: [
      `advice ${WEB} an update stops it before the new one starts, as its volume has to be let go first`,
    ],
  },
  { name: "pods that follow each other", yaml: web(), finds: [] },
  { name: "nothing that runs", yaml: web({ spec, replicas: 0 }), finds: [] },
]);
