import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { claim, mounts, storageClass, web } from "../../../test/support/harden/yaml.ts";
import { deletedWithClaim } from "./deleted-with-claim.ts";

const yaml = (image: string) =>
  web({ replicas: 1, image, pod: mounts("data") }) + claim("data", "ReadWriteOnce", "disk");
const policy = (reclaimPolicy: string) =>
  storageClass(
    "disk",
    "driver.longhorn.io",
    `reclaimPolicy: ${reclaimPolicy}\nvolumeBindingMode: WaitForFirstConsumer`,
  );

describeCheck(deletedWithClaim, [
  {
    name: "the data of a database",
    yaml: yaml("postgres:16") + policy("Delete"),
    finds: [
      "advice Deployment default/web spec.template.spec.volumes[0].persistentVolumeClaim: the volume of claim data is deleted with it (reclaim policy Delete)",
    ],
  },
  { name: "retained", yaml: yaml("postgres:16") + policy("Retain"), finds: [] },
  { name: "what is no database", yaml: yaml("example/web:1") + policy("Delete"), finds: [] },
]);
