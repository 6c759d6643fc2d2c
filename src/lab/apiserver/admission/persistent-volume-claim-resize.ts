import { compareQuantities } from "../../../base/quantity.ts";
import { storageClasses } from "../../../kube/kinds.ts";
import type { PersistentVolumeClaim } from "../../../kube/types/index.ts";
import type { AdmissionContext, AdmissionPlugin } from "./chain.ts";
import { refusal } from "./refusal.ts";

/** Claims grow only when they are bound and their class says that its volumes can. */
export function persistentVolumeClaimResize({ api }: AdmissionContext): AdmissionPlugin {
  function mayGrow(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
    const name = claim.spec.storageClassName;
    if (!name || name !== old.spec.storageClassName) return false;
    return api.get(storageClasses, undefined, name)?.allowVolumeExpansion === true;
  }

  return {
    name: "PersistentVolumeClaimResize",
    resources: ["persistentvolumeclaims"],
    validate(request) {
      if (request.operation !== "UPDATE" || request.subresource !== undefined) return;
      const claim = request.object as unknown as PersistentVolumeClaim;
      const old = request.old as unknown as PersistentVolumeClaim;
      const size = claim.spec.resources?.requests?.storage ?? "0";
      if (compareQuantities(size, old.spec.resources?.requests?.storage ?? "0") <= 0) return;
      if (old.status.phase !== "Bound") {
        throw refusal(request, "Only bound persistent volume claims can be expanded");
      }
      if (!mayGrow(claim, old)) {
        throw refusal(
          request,
          "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
        );
      }
    },
  };
}
