import { isMultiAttachAllowed, storageTraitsOf, storageTraitsOfClass } from "../../kube/storage-kinds.ts";
import type { Held } from "./change-outcome.ts";
import type { ChangingCluster, Standing } from "./changing-cluster.ts";

/** A volume of the pod that another node has and only one may have; undefined when nothing keeps the pod from starting. */
export function heldVolume(
  cluster: ChangingCluster,
  { index, pod, node }: Standing,
  others: readonly Standing[],
): Held | undefined {
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const { claimName: claim } = persistentVolumeClaim;
    if (!isExclusive(cluster, pod.metadata.namespace, claim)) continue;
    const holder = others.find((other) => other.node !== node && usesClaim(other, claim));
    if (holder !== undefined) return { pod: index, claim, node: holder.node };
  }
  return undefined;
}

function usesClaim({ pod }: Standing, claim: string): boolean {
  return (
    pod.spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim) ?? false
  );
}

/** Whether a VolumeAttachment keeps a second node out (the attach-detach controller's Multi-Attach error). */
function isExclusive(cluster: ChangingCluster, namespace: string | undefined, claimName: string): boolean {
  const { claim, volume, storageClass } = cluster.storageOf(namespace, claimName);
  if (volume !== undefined) return storageTraitsOf(volume).attachable && !isMultiAttachAllowed(volume);
  if (claim === undefined || storageClass === undefined) return false;
  const modes = claim.spec.accessModes ?? [];
  const isShared = modes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
  return storageTraitsOfClass(storageClass, modes).attachable && !isShared;
}
