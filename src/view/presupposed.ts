/** What manifests take for granted of the cluster that they are meant for: namespaces and storage classes that they name and do not bring. */
import type { Manifest, ManifestObject } from "./manifests.ts";

/** Marks the storage class of claims that name none. */
export const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** Namespaces that objects are in and no manifest makes; "default" is always there. */
export function missingNamespaces(manifests: readonly Manifest[]): string[] {
  const defined = new Set(
    manifests.filter((m) => m.object.kind === "Namespace").map((m) => m.object.metadata.name),
  );
  const used = manifests.map((m) => m.object.metadata.namespace).filter((name) => name !== undefined);
  return [...new Set(used)].filter((name) => !defined.has(name)).sort();
}

/** Storage classes that claims name and no manifest makes. */
export function missingClasses(manifests: readonly Manifest[]): string[] {
  const defined = new Set(
    manifests.filter((m) => m.object.kind === "StorageClass").map((m) => m.object.metadata.name),
  );
  const used = manifests.flatMap((m) => claimSpecs(m.object)).map((spec) => spec.storageClassName);
  return [...new Set(used)]
    .filter((name) => name !== undefined && name !== "" && !defined.has(name))
    .sort() as string[];
}

/** A claim that names no class, not even "", is for the cluster's default one, unless it names its volume. */
export function wantsDefaultClass(manifests: readonly Manifest[]): boolean {
  const specs = manifests.flatMap((m) => claimSpecs(m.object));
  return specs.some((spec) => spec.storageClassName === undefined && spec.volumeName === undefined);
}

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly volumeName?: string;
}

function claimSpecs(object: ManifestObject): ClaimSpec[] {
  type Claim = { spec?: ClaimSpec };
  const spec = object.spec as ({ volumeClaimTemplates?: Claim[] } & ClaimSpec) | undefined;
  if (object.kind === "PersistentVolumeClaim") return spec ? [spec] : [];
  return (spec?.volumeClaimTemplates ?? []).flatMap((claim) => (claim.spec ? [claim.spec] : []));
}

const PROVISIONERS: readonly (readonly [pattern: RegExp, provisioner: string])[] = [
  [/longhorn/, "driver.longhorn.io"],
  [/local/, "rancher.io/local-path"],
  [/nfs/, "nfs.csi.k8s.io"],
  [/ceph|rook|rbd/, "rook-ceph.rbd.csi.ceph.com"],
];

/** The class that most people have under such a name. */
export function guessedClass(name: string): Record<string, unknown> & { provisioner: string } {
  const provisioner = PROVISIONERS.find(([pattern]) => pattern.test(name))?.[1] ?? "driver.longhorn.io";
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name },
    provisioner,
    reclaimPolicy: "Delete",
    allowVolumeExpansion: true,
    volumeBindingMode: provisioner === "rancher.io/local-path" ? "WaitForFirstConsumer" : "Immediate",
  };
}
