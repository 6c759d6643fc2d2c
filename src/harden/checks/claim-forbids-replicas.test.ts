import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { claim, mounts, web } from "../../../test/support/harden/yaml.ts";
import { claimForbidsReplicas } from "./claim-forbids-replicas.ts";

const FIELD = "Deployment default/web spec.template.spec.volumes[0].persistentVolumeClaim:";
const pod = mounts("data");

describeCheck(claimForbidsReplicas, [
  {
    name: "two replicas on one claim",
    yaml: web({ pod }) + claim("data", "ReadWriteOnce"),
    finds: [
      `critical ${FIELD} its 2 replicas share claim default/data, which one node at a time may have (ReadWriteOnce)`,
    ],
  },
  {
    name: "one, which cannot become two",
    yaml: web({ pod, replicas: 1 }) + claim("data", "ReadWriteOncePod"),
    finds: [`warning ${FIELD} claim default/data (ReadWriteOncePod) keeps it from running a second time`],
  },
  {
    name: "one database, as it should be",
    yaml: web({ pod, replicas: 1, image: "postgres:16" }) + claim("data", "ReadWriteOnce"),
    finds: [],
  },
  {
    name: "a claim that many nodes can mount",
    yaml: web({ pod }) + claim("data", "ReadWriteMany"),
    finds: [],
  },
]);
