import type { CSINode, PersistentVolumeClaim, Pod } from "../../kube/types/index.ts";
import type { ClusterObjects } from "../cluster-objects.ts";
import type { NodeInfo } from "../node-info.ts";
import { type FilterPlugin, type Rejection, rejection } from "../plugin.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";
import { claimNameOf, classOfClaim, isMadeFor } from "../volumes/claims.ts";

const TOO_MANY = rejection("NodeVolumeLimits", true, "node(s) exceed max volume count");

/** Keeps pods off nodes to which no more of a driver's volumes can be attached. */
export const nodeVolumeLimits: FilterPlugin = {
  name: "NodeVolumeLimits",
  looksAt: "cluster",
  events: [
    { resource: "CSINode", actions: ["Add"] },
    { resource: "CSINode", actions: ["Update"], hint: raisesLimit },
    { resource: "Pod", actions: ["Delete"], hint: freedVolume },
    { resource: "PersistentVolumeClaim", actions: ["Add"], hint: isClaimOfPod },
    { resource: "VolumeAttachment", actions: ["Delete"], hint: usesClaims },
  ],
  preFilter({ pod }, { objects }) {
    const hasClaims = pod.spec.volumes?.some((volume) => claimNameOf(pod, volume) !== undefined);
    return hasClaims ? { filter: (node) => checkLimits(pod, node, objects) } : undefined;
  },
};

/** Drivers by unique volume name: a volume counts once, however many pods on the node use it. */
type Attachments = Map<string, string>;

function checkLimits(pod: Pod, node: NodeInfo, objects: ClusterObjects): Rejection | undefined {
  const limits = limitsOf(objects.csiNodes.get(undefined, node.name));
  if (limits.size === 0) return undefined;
  const added: Attachments = new Map();
  collect(pod, objects, added);
  if (added.size === 0) return undefined;
  const attached: Attachments = new Map();
  for (const other of node.pods) collect(other.pod, objects, attached);
  for (const name of attached.keys()) added.delete(name);
  collectAttachments(node.name, objects, attached);
  for (const [driver, limit] of limits) {
    const more = count(added, driver);
    if (more > 0 && count(attached, driver) + more > limit) return TOO_MANY;
  }
  return undefined;
}

function limitsOf(csiNode: CSINode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of csiNode?.spec.drivers ?? []) {
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  }
  return limits;
}

function count(attachments: Attachments, driver: string): number {
  let found = 0;
  for (const other of attachments.values()) if (other === driver) found++;
  return found;
}

/** Notes the pod's CSI volumes. Claims that are missing or somebody else's are not its volumes. */
function collect(pod: Pod, objects: ClusterObjects, into: Attachments): void {
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume);
    const claim = name === undefined ? undefined : objects.claims.get(pod.metadata.namespace, name);
    if (claim === undefined || (volume.ephemeral !== undefined && !isMadeFor(pod, claim))) continue;
    const found = driverAndHandle(claim, objects);
    if (found !== undefined) into.set(found.join("/"), found[0]);
  }
}

/** A claim without a volume is counted by the driver that would make it one. */
function driverAndHandle(
  claim: PersistentVolumeClaim,
  objects: ClusterObjects,
): [string, string] | undefined {
  const { namespace, name } = claim.metadata;
  const volume = objects.volumes.get(undefined, claim.spec.volumeName);
  if (volume !== undefined) {
    const { csi } = volume.spec;
    return csi && [csi.driver, csi.volumeHandle];
  }
  const storageClass = classOfClaim(claim, objects);
  return storageClass && [storageClass.provisioner, `unbound/${namespace}/${name}`];
}

/** Volumes still attached after their pods have left take up room too. */
function collectAttachments(nodeName: string, objects: ClusterObjects, into: Attachments): void {
  for (const { spec } of objects.attachments.all()) {
    if (spec.nodeName !== nodeName) continue;
    const csi = objects.volumes.get(undefined, spec.source.persistentVolumeName)?.spec.csi;
    if (csi !== undefined) into.set(`${spec.attacher}/${csi.volumeHandle}`, spec.attacher);
  }
}

function raisesLimit(_pod: Pod, event: ClusterEvent): boolean {
  const before = limitsOf(event.before as CSINode);
  for (const [driver, limit] of limitsOf(event.after as CSINode))
    if (limit > (before.get(driver) ?? 0)) return true;
  return false;
}

function freedVolume(_pod: Pod, event: ClusterEvent): boolean {
  const { spec, status } = event.before as Pod;
  if (!spec.nodeName && !status.nominatedNodeName) return false;
  return spec.volumes?.some((volume) => volume.persistentVolumeClaim ?? volume.ephemeral) ?? false;
}

function isClaimOfPod(pod: Pod, event: ClusterEvent): boolean {
  const { namespace, name } = (event.after as PersistentVolumeClaim).metadata;
  if (pod.metadata.namespace !== namespace) return false;
  return pod.spec.volumes?.some((volume) => claimNameOf(pod, volume) === name) ?? false;
}

function usesClaims(pod: Pod): boolean {
  return pod.spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined) ?? false;
}
