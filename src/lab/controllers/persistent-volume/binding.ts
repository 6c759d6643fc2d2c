/** Which volume a claim gets, and what both look like when they belong together. Decides; does not write. */
import { compareQuantities } from "../../../base/quantity.ts";
import { compileSelector } from "../../../kube/selectors.ts";
import type {
  AccessMode,
  ObjectReference,
  PersistentVolume,
  PersistentVolumeClaim,
  StringMap,
} from "../../../kube/types/index.ts";
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  classNameOfClaim,
  classNameOfVolume,
  isBoundTo,
  isFitFor,
  isOfferFor,
  offersModes,
} from "../../../scheduler/volumes/claims.ts";
import { groupBy } from "../shared/group-by.ts";

/** On a claim: the program that is to make its volume. */
export const STORAGE_PROVISIONER = "volume.kubernetes.io/storage-provisioner";
/** The same, for programs from before it had its name. */
export const BETA_STORAGE_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";
/** On a volume: the program that made it, and will delete it. */
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

/**
 * The volume for a claim that names none: one that is meant for it, or else the smallest free one that answers it. Volumes
 * with few access modes are tried first. Where binding waits for a pod only a volume that is meant for the claim counts.
 */
export function findBestMatch(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  isDelayed: boolean,
): PersistentVolume | undefined {
  const byModes = groupBy(volumes, ({ spec }) => [...(spec.accessModes ?? [])].sort().join());
  const candidates = [...byModes.values()]
    .filter(([first]) => offersModes(first?.spec.accessModes, claim.spec.accessModes))
    .sort(([a], [b]) => modeCount(a) - modeCount(b));
  for (const group of candidates) {
    const found = bestOf(claim, group, isDelayed);
    if (found !== undefined) return found;
  }
  return undefined;
}

function modeCount(volume: PersistentVolume | undefined): number {
  return new Set<AccessMode>(volume?.spec.accessModes).size;
}

function bestOf(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  isDelayed: boolean,
): PersistentVolume | undefined {
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    const isMeant = isBoundTo(volume, claim);
    if ((volume.spec.claimRef !== undefined && !isMeant) || !isFitFor(volume, claim)) continue;
    if (isMeant) return volume;
    if (isDelayed || !isOfferFor(volume, claim) || !isSelected(volume, claim)) continue;
    if (smallest === undefined || isSmaller(volume, smallest)) smallest = volume;
  }
  return smallest;
}

function isSelected({ metadata }: PersistentVolume, { spec }: PersistentVolumeClaim): boolean {
  return spec.selector === undefined || compileSelector(spec.selector).matches(metadata.labels);
}

function isSmaller(volume: PersistentVolume, than: PersistentVolume): boolean {
  return compareQuantities(volume.spec.capacity?.storage ?? 0, than.spec.capacity?.storage ?? 0) < 0;
}

/** Why a volume that a claim asks for by name cannot be its volume; `undefined` when it can. */
export function whyNoFit(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) {
    return `the volume is marked for deletion ${JSON.stringify(volume.metadata.name)}`;
  }
  const wanted = claim.spec.resources?.requests?.storage ?? 0;
  if (compareQuantities(volume.spec.capacity?.storage ?? 0, wanted) < 0) return "requested PV is too small";
  if (classNameOfVolume(volume) !== classNameOfClaim(claim)) return "storageClassName does not match";
  if (hasOtherMode(volume, claim)) return "incompatible volumeMode";
  if (!offersModes(volume.spec.accessModes, claim.spec.accessModes)) return "incompatible accessMode";
  return undefined;
}

/** Whether one is a file system and the other a raw block. */
export function hasOtherMode(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (volume.spec.volumeMode ?? "Filesystem") !== (claim.spec.volumeMode ?? "Filesystem");
}

/** The volume with the claim written on it; itself when that stands there. */
export function boundVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  const { name, namespace, uid } = claim.metadata;
  const isWritten = claimRef?.name === name && claimRef.namespace === namespace && claimRef.uid === uid;
  // Who wrote the reference himself, but for the uid, keeps the honour.
  const isMeant = isBoundTo(volume, claim);
  const isMarked = isMeant || volume.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined;
  if (isWritten && isMarked) return volume;
  return {
    ...volume,
    metadata: isMarked ? volume.metadata : withAnnotations(volume.metadata, { [BOUND_BY_CONTROLLER]: "yes" }),
    spec: isWritten ? volume.spec : { ...volume.spec, claimRef: referenceTo(claim) },
  };
}

/** The claim with the volume written on it; itself when that stands there. */
export function boundClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const isWritten = claim.spec.volumeName === volume.metadata.name;
  const annotations = claim.metadata.annotations ?? {};
  const added: Record<string, string> = {};
  if (!isWritten && annotations[BOUND_BY_CONTROLLER] === undefined) added[BOUND_BY_CONTROLLER] = "yes";
  if (annotations[BIND_COMPLETED] === undefined) added[BIND_COMPLETED] = "yes";
  if (isWritten && Object.keys(added).length === 0) return claim;
  return {
    ...claim,
    metadata: withAnnotations(claim.metadata, added),
    spec: isWritten ? claim.spec : { ...claim.spec, volumeName: volume.metadata.name },
  };
}

/** The volume free again: without the claim, or only without its uid where a person wrote the name. */
export function unboundVolume(volume: PersistentVolume): PersistentVolume {
  const { claimRef, ...spec } = volume.spec;
  const { [BOUND_BY_CONTROLLER]: mark, ...annotations } = volume.metadata.annotations ?? {};
  if (mark === undefined) {
    const { uid: _uid, ...reference } = claimRef ?? {};
    return { ...volume, spec: { ...spec, claimRef: reference } };
  }
  const { annotations: _old, ...metadata } = volume.metadata;
  const kept = Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
  return { ...volume, metadata: kept, spec };
}

/** What a claim's status says when it has that volume; its capacity is taken over when it becomes bound, and not touched later. */
export function boundStatus(
  { status }: PersistentVolumeClaim,
  { spec }: PersistentVolume,
): PersistentVolumeClaim["status"] {
  const capacity = status.phase === "Bound" ? status.capacity : spec.capacity;
  return {
    ...status,
    phase: "Bound",
    ...(spec.accessModes !== undefined && { accessModes: spec.accessModes }),
    ...(capacity !== undefined && { capacity }),
  };
}

/** What a claim's status says when it has no volume. */
export function unboundStatus(
  { status }: PersistentVolumeClaim,
  phase: "Pending" | "Lost",
): PersistentVolumeClaim["status"] {
  const { accessModes: _modes, capacity: _capacity, ...rest } = status;
  return { ...rest, phase };
}

/** Metadata with more annotations. */
export function withAnnotations<M extends { readonly annotations?: StringMap }>(
  metadata: M,
  added: StringMap,
): M {
  return { ...metadata, annotations: { ...metadata.annotations, ...added } };
}

function referenceTo({ apiVersion, kind, metadata }: PersistentVolumeClaim): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return { kind, ...(namespace !== undefined && { namespace }), name, uid, apiVersion, resourceVersion };
}
