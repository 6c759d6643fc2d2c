import { storageClasses } from "../../../kube/kinds.ts";
import { withField } from "../loose.ts";
import type { AdmissionContext, AdmissionPlugin } from "./chain.ts";
import { newestDefault } from "./default-class.ts";

const DEFAULT_ANNOTATIONS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];
const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

/** A claim that names no class gets the default one; an empty name is a name. */
export function defaultStorageClass({ api }: AdmissionContext): AdmissionPlugin {
  return {
    name: "DefaultStorageClass",
    resources: ["persistentvolumeclaims"],
    mutate({ operation, subresource }, object) {
      if (operation !== "CREATE" || subresource !== undefined) return object;
      const { spec = {}, metadata } = object;
      if (spec.storageClassName !== undefined || metadata.annotations?.[CLASS_ANNOTATION] !== undefined)
        return object;
      const found = newestDefault(api.list(storageClasses), DEFAULT_ANNOTATIONS);
      return found === undefined
        ? object
        : withField(object, "spec", { ...spec, storageClassName: found.metadata.name });
    },
  };
}
