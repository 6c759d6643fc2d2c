/**
 * What kind of storage stands behind a volume: the one place that knows provisioners by name. The lab's storage controllers
 * and nodes act on it, proofs and checks reason with it, so all of them agree on what survives the loss of a node.
 *
 * Where nothing is known about a provisioner it counts as replicated block storage: attached to one node at a time, kept
 * elsewhere when that node is lost. Nothing here looks at anything but the object it is given.
 */
import type { AccessMode, PersistentVolume, StorageClass } from "./types/index.ts";

/**
 * - `node-local`: the data lies on one node and is out of reach, or lost, with it.
 * - `replicated-block`: the data outlives any node; one node at a time can have it.
 * - `shared`: many nodes can have it at once, through a single server that everybody depends on.
 */
export type StorageKind = "node-local" | "replicated-block" | "shared";

export interface StorageTraits {
  readonly kind: StorageKind;
  /** Whether a node gets it through a VolumeAttachment, which keeps a second writer out. */
  readonly attachable: boolean;
}

/** A class whose volumes are made by hand. */
export const NO_PROVISIONER = "kubernetes.io/no-provisioner";

/** StorageClass parameter by which a manifest says what the lab cannot know of a provisioner. */
export const KIND_PARAMETER = "type";

const NODE_LOCAL: StorageTraits = { kind: "node-local", attachable: false };
const REPLICATED_BLOCK: StorageTraits = { kind: "replicated-block", attachable: true };
/** Mounted over the network by whoever wants it: nothing says who has it. */
const SHARED: StorageTraits = { kind: "shared", attachable: false };
/** A block volume behind a share server: attached like one, to as many nodes as ask. */
const SHARED_ATTACHED: StorageTraits = { kind: "shared", attachable: true };

/** Block storage that puts a share server in front of a volume when many nodes want it. */
const SHARING_BLOCK_PROVISIONERS: ReadonlySet<string> = new Set(["driver.longhorn.io"]);

const NODE_LOCAL_PROVISIONERS: ReadonlySet<string> = new Set([
  "rancher.io/local-path",
  "docker.io/hostpath",
  "k8s.io/minikube-hostpath",
  "microk8s.io/hostpath",
  "openebs.io/local",
  "local.csi.openebs.io",
  "zfs.csi.openebs.io",
  "topolvm.io",
  "hostpath.csi.k8s.io",
  "kubernetes.io/host-path",
  NO_PROVISIONER,
]);

/** Parts of the names of provisioners that serve files rather than blocks. */
const FILE_SERVERS = /nfs|cephfs|smb|cifs|glusterfs|efs\.csi|file\.csi|filestore|juicefs|azure-file/;

/** The traits of what a class makes for a claim with these access modes. */
export function storageTraitsOfClass(
  storageClass: StorageClass,
  accessModes: readonly AccessMode[] = [],
): StorageTraits {
  const stated = statedKind(storageClass.parameters?.[KIND_PARAMETER]);
  return stated ?? traitsOfProvisioner(storageClass.provisioner, accessModes);
}

/** The traits of a volume that exists. */
export function storageTraitsOf(volume: PersistentVolume): StorageTraits {
  const { csi, local, hostPath, nfs, accessModes = [] } = volume.spec;
  if (local !== undefined || hostPath !== undefined) return NODE_LOCAL;
  if (nfs !== undefined) return SHARED;
  if (csi === undefined) return REPLICATED_BLOCK;
  const stated = statedKind(csi.volumeAttributes?.[KIND_PARAMETER]);
  return stated ?? traitsOfProvisioner(csi.driver, accessModes);
}

/** Whether a class can make volumes that several nodes write to at once. */
export function canBeShared(storageClass: StorageClass): boolean {
  return storageTraitsOfClass(storageClass, ["ReadWriteMany"]).kind === "shared";
}

/** Whether several nodes may have the volume at once, as far as its access modes say. */
export function isMultiAttachAllowed(volume: PersistentVolume): boolean {
  const { accessModes = [] } = volume.spec;
  return (
    accessModes.length === 0 ||
    accessModes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany")
  );
}

/** The name that node.status.volumesInUse and volumesAttached call an attachable volume. */
export function uniqueVolumeName(volume: PersistentVolume): string {
  const { csi } = volume.spec;
  if (csi === undefined) return `kubernetes.io/volume/${volume.metadata.name}`;
  return `kubernetes.io/csi/${csi.driver}^${csi.volumeHandle}`;
}

function traitsOfProvisioner(provisioner: string, accessModes: readonly AccessMode[]): StorageTraits {
  if (NODE_LOCAL_PROVISIONERS.has(provisioner)) return NODE_LOCAL;
  if (FILE_SERVERS.test(provisioner)) return SHARED;
  const isShared = accessModes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
  return isShared && SHARING_BLOCK_PROVISIONERS.has(provisioner) ? SHARED_ATTACHED : REPLICATED_BLOCK;
}

function statedKind(kind: string | undefined): StorageTraits | undefined {
  switch (kind) {
    case "node-local":
      return NODE_LOCAL;
    case "replicated-block":
      return REPLICATED_BLOCK;
    case "shared":
      return SHARED;
    default:
      return undefined;
  }
}
