import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { claim, mounts, storageClass, web } from "../../../test/support/harden/yaml.ts";
import { nodeLocalStorage } from "./node-local-storage.ts";

const FIELD = "Deployment default/web spec.template.spec.volumes[0].persistentVolumeClaim:";
const LOCAL = `${FIELD} claim default/data is on a disk of one node (storage class disk)`;
const yaml = web({ replicas: 1, pod: mounts("data") }) + claim("data", "ReadWriteOnce", "disk");

describeCheck(nodeLocalStorage, [
  {
    name: "a disk of the node",
    yaml: yaml + storageClass("disk", "rancher.io/local-path"),
    finds: [`critical ${LOCAL}`],
  },
  { name: "replicated storage", yaml: yaml + storageClass("disk", "driver.longhorn.io"), finds: [] },
  { name: "no storage", yaml: web(), finds: [] },
]);
