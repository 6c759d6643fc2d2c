import { withMeta } from "../loose.ts";
import type { AdmissionPlugin } from "./chain.ts";

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumes: "kubernetes.io/pv-protection",
  persistentvolumeclaims: "kubernetes.io/pvc-protection",
  volumeattributesclasses: "kubernetes.io/vac-protection",
};

/** Storage that is in use outlives its deletion: a controller takes the finalizer off when nobody uses it any more. */
export function storageObjectInUseProtection(): AdmissionPlugin {
  return {
    name: "StorageObjectInUseProtection",
    resources: ["persistentvolumes", "persistentvolumeclaims", "volumeattributesclasses.storage.k8s.io"],
    mutate({ operation, subresource, kind }, object) {
      const finalizer = FINALIZERS[kind.plural];
      if (operation !== "CREATE" || subresource !== undefined || finalizer === undefined) return object;
      const { finalizers = [] } = object.metadata;
      if (finalizers.includes(finalizer)) return object;
      return withMeta(object, { finalizers: [...finalizers, finalizer] });
    },
  };
}
