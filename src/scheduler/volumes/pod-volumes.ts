/**
 * What a pod's claims need on a node: bound claims a volume that can be used there, unbound ones a free volume or a class
 * that can make one. Pure: says what would have to be written (`PodVolumes`), writes nothing.
 */
import { compareQuantities, wholeValue } from "../../base/quantity.ts";
import { compileSelector } from "../../kube/selectors.ts";
import { NO_PROVISIONER } from "../../kube/storage-kinds.ts";
import type {
  CSIStorageCapacity,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from "../../kube/types/index.ts";
import type { ClusterObjects } from "../cluster-objects.ts";
import { PluginError } from "../plugin-error.ts";
import {
  claimNameOf,
  classNameOfClaim,
  classOfClaim,
  isBoundTo,
  isFitFor,
  isFullyBound,
  isOfferFor,
  isUsableOn,
  requestedBytes,
  SELECTED_NODE,
} from "./claims.ts";

/** A free volume chosen for a claim. */
export interface VolumeBinding {
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
}

/** What has to be written before a pod can run on one node. */
export interface PodVolumes {
  readonly bindings: readonly VolumeBinding[];
  /** Claims whose volumes are made once the node is known. */
  readonly provisions: readonly PersistentVolumeClaim[];
}

/** The claims of a pod by what the scheduler has to do about them. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** To be bound or provisioned once a node is chosen. */
  readonly delayed: readonly PersistentVolumeClaim[];
  /** Their volumes come without the scheduler's doing, or never. */
  readonly immediate: readonly PersistentVolumeClaim[];
  /** Every volume that a delayed claim could get, by class. */
  readonly candidates: ReadonlyMap<string, readonly PersistentVolume[]>;
}

/** Why a node cannot serve the claims, each in kube-scheduler's words. */
export const VOLUME_REASONS = {
  nodeConflict: "node(s) didn't match PersistentVolume's node affinity",
  bindConflict: "node(s) didn't find available persistent volumes to bind",
  noSpace: "node(s) did not have enough free storage",
  volumeMissing: "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
} as const;

const NOTHING_TO_DO: PodVolumes = Object.freeze({ bindings: [], provisions: [] });

/** Sorts the claims of a pod, all of which are there. */
export function sortClaims(pod: Pod, objects: ClusterObjects): PodClaims {
  const bound: PersistentVolumeClaim[] = [];
  const delayed: PersistentVolumeClaim[] = [];
  const immediate: PersistentVolumeClaim[] = [];
  const candidates = new Map<string, readonly PersistentVolume[]>();
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume);
    const claim = name === undefined ? undefined : objects.claims.get(pod.metadata.namespace, name);
    if (claim === undefined) continue;
    if (isFullyBound(claim)) bound.push(claim);
    else if (isDelayed(claim, objects)) delayed.push(claim);
    else immediate.push(claim);
  }
  for (const className of new Set(delayed.map(classNameOfClaim))) {
    candidates.set(className, volumesOfClass(className, objects));
  }
  return { bound, delayed, immediate, candidates };
}

/** A claim that names its volume is bound by the volume controller at once, whatever its class says. */
function isDelayed(claim: PersistentVolumeClaim, objects: ClusterObjects): boolean {
  return !claim.spec.volumeName && classOfClaim(claim, objects)?.volumeBindingMode === "WaitForFirstConsumer";
}

function volumesOfClass(className: string, objects: ClusterObjects): readonly PersistentVolume[] {
  return [...objects.volumes.all()].filter(({ spec }) => (spec.storageClassName ?? "") === className);
}

/** What has to be done on that node, or the reasons why it cannot be done.
 * @throws {PluginError} when a class is missing. */
export function findPodVolumes(
  claims: PodClaims,
  node: Node,
  objects: ClusterObjects,
): PodVolumes | readonly string[] {
  const conflict = boundConflict(claims.bound, node, objects);
  if (claims.delayed.length === 0) return conflict === undefined ? NOTHING_TO_DO : [conflict];
  const found = findForDelayed(claims, node, objects);
  const isFound = typeof found !== "string";
  if (isFound && conflict === undefined) return found;
  const reasons = isFound ? [conflict] : [conflict, found];
  const order = Object.values(VOLUME_REASONS) as string[];
  return order.filter((reason) => reasons.includes(reason));
}

function boundConflict(
  claims: readonly PersistentVolumeClaim[],
  node: Node,
  objects: ClusterObjects,
): string | undefined {
  for (const { spec } of claims) {
    const volume = objects.volumes.get(undefined, spec.volumeName);
    if (volume === undefined) return VOLUME_REASONS.volumeMissing;
    if (!isUsableOn(volume, node.metadata)) return VOLUME_REASONS.nodeConflict;
  }
  return undefined;
}

function findForDelayed(claims: PodClaims, node: Node, objects: ClusterObjects): PodVolumes | string {
  const toBind: PersistentVolumeClaim[] = [];
  const toProvision: PersistentVolumeClaim[] = [];
  for (const claim of claims.delayed) {
    const selectedNode = claim.metadata.annotations?.[SELECTED_NODE];
    if (selectedNode === undefined) toBind.push(claim);
    else if (selectedNode === node.metadata.name) toProvision.push(claim);
    else return VOLUME_REASONS.bindConflict;
  }
  const bindings: VolumeBinding[] = [];
  // Small claims choose first, so that they do not take a volume that only a large one needs.
  for (const claim of toBind.sort((a, b) => requestedBytes(a) - requestedBytes(b))) {
    const offers = claims.candidates.get(classNameOfClaim(claim)) ?? [];
    const taken = new Set(bindings.map(({ volume }) => volume.metadata.name));
    const volume = findVolume(claim, offers, node, taken);
    if (volume === undefined) toProvision.push(claim);
    else bindings.push({ volume, claim });
  }
  for (const claim of toProvision) {
    const obstacle = provisioningObstacle(claim, node, objects);
    if (obstacle !== undefined) return obstacle;
  }
  return { bindings, provisions: toProvision };
}

/** The volume that is meant for the claim, or else the smallest free one that answers it. */
function findVolume(
  claim: PersistentVolumeClaim,
  offers: readonly PersistentVolume[],
  node: Node,
  taken: ReadonlySet<string>,
): PersistentVolume | undefined {
  const { selector } = claim.spec;
  let smallest: PersistentVolume | undefined;
  for (const volume of offers) {
    if (taken.has(volume.metadata.name)) continue;
    const isMeant = isBoundTo(volume, claim);
    if ((volume.spec.claimRef !== undefined && !isMeant) || !isFitFor(volume, claim)) continue;
    const isUsable = isUsableOn(volume, node.metadata);
    if (isMeant) return isUsable ? volume : undefined;
    if (!isUsable || !isOfferFor(volume, claim)) continue;
    if (selector !== undefined && !compileSelector(selector).matches(volume.metadata.labels)) continue;
    if (smallest === undefined || isSmaller(volume, smallest)) smallest = volume;
  }
  return smallest;
}

function isSmaller(volume: PersistentVolume, than: PersistentVolume): boolean {
  return compareQuantities(volume.spec.capacity?.storage ?? 0, than.spec.capacity?.storage ?? 0) < 0;
}

function provisioningObstacle(
  claim: PersistentVolumeClaim,
  node: Node,
  objects: ClusterObjects,
): string | undefined {
  const className = classNameOfClaim(claim);
  const { namespace, name } = claim.metadata;
  if (className === "") throw new PluginError(`no class for claim ${JSON.stringify(`${namespace}/${name}`)}`);
  const storageClass = objects.storageClasses.get(undefined, className);
  if (storageClass === undefined) {
    throw new PluginError(`failed to find storage class ${JSON.stringify(className)}`);
  }
  const { provisioner } = storageClass;
  if (provisioner === "" || provisioner === NO_PROVISIONER) return VOLUME_REASONS.bindConflict;
  if (!allowsNode(storageClass, node)) return VOLUME_REASONS.bindConflict;
  return hasSpaceFor(claim, storageClass, node, objects) ? undefined : VOLUME_REASONS.noSpace;
}

function allowsNode({ allowedTopologies = [] }: StorageClass, { metadata }: Node): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => {
      const value = metadata.labels?.[key];
      return value !== undefined && values.includes(value);
    }),
  );
}

/** Only drivers that publish their capacity are asked for it. */
function hasSpaceFor(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  node: Node,
  objects: ClusterObjects,
): boolean {
  if (claim.spec.resources?.requests?.storage === undefined) return true;
  const driver = objects.csiDrivers.get(undefined, storageClass.provisioner);
  if (driver?.spec.storageCapacity !== true) return true;
  const bytes = requestedBytes(claim);
  for (const capacity of objects.storageCapacities.all()) {
    if (capacity.storageClassName !== storageClass.metadata.name || capacityBytes(capacity) < bytes) continue;
    if (compileSelector(capacity.nodeTopology).matches(node.metadata.labels)) return true;
  }
  return false;
}

/** The largest volume that the driver says it can make. */
export function capacityBytes({ maximumVolumeSize, capacity }: CSIStorageCapacity): number {
  const limit = maximumVolumeSize ?? capacity;
  return limit === undefined ? -1 : wholeValue(limit);
}
