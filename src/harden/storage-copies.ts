/** How many copies of its data a workload's storage says that it keeps. */
import { persistentVolumeClaims, storageClasses } from "../kube/kinds.ts";
import type { PersistentVolumeClaim, StorageClass } from "../kube/types/index.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import type { Hardenable } from "./traits.ts";

/** Parameters by which replicated storage says it, by provisioner. */
export const COPIES_PARAMETER: Readonly<Record<string, string>> = {
  "driver.longhorn.io": "numberOfReplicas",
  "linstor.csi.linbit.com": "autoPlace",
};

export interface StoredCopies {
  readonly claim: string;
  readonly storageClass: string;
  /** `undefined` where the class does not say it. */
  readonly copies: number | undefined;
}

export function copiesOf(workload: Hardenable, view: ClusterView): StoredCopies[] {
  const named = (workload.spec.template.spec.volumes ?? []).flatMap((volume) => {
    const name = volume.persistentVolumeClaim?.claimName;
    return name === undefined
      ? []
      : (view.get(persistentVolumeClaims, workload.metadata.namespace, name) ?? []);
  });
  const own =
    workload.kind === "StatefulSet" ? ((workload.spec as OwnClaims).volumeClaimTemplates ?? []) : [];
  return [...named, ...own].map(({ metadata, spec: { storageClassName = "" } }) => {
    const storageClass = view.get(storageClasses, undefined, storageClassName);
    const copies = storageClass && copiesOfClass(storageClass);
    return { claim: metadata.name, storageClass: storageClassName, copies };
  });
}

interface OwnClaims {
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaim[];
}

export function copiesOfClass({ provisioner, parameters = {} }: StorageClass): number | undefined {
  const said = parameters[COPIES_PARAMETER[provisioner] ?? ""];
  return said === undefined ? undefined : Number(said);
}
