/** How objects of each kind come into a snapshot: the one list of what the scheduler watches besides pods and nodes. */
import type { Kind } from "../kube/kind.ts";
import * as kinds from "../kube/kinds.ts";
import type { KubeObject, Node, Pod } from "../kube/types/index.ts";
import { ClusterObjects, type ObjectTable } from "./cluster-objects.ts";
import type { EventResource } from "./queue/cluster-event.ts";
import { Snapshot } from "./snapshot.ts";

/** One kind that placement depends on. */
export interface WatchedKind<T extends KubeObject = KubeObject> {
  readonly kind: Kind<T>;
  readonly table: (objects: ClusterObjects) => ObjectTable<T>;
  /** What its changes are to pods that wait; absent where they bring no pod back. */
  readonly resource?: EventResource;
}

function watch<T extends KubeObject>(
  kind: Kind<T>,
  table: (objects: ClusterObjects) => ObjectTable<T>,
  resource?: EventResource,
): WatchedKind {
  return { kind, table, ...(resource && { resource }) } as unknown as WatchedKind;
}

/** Everything but pods and nodes. */
export const WATCHED_KINDS: readonly WatchedKind[] = [
  watch(kinds.namespaces, ({ namespaces }) => namespaces),
  watch(kinds.services, ({ services }) => services),
  watch(kinds.replicaSets, ({ replicaSets }) => replicaSets),
  watch(kinds.replicationControllers, ({ replicationControllers }) => replicationControllers),
  watch(kinds.statefulSets, ({ statefulSets }) => statefulSets),
  watch(kinds.podDisruptionBudgets, ({ budgets }) => budgets),
  watch(kinds.persistentVolumeClaims, ({ claims }) => claims, "PersistentVolumeClaim"),
  watch(kinds.persistentVolumes, ({ volumes }) => volumes, "PersistentVolume"),
  watch(kinds.storageClasses, ({ storageClasses }) => storageClasses, "StorageClass"),
  watch(kinds.csiNodes, ({ csiNodes }) => csiNodes, "CSINode"),
  watch(kinds.csiDrivers, ({ csiDrivers }) => csiDrivers, "CSIDriver"),
  watch(kinds.csiStorageCapacities, ({ storageCapacities }) => storageCapacities, "CSIStorageCapacity"),
  watch(kinds.volumeAttachments, ({ attachments }) => attachments, "VolumeAttachment"),
];

const byName = new Map(WATCHED_KINDS.map((watched) => [watched.kind.kind, watched]));

/** Whether the pod still takes part: one that has ended holds nothing any more, though its object may stay for long. */
export function isLive({ status }: Pod): boolean {
  return status.phase !== "Succeeded" && status.phase !== "Failed";
}

/** A snapshot of what the objects say; bound pods stand on their nodes, others and unknown kinds are passed over. */
export function snapshotOf(objects: Iterable<KubeObject>): Snapshot {
  const snapshot = new Snapshot(new ClusterObjects());
  for (const object of objects) {
    if (object.kind === "Node") snapshot.setNode(object as Node);
    else if (object.kind === "Pod") addPod(snapshot, object as Pod);
    else byName.get(object.kind)?.table(snapshot.objects).set(object);
  }
  return snapshot;
}

function addPod(snapshot: Snapshot, pod: Pod): void {
  if (isLive(pod)) snapshot.setPod(pod);
}
