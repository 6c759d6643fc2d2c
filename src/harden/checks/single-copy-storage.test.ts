import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { claim, mounts, storageClass, web } from "../../../test/support/harden/yaml.ts";
import { singleCopyStorage } from "./single-copy-storage.ts";

const yaml = web({ replicas: 1, pod: mounts("data") }) + claim("data", "ReadWriteOnce", "disk");
const longhorn = (copies: number) =>
  storageClass("disk", "driver.longhorn.io", `parameters: { numberOfReplicas: "${copies}" }`);

describeCheck(singleCopyStorage, [
  {
    name: "one copy",
    yaml: yaml + longhorn(1),
    finds: [
      "critical Deployment default/web spec.template.spec.volumes[0].persistentVolumeClaim: the storage class disk of claim data keeps one copy (numberOfReplicas: 1)",
    ],
  },
  { name: "two copies", yaml: yaml + longhorn(2), finds: [] },
  { name: "storage that does not say", yaml: yaml + storageClass("disk", "driver.longhorn.io"), finds: [] },
]);
