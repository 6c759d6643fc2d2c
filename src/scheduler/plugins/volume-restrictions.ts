import type { PersistentVolumeClaim, Pod, Volume } from "../../kube/types/index.ts";
import type { ClusterObjects } from "../cluster-objects.ts";
import type { NodeInfo } from "../node-info.ts";
import { type FilterPlugin, type NodeFilter, type Rejection, rejection } from "../plugin.ts";
import { type PodInfo, podInfo } from "../pod-info.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";

const DISK_IN_USE = rejection("VolumeRestrictions", true, "node(s) had no available disk");
const CLAIM_IN_USE = rejection(
  "VolumeRestrictions",
  true,
  "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",
);

/** Keeps pods from sharing what only one may have: a ReadWriteOncePod claim anywhere, an in-tree disk on one node. */
export const volumeRestrictions: FilterPlugin = {
  name: "VolumeRestrictions",
  looksAt: "cluster",
  events: [
    { resource: "Pod", actions: ["Delete"], hint: freedVolume },
    { resource: "Node", actions: ["Add"] },
    { resource: "PersistentVolumeClaim", actions: ["Add"], hint: isClaimOfPod },
  ],
  preFilter(pod, { objects, nodes }) {
    const missing = pod.claimNames.find((name) => objects.claims.get(pod.namespace, name) === undefined);
    if (missing !== undefined) {
      return rejection(
        "VolumeRestrictions",
        false,
        `persistentvolumeclaim ${JSON.stringify(missing)} not found`,
      );
    }
    const exclusive = exclusiveClaims(pod, objects);
    let uses = 0;
    for (const name of exclusive) {
      const key = `${pod.namespace}/${name}`;
      if (nodes.some((node) => node.usesClaim(key))) uses++;
    }
    const disks = (pod.pod.spec.volumes ?? []).filter(isExclusiveDisk);
    return uses === 0 && disks.length === 0
      ? undefined
      : new RestrictionFilter(pod.namespace, exclusive, disks, uses);
  },
};

class RestrictionFilter implements NodeFilter {
  readonly #namespace: string;
  readonly #exclusive: ReadonlySet<string>;
  readonly #disks: readonly Volume[];
  #uses: number;

  constructor(namespace: string, exclusive: ReadonlySet<string>, disks: readonly Volume[], uses: number) {
    this.#namespace = namespace;
    this.#exclusive = exclusive;
    this.#disks = disks;
    this.#uses = uses;
  }

  filter({ pods }: NodeInfo): Rejection | undefined {
    if (this.#disks.length > 0 && pods.some(({ pod }) => conflictsOnDisk(this.#disks, pod)))
      return DISK_IN_USE;
    return this.#uses > 0 ? CLAIM_IN_USE : undefined;
  }

  podAdded(pod: PodInfo): void {
    this.#uses += this.#usesOf(pod);
  }

  podRemoved(pod: PodInfo): void {
    this.#uses -= this.#usesOf(pod);
  }

  fork(): NodeFilter {
    return new RestrictionFilter(this.#namespace, this.#exclusive, this.#disks, this.#uses);
  }

  #usesOf({ claimNames, namespace }: PodInfo): number {
    if (namespace !== this.#namespace) return 0;
    return claimNames.filter((name) => this.#exclusive.has(name)).length;
  }
}

function exclusiveClaims(
  { claimNames, namespace }: PodInfo,
  { claims }: ClusterObjects,
): ReadonlySet<string> {
  const isExclusive = (claim: PersistentVolumeClaim | undefined) =>
    claim?.spec.accessModes?.includes("ReadWriteOncePod") ?? false;
  return new Set(claimNames.filter((name) => isExclusive(claims.get(namespace, name))));
}

function isExclusiveDisk({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }: Volume): boolean {
  return [gcePersistentDisk, awsElasticBlockStore, iscsi, rbd].some((source) => source !== undefined);
}

function conflictsOnDisk(disks: readonly Volume[], { spec }: Pod): boolean {
  return disks.some((disk) => spec.volumes?.some((other) => isSameDisk(disk, other)) ?? false);
}

/** The same disk, and not only for reading on both sides where the disk allows several readers. */
function isSameDisk(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk) {
    const isSame = a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName;
    if (isSame && !(a.gcePersistentDisk.readOnly && b.gcePersistentDisk.readOnly)) return true;
  }
  if (a.awsElasticBlockStore && a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore?.volumeID)
    return true;
  if (a.iscsi && b.iscsi) {
    if (a.iscsi.iqn === b.iscsi.iqn && !(a.iscsi.readOnly && b.iscsi.readOnly)) return true;
  }
  if (a.rbd && b.rbd) {
    const { monitors, pool = "rbd", image } = b.rbd;
    const isSame = a.rbd.image === image && (a.rbd.pool ?? "rbd") === pool;
    const isShared = a.rbd.readOnly && b.rbd.readOnly;
    return isSame && !isShared && a.rbd.monitors.some((monitor) => monitors.includes(monitor));
  }
  return false;
}

function freedVolume(pod: Pod, event: ClusterEvent): boolean {
  const deleted = event.before as Pod;
  if (deleted.metadata.namespace !== pod.metadata.namespace) return false;
  if (conflictsOnDisk((pod.spec.volumes ?? []).filter(isExclusiveDisk), deleted)) return true;
  const { claimNames } = podInfo(pod);
  return podInfo(deleted).claimNames.some((name) => claimNames.includes(name));
}

function isClaimOfPod(pod: Pod, event: ClusterEvent): boolean {
  const { namespace, name } = (event.after as PersistentVolumeClaim).metadata;
  return pod.metadata.namespace === namespace && podInfo(pod).claimNames.includes(name);
}
