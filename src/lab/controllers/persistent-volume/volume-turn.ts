/** One turn over a volume: whose it is, and what becomes of it when its claim is gone. */
import { persistentVolumeClaims, persistentVolumes } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../../../kube/types/index.ts";
import type { LabContext } from "../../context.ts";
import { hasOtherMode, PROVISIONED_BY, unboundVolume } from "./binding.ts";

type Phase = NonNullable<PersistentVolume["status"]["phase"]>;

/** Writes the phase, and what there is to say about it; the volume as it stands then. */
export function setVolumePhase(
  { api }: LabContext,
  volume: PersistentVolume,
  phase: Phase,
  message?: string,
): PersistentVolume {
  if (volume.status.phase === phase) return volume;
  const { message: _before, ...rest } = volume.status;
  const status = { ...rest, phase, ...(message !== undefined && { message }) };
  return api.updateStatus(persistentVolumes, { ...volume, status });
}

/** Looks at a volume. The claim to look at next, when the volume waits for its claim to be bound. */
export function takeVolumeTurn(
  context: LabContext,
  volume: PersistentVolume,
): PersistentVolumeClaim | undefined {
  const { api, events } = context;
  const { claimRef } = volume.spec;
  if (!claimRef?.uid) {
    setVolumePhase(context, volume, "Available");
    return undefined;
  }
  const named = api.get(persistentVolumeClaims, claimRef.namespace, claimRef.name ?? "");
  const claim = named?.metadata.uid === claimRef.uid ? named : undefined;
  if (claim === undefined) {
    reclaim(context, release(context, volume));
    return undefined;
  }
  if (claim.spec.volumeName === volume.metadata.name) {
    setVolumePhase(context, volume, "Bound");
    return undefined;
  }
  if (claim.spec.volumeName) {
    giveUp(context, volume);
    return undefined;
  }
  if (!hasOtherMode(volume, claim)) return claim;
  const volumeMessage = `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${JSON.stringify(claim.metadata.name)} due to incompatible volumeMode.`;
  events.event(volume, "Warning", "VolumeMismatch", volumeMessage);
  const claimMessage = `Cannot bind PersistentVolume ${JSON.stringify(volume.metadata.name)} to requested PersistentVolumeClaim due to incompatible volumeMode.`;
  events.event(claim, "Warning", "VolumeMismatch", claimMessage);
  return undefined;
}

/** Whether a pass has to look at the volume although nothing tells of a change: its claim is gone or bound elsewhere. */
export function isOutOfStep({ api }: LabContext, { spec, status, metadata }: PersistentVolume): boolean {
  if (!spec.claimRef?.uid || status.phase === "Released" || status.phase === "Failed") return false;
  const claim = api.get(persistentVolumeClaims, spec.claimRef.namespace, spec.claimRef.name ?? "");
  return claim?.metadata.uid !== spec.claimRef.uid || claim.spec.volumeName !== metadata.name;
}

/** What went wrong before stays to be seen. */
function release(context: LabContext, volume: PersistentVolume): PersistentVolume {
  return volume.status.phase === "Failed" ? volume : setVolumePhase(context, volume, "Released");
}

/** The volume's claim has got another one. */
function giveUp(context: LabContext, volume: PersistentVolume): void {
  const isMade = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined;
  if (isMade && volume.spec.persistentVolumeReclaimPolicy === "Delete") {
    reclaim(context, release(context, volume));
    return;
  }
  const freed = context.api.update(persistentVolumes, unboundVolume(volume));
  setVolumePhase(context, freed, "Available");
}

/** Does what the reclaim policy says. Volumes of external provisioners are deleted by those. */
function reclaim(context: LabContext, volume: PersistentVolume): void {
  const { name } = volume.metadata;
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case "Recycle":
      fail(context, volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!");
      return;
    case "Delete": {
      const obstacle = deletionObstacle(volume);
      if (obstacle !== undefined) fail(context, volume, "VolumeFailedDelete", obstacle);
      else if (isInTree(volume)) deleteQuietly(context, name);
      return;
    }
    default:
  }
}

function fail(context: LabContext, volume: PersistentVolume, reason: string, message: string): void {
  if (volume.status.phase === "Failed") return;
  const failed = setVolumePhase(context, volume, "Failed", message);
  context.events.event(failed, "Warning", reason, message);
}

function deleteQuietly({ api }: LabContext, name: string): void {
  try {
    api.delete(persistentVolumes, undefined, name);
  } catch (error) {
    if (!isStatus(error, "NotFound")) throw error;
  }
}

function isInTree({ spec, metadata }: PersistentVolume): boolean {
  return spec.csi === undefined && metadata.annotations?.[PROVISIONED_BY] === undefined;
}

/** Why the controller itself cannot delete what is behind a volume that nobody else deletes. */
function deletionObstacle(volume: PersistentVolume): string | undefined {
  if (!isInTree(volume)) return undefined;
  const { hostPath, nfs } = volume.spec;
  if (hostPath !== undefined) {
    const isDeletable = /^\/tmp\/.+/.test(hostPath.path);
    return isDeletable
      ? undefined
      : `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`;
  }
  const why = nfs === undefined ? "no volume plugin matched" : "no deletable volume plugin matched";
  return `error getting deleter volume plugin for volume ${JSON.stringify(volume.metadata.name)}: ${why}`;
}
