/** Claims, volumes and classes for tests: whole and frozen, as the API server would store them. */
import { deepFreeze } from "../../src/base/deep.ts";
import type {
  AccessMode,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from "../../src/kube/types/index.ts";
import { TEST_EPOCH_MS, timeAt } from "./pods.ts";

function metadata(name: string, namespace?: string) {
  const uid = namespace === undefined ? `uid-${name}` : `uid-${namespace}-${name}`;
  const own = { name, uid, resourceVersion: "1", creationTimestamp: timeAt(TEST_EPOCH_MS) };
  return namespace === undefined ? own : { ...own, namespace };
}

/** What differs from a pending claim of 1 GiB, ReadWriteOnce, without a class. */
export interface ClaimOptions {
  readonly storageClass?: string;
  readonly size?: string;
  readonly modes?: readonly AccessMode[];
  /** The volume that it is bound to, completely. */
  readonly volume?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly phase?: PersistentVolumeClaim["status"]["phase"];
}

/** A claim; `name` may be "namespace/name". */
export function claim(name: string, options: ClaimOptions = {}): PersistentVolumeClaim {
  const { storageClass, size = "1Gi", modes = ["ReadWriteOnce"], volume } = options;
  const [namespace, own] = name.includes("/") ? (name.split("/") as [string, string]) : ["default", name];
  const bound = volume === undefined ? {} : { "pv.kubernetes.io/bind-completed": "yes" };
  const annotations = { ...options.annotations, ...bound };
  return deepFreeze({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { ...metadata(own, namespace), ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      accessModes: modes,
      resources: { requests: { storage: size } },
      volumeMode: "Filesystem",
      ...(storageClass !== undefined && { storageClassName: storageClass }),
      ...(volume !== undefined && { volumeName: volume }),
    },
    status: { phase: options.phase ?? (volume === undefined ? "Pending" : "Bound") },
  });
}

/** What differs from a free CSI volume of 1 GiB that every node can use. */
export interface VolumeOptions {
  readonly storageClass?: string;
  readonly size?: string;
  readonly modes?: readonly AccessMode[];
  /** Only the nodes with these hostnames can use it. */
  readonly onNodes?: readonly string[];
  /** "namespace/name" of the claim that has it. */
  readonly claim?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly driver?: string;
}

/** A persistent volume. */
export function volume(name: string, options: VolumeOptions = {}): PersistentVolume {
  const { storageClass, size = "1Gi", modes = ["ReadWriteOnce"], onNodes, labels } = options;
  const hostname = { key: "kubernetes.io/hostname", operator: "In" as const, values: onNodes ?? [] };
  const [namespace = "", claimName = ""] = options.claim?.split("/") ?? [];
  const claimRef = { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace, name: claimName };
  return deepFreeze({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { ...metadata(name), ...(labels && { labels }) },
    spec: {
      capacity: { storage: size },
      accessModes: modes,
      persistentVolumeReclaimPolicy: "Delete",
      volumeMode: "Filesystem",
      csi: { driver: options.driver ?? "csi.example.com", volumeHandle: name },
      ...(storageClass !== undefined && { storageClassName: storageClass }),
      ...(onNodes && {
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [hostname] }] } },
      }),
      ...(options.claim !== undefined && { claimRef }),
    },
    status: { phase: options.claim === undefined ? "Available" : "Bound" },
  });
}

/** A class that provisions once a node is chosen, or with `rest` something else. */
export function storageClass(name: string, rest: Partial<StorageClass> = {}): StorageClass {
  return deepFreeze({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: metadata(name),
    provisioner: "csi.example.com",
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
    ...rest,
  });
}

/** How many volumes of a driver can be attached to a node. */
export function csiNode(nodeName: string, volumesMax: number, driver = "csi.example.com"): CSINode {
  return deepFreeze({
    apiVersion: "storage.k8s.io/v1",
    kind: "CSINode",
    metadata: metadata(nodeName),
    spec: { drivers: [{ name: driver, nodeID: nodeName, allocatable: { count: volumesMax } }] },
  });
}
