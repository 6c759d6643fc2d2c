/** The volume that a class's provisioner makes for a claim, or the reason why it makes none. Decides; does not write. */
import { canBeShared, type StorageKind, storageTraitsOfClass } from "../../../kube/storage-kinds.ts";
import type {
  AccessMode,
  Node,
  NodeSelectorTerm,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { PROVISIONED_BY } from "../persistent-volume/binding.ts";

const LOCAL_PATH = "rancher.io/local-path";

/** Provisioners that hand out a directory of the node as such, without a driver in between. */
const DIRECTORY_PROVISIONERS: ReadonlySet<string> = new Set([
  LOCAL_PATH,
  "docker.io/hostpath",
  "k8s.io/minikube-hostpath",
  "microk8s.io/hostpath",
  "kubernetes.io/host-path",
]);

/** The provisioner of a CSI driver holds the object until what is behind it is gone. */
export const PROVISIONER_FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer";

/** The parameter of a class that says what file system its volumes get. */
const FS_TYPE = "csi.storage.k8s.io/fstype";

/** Where nothing says which machine serves the files. */
const DEFAULT_NFS_SERVER = "nfs-server.default.svc.cluster.local";

export interface ProvisionRequest {
  readonly claim: PersistentVolumeClaim;
  readonly storageClass: StorageClass;
  /** What the provisioner calls itself, which every volume of a driver keeps. */
  readonly identity: string;
  /** The node that the scheduler has chosen; absent where binding does not wait for a pod. */
  readonly node: Node | undefined;
}

/** Whether the provisioner makes nothing unless the scheduler has chosen a node. */
export function needsChosenNode({ provisioner }: StorageClass): boolean {
  return provisioner === LOCAL_PATH;
}

/** Why the provisioner refuses, in its own words; `undefined` when it does not. */
export function refusalOf({ claim, storageClass, node }: ProvisionRequest): string | undefined {
  const { accessModes = [], volumeMode } = claim.spec;
  const wantsMany = accessModes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
  if (needsChosenNode(storageClass)) {
    if (wantsMany) return "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes";
    return node === undefined ? "configuration error, no node was specified" : undefined;
  }
  // Raw blocks may be attached anywhere at once: keeping the data whole is then up to who uses them.
  if (!wantsMany || volumeMode === "Block" || canBeShared(storageClass)) return undefined;
  const mode = accessModes.includes("ReadWriteMany") ? "MULTI_NODE_MULTI_WRITER" : "MULTI_NODE_READER_ONLY";
  return `rpc error: code = InvalidArgument desc = Volume capabilities ${mode} not supported. Only AccessModes[ReadWriteOnce] supported.`;
}

/** The volume, already written as the claim's. */
export function provisionedVolume(request: ProvisionRequest): Draft<PersistentVolume> {
  const { claim, storageClass, node } = request;
  const { accessModes = [], resources, volumeMode } = claim.spec;
  const { kind } = storageTraitsOfClass(storageClass, accessModes);
  const source = sourceOf(request, kind, accessModes);
  const terms = topologyOf(storageClass, kind === "node-local" ? node : undefined);
  const storage = resources?.requests?.storage;
  return {
    metadata: {
      name: volumeName(claim),
      annotations: annotationsOf(storageClass, node, source.csi !== undefined),
      ...(source.csi !== undefined && { finalizers: [PROVISIONER_FINALIZER] }),
    },
    spec: {
      accessModes,
      ...(storage !== undefined && { capacity: { storage } }),
      claimRef: referenceTo(claim),
      ...source,
      ...(terms.length > 0 && { nodeAffinity: { required: { nodeSelectorTerms: terms } } }),
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      storageClassName: storageClass.metadata.name,
      ...(volumeMode !== undefined && { volumeMode }),
    },
  };
}

/** The name of the volume that is made for a claim: the same however often it is tried. */
export function volumeName({ metadata }: PersistentVolumeClaim): string {
  return `pvc-${metadata.uid}`;
}

type Source = Pick<Draft<PersistentVolume>["spec"] & object, "csi" | "hostPath" | "nfs">;

function sourceOf(
  { claim, storageClass, identity }: ProvisionRequest,
  kind: StorageKind,
  accessModes: readonly AccessMode[],
): Source {
  const { provisioner, parameters = {} } = storageClass;
  const name = volumeName(claim);
  const folder = `${name}_${claim.metadata.namespace}_${claim.metadata.name}`;
  if (DIRECTORY_PROVISIONERS.has(provisioner)) {
    return { hostPath: { path: `/opt/local-path-provisioner/${folder}`, type: "DirectoryOrCreate" } };
  }
  const isFileServer = kind === "shared" && !provisioner.includes("csi") && provisioner.includes("nfs");
  if (isFileServer) {
    return {
      nfs: { server: parameters.server ?? DEFAULT_NFS_SERVER, path: `${parameters.share ?? ""}/${folder}` },
    };
  }
  const isShared = accessModes.includes("ReadWriteMany");
  const { [FS_TYPE]: fsType, ...others } = parameters;
  const attributes = {
    ...others,
    ...(kind === "shared" && isShared && { share: "true" }),
    "storage.kubernetes.io/csiProvisionerIdentity": identity,
  };
  const type = fsType === undefined ? {} : { fsType };
  return { csi: { driver: provisioner, volumeHandle: name, ...type, volumeAttributes: attributes } };
}

/** Where the volume can be used: on the node that it lies on, or where the class allows it. */
function topologyOf(
  { allowedTopologies = [] }: StorageClass,
  node: Node | undefined,
): readonly NodeSelectorTerm[] {
  if (node !== undefined) {
    const hostname = node.metadata.labels?.["kubernetes.io/hostname"] ?? node.metadata.name;
    return [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [hostname] }] }];
  }
  return allowedTopologies.map(({ matchLabelExpressions = [] }) => ({
    matchExpressions: matchLabelExpressions.map(({ key, values }) => ({ key, operator: "In", values })),
  }));
}

function annotationsOf({ provisioner }: StorageClass, node: Node | undefined, isDriver: boolean) {
  const secret = "volume.kubernetes.io/provisioner-deletion-secret";
  const secrets = { [`${secret}-name`]: "", [`${secret}-namespace`]: "" };
  const selected = { "local.path.provisioner/selected-node": node?.metadata.name ?? "" };
  return {
    [PROVISIONED_BY]: provisioner,
    ...(isDriver && secrets),
    ...(provisioner === LOCAL_PATH && selected),
  };
}

function referenceTo({ apiVersion, kind, metadata }: PersistentVolumeClaim) {
  const { namespace, name, uid, resourceVersion } = metadata;
  return { kind, ...(namespace !== undefined && { namespace }), name, uid, apiVersion, resourceVersion };
}
