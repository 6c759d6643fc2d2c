import { persistentVolumes } from "../../kube/kinds.ts";
import { storageTraitsOf, storageTraitsOfClass } from "../../kube/storage-kinds.ts";
import { type Check, nameOf } from "./check.ts";
import type { CheckedCluster } from "./checked-cluster.ts";
import { consequenceOf } from "./consequence.ts";
import type { MountedClaim } from "./subject.ts";

/** Data that lies on one machine is out of reach with it, and gone when the machine does not come back. */
export const nodeLocalStorage: Check = {
  id: "node-local-storage",
  severity: "critical",
  title: "Data outlives the node that it is written on",
  *find(cluster) {
    for (const { workload, replicas, claims, traits } of cluster.subjects) {
      for (const claim of replicas === 0 ? [] : claims) {
        if (!isNodeLocal(claim, cluster)) continue;
        // Programs that keep copies of their data on each other are made for local disks.
        const keepsCopies =
          claim.perPod && replicas >= 3 && traits.role !== undefined && traits.role !== "web";
        const { name, namespace } = claim.claim.metadata;
        yield {
          object: nameOf(workload),
          field: claim.field,
          ...(keepsCopies && { severity: "advice" as const }),
          message: `claim ${namespace === undefined ? "" : `${namespace}/`}${name} is on a disk of one node${claim.storageClass === undefined ? "" : ` (storage class ${claim.storageClass.metadata.name})`}`,
          consequence: consequenceOf(
            cluster,
            workload,
            ["node"],
            "the pod can start on that node only; without the node its data is out of reach, and lost with the disk",
          ),
        };
      }
    }
  },
};

function isNodeLocal({ claim, storageClass }: MountedClaim, { view }: CheckedCluster): boolean {
  const bound = view.get(persistentVolumes, undefined, claim.spec.volumeName ?? "");
  if (bound !== undefined) return storageTraitsOf(bound).kind === "node-local";
  return (
    storageClass !== undefined &&
    storageTraitsOfClass(storageClass, claim.spec.accessModes).kind === "node-local"
  );
}
