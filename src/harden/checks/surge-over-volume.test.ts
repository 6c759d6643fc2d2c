import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { claim, mounts, web } from "../../../test/support/harden/yaml.ts";
import { surgeOverVolume } from "./surge-over-volume.ts";

const FIELD = "critical Deployment default/web spec.strategy.rollingUpdate.maxSurge:";
const held =
  "an update starts an extra pod while claim default/data (ReadWriteOnce) is with the old one's node";
const pod = mounts("data");

describeCheck(surgeOverVolume, [
  {
    name: "one pod and the default surge",
    yaml: web({ replicas: 1, pod }) + claim("data", "ReadWriteOnce"),
    finds: [`${FIELD} ${held}`],
  },
  { name: "two pods", yaml: web({ pod }) + claim("data", "ReadWriteOnce"), finds: [`${FIELD} ${held}`] },
  {
    name: "a claim that many nodes can mount",
    yaml: web({ pod }) + claim("data", "ReadWriteMany"),
    finds: [],
  },
  {
    name: "no surge",
    yaml:
      web({ pod, spec: "strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }" }) +
      claim("data", "ReadWriteOnce"),
    finds: [],
  },
  { name: "no volume", yaml: web(), finds: [] },
]);
