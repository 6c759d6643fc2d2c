/** What a claim can do that does not get a volume as it stands. */
import { canBeShared, NO_PROVISIONER } from "../../../kube/storage-kinds.ts";
import type { PersistentVolumeClaim, Pod, StorageClass } from "../../../kube/types/index.ts";
import { inNamespace, listed } from "../commands.ts";
import type { Remedy } from "../trouble.ts";

/** Classes that could make what it asks for. */
export function fitting(
  { spec: { accessModes = [] } }: PersistentVolumeClaim,
  classes: readonly StorageClass[],
): StorageClass[] {
  const wantsSharing = accessModes.includes("ReadWriteMany");
  return classes.filter((one) => one.provisioner !== NO_PROVISIONER && (!wantsSharing || canBeShared(one)));
}

/** A claim's class and modes cannot be changed: it is made anew, and as it is not bound nothing is lost. */
export function otherClass(claim: PersistentVolumeClaim, classes: readonly StorageClass[]): Remedy[] {
  const names = fitting(claim, classes).map(({ metadata }) => metadata.name);
  const { name } = claim.metadata;
  if (names.length > 0)
    return [
      {
        command: `kubectl delete pvc ${name}${inNamespace(claim)}`,
        says: `then create it anew with storageClassName: ${listed(names)} (a claim's class cannot be changed; it was never bound, so nothing is lost)`,
      },
    ];
  return [
    claim.spec.accessModes?.includes("ReadWriteMany") === true
      ? {
          says: "no class of this cluster can share a volume between nodes: install one that can (Longhorn, or an NFS provisioner), or ask for ReadWriteOnce if one node is enough",
        }
      : { says: "no class of this cluster makes volumes: install a provisioner" },
  ];
}

const CERTIFICATES = /(^|[-_./])(certs?|certificates?|tls|ssl|pki|ca)($|[-_./])/i;

/** Certificates are small, change rarely and are read only: they need no volume. */
export function certificates(claim: PersistentVolumeClaim, users: readonly Pod[]): Remedy[] {
  const paths = users.flatMap((pod) => {
    const volumes = (pod.spec.volumes ?? [])
      .filter(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name)
      .map(({ name }) => name);
    return pod.spec.containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.filter(({ name }) => volumes.includes(name)).map(({ mountPath }) => mountPath),
    );
  });
  if (![claim.metadata.name, ...paths].some((text) => CERTIFICATES.test(text))) return [];
  const { name } = claim.metadata;
  return [
    {
      command: `kubectl create secret generic ${name}${inNamespace(claim)} --from-file=FOLDER`,
      says: "if only certificates are on it: keep them in a Secret and mount that in its place; every node can, and no storage is needed",
    },
  ];
}
