import type { StorageClass } from "../../kube/types/index.ts";
import { type Check, nameOf } from "./check.ts";
import type { MountedClaim } from "./subject.ts";

/** Parameters by which replicated storage says how many copies it keeps, by provisioner. */
const COPIES: Readonly<Record<string, string>> = {
  "driver.longhorn.io": "numberOfReplicas",
  "linstor.csi.linbit.com": "autoPlace",
};

/** Replicated storage that was told to keep one copy is a local disk with more parts. */
export const singleCopyStorage: Check = {
  id: "single-copy-storage",
  severity: "critical",
  title: "Replicated storage keeps more than one copy",
  *find({ subjects }) {
    for (const { workload, replicas, claims } of subjects) {
      for (const { claim, field, storageClass } of replicas === 0 ? [] : claims) {
        const copies = copiesOf(storageClass);
        if (copies === undefined || copies > 1) continue;
        yield {
          object: nameOf(workload),
          field,
          message: `the storage class ${storageClass?.metadata.name} of claim ${claim.metadata.name} keeps one copy (${COPIES[storageClass?.provisioner ?? ""]}: ${copies})`,
          consequence: "the loss of the node that has the copy takes the data with it, wherever the pod runs",
        };
      }
    }
  },
};

function copiesOf(storageClass: MountedClaim["storageClass"]): number | undefined {
  const { provisioner = "", parameters = {} } = (storageClass ?? {}) as Partial<StorageClass>;
  const said = parameters[COPIES[provisioner] ?? ""];
  return said === undefined ? undefined : Number(said);
}
