import type { PersistentVolume, PersistentVolumeClaim } from "../../kube/types/index.ts";
import type { ClusterObjects } from "../cluster-objects.ts";
import { BOUND_BY_CONTROLLER, isBoundTo, SELECTED_NODE } from "./claims.ts";
import type { PodVolumes } from "./pod-volumes.ts";

/**
 * Takes the volumes for a pod that is going to that node: from now on the tables answer as if what has to be written were
 * written, so that no other pod gets the same volume. Gives back what that is.
 */
export function assumeVolumes(
  { volumes, claims }: ClusterObjects,
  { bindings, provisions }: PodVolumes,
  nodeName: string,
): PodVolumes {
  const assumed = {
    bindings: bindings.map(({ volume, claim }) => ({ volume: boundVolume(volume, claim), claim })),
    provisions: provisions.map((claim) => claimForNode(claim, nodeName)),
  };
  for (const { volume } of assumed.bindings) volumes.assume(volume);
  for (const claim of assumed.provisions) claims.assume(claim);
  return assumed;
}

/** The volume as bound to the claim. Whoever bound it before is remembered: people's bindings are not undone. */
function boundVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { metadata, spec } = volume;
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const claimRef = {
    kind: "PersistentVolumeClaim",
    ...(namespace !== undefined && { namespace }),
    name,
    uid,
    apiVersion: "v1",
    resourceVersion,
  };
  const annotations = { ...metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" };
  return {
    ...volume,
    metadata: isBoundTo(volume, claim) ? metadata : { ...metadata, annotations },
    spec: spec.claimRef?.uid === uid ? spec : { ...spec, claimRef },
  };
}

function claimForNode(claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}
