import { persistentVolumes } from "../../kube/kinds.ts";
import { type Check, nameOf } from "./check.ts";

/** Deleting a claim, or its namespace, deletes the data. */
export const deletedWithClaim: Check = {
  id: "deleted-with-claim",
  severity: "advice",
  title: "The data of a database outlives its claim",
  *find({ subjects, view }) {
    for (const { workload, claims, traits } of subjects) {
      if (traits.role !== "database") continue;
      for (const { claim, field, storageClass } of claims) {
        const volume = view.get(persistentVolumes, undefined, claim.spec.volumeName ?? "");
        const policy = volume?.spec.persistentVolumeReclaimPolicy ?? storageClass?.reclaimPolicy;
        if (policy !== "Delete") continue;
        yield {
          object: nameOf(workload),
          field,
          message: `the volume of claim ${claim.metadata.name} is deleted with it (reclaim policy Delete)`,
          consequence:
            "who deletes the claim or the namespace by mistake deletes the only copy of the data; persistentVolumeReclaimPolicy of its volume can be set to Retain at any time",
        };
      }
    }
  },
};
