import { deepEqual } from "../../base/deep.ts";
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from "../../kube/types/index.ts";
import type { ClusterObjects } from "../cluster-objects.ts";
import type { NodeInfo } from "../node-info.ts";
import { type FilterPlugin, type NodeFilter, type Rejection, rejection } from "../plugin.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";
import { claimNameOf, isMadeFor, notMadeFor } from "../volumes/claims.ts";
import {
  capacityBytes,
  findPodVolumes,
  type PodClaims,
  type PodVolumes,
  sortClaims,
} from "../volumes/pod-volumes.ts";

const UNBOUND = rejection("VolumeBinding", false, "pod has unbound immediate PersistentVolumeClaims");

/** Keeps pods to nodes where their claims have, or can get, volumes. */
export const volumeBinding: FilterPlugin = {
  name: "VolumeBinding",
  looksAt: "cluster",
  events: [
    { resource: "StorageClass", actions: ["Add", "Update"], hint: changesTopologies },
    { resource: "PersistentVolumeClaim", actions: ["Add", "Update"], hint: isClaimOfPod },
    { resource: "PersistentVolume", actions: ["Add", "Update"] },
    { resource: "Node", actions: ["Add", "UpdateNodeLabel"] },
    { resource: "CSINode", actions: ["Add", "Update"], hint: changesMigration },
    { resource: "CSIDriver", actions: ["Update"], hint: stopsCountingCapacity },
    { resource: "CSIStorageCapacity", actions: ["Add", "Update"], hint: growsCapacity },
  ],
  preFilter({ pod }, { objects }) {
    const checked = checkClaims(pod, objects);
    if (checked === "none") return undefined;
    if (checked !== "present") return rejection("VolumeBinding", false, checked);
    const claims = sortClaims(pod, objects);
    return claims.immediate.length > 0 ? UNBOUND : new VolumeFilter(claims, objects);
  },
};

class VolumeFilter implements NodeFilter {
  readonly #claims: PodClaims;
  readonly #objects: ClusterObjects;
  readonly #found = new Map<string, PodVolumes>();

  constructor(claims: PodClaims, objects: ClusterObjects) {
    this.#claims = claims;
    this.#objects = objects;
  }

  filter({ node, name }: NodeInfo): Rejection | undefined {
    if (node === undefined) return undefined;
    const found = findPodVolumes(this.#claims, node, this.#objects);
    if (!("bindings" in found)) return rejection("VolumeBinding", false, ...found);
    this.#found.set(name, found);
    return undefined;
  }

  volumesOn(nodeName: string): PodVolumes | undefined {
    return this.#found.get(nodeName);
  }
}

/** "none" when the pod has no claims, "present" when all are there, or the sentence that says what is wrong with one. */
function checkClaims(pod: Pod, objects: ClusterObjects): string {
  let answer = "none";
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume);
    if (name === undefined) continue;
    const claim = objects.claims.get(pod.metadata.namespace, name);
    const problem = problemOf(pod, name, claim, volume.ephemeral !== undefined);
    if (problem !== undefined) return problem;
    answer = "present";
  }
  return answer;
}

function problemOf(
  pod: Pod,
  name: string,
  claim: PersistentVolumeClaim | undefined,
  isEphemeral: boolean,
): string | undefined {
  const quoted = JSON.stringify(name);
  if (claim === undefined) {
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
      : `persistentvolumeclaim ${quoted} not found`;
  }
  if (claim.status.phase === "Lost") {
    const volumeName = JSON.stringify(claim.spec.volumeName ?? "");
    return `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${volumeName}`;
  }
  if (claim.metadata.deletionTimestamp !== undefined)
    return `persistentvolumeclaim ${quoted} is being deleted`;
  return isEphemeral && !isMadeFor(pod, claim) ? notMadeFor(pod, claim) : undefined;
}

function isClaimOfPod(pod: Pod, event: ClusterEvent): boolean {
  const { namespace, name } = (event.after as PersistentVolumeClaim).metadata;
  if (pod.metadata.namespace !== namespace) return false;
  return pod.spec.volumes?.some((volume) => claimNameOf(pod, volume) === name) ?? false;
}

function changesTopologies(_pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as StorageClass | undefined;
  const after = event.after as StorageClass;
  return before === undefined || !deepEqual(before.allowedTopologies, after.allowedTopologies);
}

function changesMigration(_pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as CSINode | undefined;
  const migrated = (node: CSINode) =>
    node.metadata.annotations?.["storage.alpha.kubernetes.io/migrated-plugins"];
  return before === undefined || migrated(before) !== migrated(event.after as CSINode);
}

function stopsCountingCapacity(pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as CSIDriver;
  const after = event.after as CSIDriver;
  const usesDriver = pod.spec.volumes?.some(({ csi }) => csi?.driver === after.metadata.name) ?? false;
  return usesDriver && before.spec.storageCapacity === true && after.spec.storageCapacity !== true;
}

function growsCapacity(_pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as CSIStorageCapacity | undefined;
  return before === undefined || capacityBytes(event.after as CSIStorageCapacity) > capacityBytes(before);
}
