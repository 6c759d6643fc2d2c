/** What the scheduler reads of claims, volumes and classes, and the annotations through which it talks to the volume controllers. */
import { compareQuantities, wholeValue } from "../../base/quantity.ts";
import { type NodeTraits, nodeSelectorMatches } from "../../kube/node-selectors.ts";
import { isControlledBy } from "../../kube/owners.ts";
import type {
  AccessMode,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  Volume,
} from "../../kube/types/index.ts";
import type { ClusterObjects } from "../cluster-objects.ts";

/** On a claim: the volume controllers have finished binding it. */
export const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
/** On a volume: it was bound by a program, not by a person. */
export const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
/** On a claim: the node for which the volume shall be made. */
export const SELECTED_NODE = "volume.kubernetes.io/selected-node";

const BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

/** The claim that a volume of a pod stands for: named, or made for the pod by the ephemeral volume controller. */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim !== undefined) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`;
}

/** Whether the claim was made for this pod's ephemeral volume. */
export function isMadeFor(pod: Pod, claim: PersistentVolumeClaim): boolean {
  return isControlledBy(claim, pod);
}

/** The sentence for a claim that belongs to somebody else. */
export function notMadeFor(pod: Pod, claim: PersistentVolumeClaim): string {
  const names = [claim, pod].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return `PVC ${names[0]} was not created for pod ${names[1]} (pod is not owner)`;
}

/** The name of the class that a claim asks for; "" for none. */
export function classNameOfClaim({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.[BETA_CLASS] ?? spec.storageClassName ?? "";
}

/** The name of the class that a volume belongs to; "" for none. */
export function classNameOfVolume({ metadata, spec }: PersistentVolume): string {
  return metadata.annotations?.[BETA_CLASS] ?? spec.storageClassName ?? "";
}

/** The class of a claim, where there is one. */
export function classOfClaim(
  claim: PersistentVolumeClaim,
  objects: ClusterObjects,
): StorageClass | undefined {
  const name = classNameOfClaim(claim);
  return name === "" ? undefined : objects.storageClasses.get(undefined, name);
}

/** Whether the claim has its volume and the controllers have said so. */
export function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec.volumeName) && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

/** Whether a volume can be used on a node. */
export function isUsableOn({ spec }: PersistentVolume, node: NodeTraits): boolean {
  const required = spec.nodeAffinity?.required;
  return required === undefined || nodeSelectorMatches(required, node);
}

/** Whether a volume is bound, or meant, for this claim. */
export function isBoundTo({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { claimRef } = spec;
  if (claimRef === undefined) return false;
  if (claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** Bytes that a claim asks for. */
export function requestedBytes({ spec }: PersistentVolumeClaim): number {
  return wholeValue(spec.resources?.requests?.storage ?? 0);
}

/** Whether a free volume answers the claim in size, mode, class and access; where it can be used is another question. */
export function isOfferFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (
    volume.status.phase === "Available" &&
    classNameOfVolume(volume) === classNameOfClaim(claim) &&
    offersModes(volume.spec.accessModes, claim.spec.accessModes)
  );
}

/** Whether a volume is large enough and of the right mode, which even a volume meant for the claim must be. */
export function isFitFor({ spec, metadata }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const modeOf = (mode: string | undefined) => mode ?? "Filesystem";
  return (
    metadata.deletionTimestamp === undefined &&
    modeOf(spec.volumeMode) === modeOf(claim.spec.volumeMode) &&
    compareQuantities(spec.capacity?.storage ?? 0, claim.spec.resources?.requests?.storage ?? 0) >= 0
  );
}

/** Whether every mode of access that is wanted is among those offered. */
export function offersModes(
  offered: readonly AccessMode[] = [],
  wanted: readonly AccessMode[] = [],
): boolean {
  return wanted.every((mode) => offered.includes(mode));
}
