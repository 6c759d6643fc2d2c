import { COPIES_PARAMETER, copiesOfClass } from "../storage-copies.ts";
import { type Check, nameOf } from "./check.ts";

/** Replicated storage that was told to keep one copy is a local disk with more parts. */
export const singleCopyStorage: Check = {
  id: "single-copy-storage",
  severity: "critical",
  title: "Replicated storage keeps more than one copy",
  *find({ subjects }) {
    for (const { workload, replicas, claims } of subjects) {
      for (const { claim, field, storageClass } of replicas === 0 ? [] : claims) {
        const copies = storageClass && copiesOfClass(storageClass);
        if (copies === undefined || copies > 1) continue;
        yield {
          object: nameOf(workload),
          field,
          message: `the storage class ${storageClass?.metadata.name} of claim ${claim.metadata.name} keeps one copy (${COPIES_PARAMETER[storageClass?.provisioner ?? ""]}: ${copies})`,
          consequence: "the loss of the node that has the copy takes the data with it, wherever the pod runs",
        };
      }
    }
  },
};
