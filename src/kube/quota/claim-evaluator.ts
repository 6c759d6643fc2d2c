import { compareQuantities, quantityOf, wholeValue } from "../../base/quantity.ts";
import type { KubeObject, PersistentVolumeClaim, ResourceList } from "../types/index.ts";
import type { QuotaEvaluator, ScopeRequirement } from "./evaluation.ts";
import type { Amounts } from "./resource-lists.ts";

const NAMES = ["persistentvolumeclaims", "requests.storage"];
const OF_CLASS = ".storageclass.storage.k8s.io/";

type ClaimStatus = PersistentVolumeClaim["status"] & { readonly allocatedResources?: ResourceList };

/** Claims count, by number and by size, in all and for each storage class. */
export const claimEvaluator: QuotaEvaluator = {
  usage(object) {
    const claim = object as PersistentVolumeClaim;
    const className = claim.spec.storageClassName;
    const size = sizeOf(claim);
    const counted: Amounts = {
      persistentvolumeclaims: "1",
      ...(size === undefined ? {} : { "requests.storage": size }),
    };
    if (!className) return { "count/persistentvolumeclaims": "1", ...counted };
    const byClass = Object.entries(counted).map(([name, amount]) => [
      `${className}${OF_CLASS}${name}`,
      amount,
    ]);
    return { "count/persistentvolumeclaims": "1", ...counted, ...Object.fromEntries(byClass) };
  },
  limits: (name) =>
    name === "count/persistentvolumeclaims" ||
    NAMES.some((each) => name === each || name.endsWith(`${OF_CLASS}${each}`)),
  inScope: (object, scope) => inAttributesScope(object as PersistentVolumeClaim, scope),
  handles({ operation, subresource, object, old }) {
    if (subresource === "status") return allocatedOf(object) !== allocatedOf(old);
    return subresource === undefined && operation !== "DELETE";
  },
};

/** What was asked for, or what an expansion under way has taken already where that is more. */
function sizeOf(claim: PersistentVolumeClaim): Amounts[string] | undefined {
  const asked = claim.spec.resources?.requests?.storage;
  if (asked === undefined) return undefined;
  const allocated = allocatedOf(claim);
  const size = allocated !== undefined && compareQuantities(allocated, asked) > 0 ? allocated : asked;
  // Parts of a byte are rounded up; anything else is printed as it was written.
  const whole = quantityOf(wholeValue(size));
  return compareQuantities(whole, size) === 0 ? size : whole;
}

function allocatedOf(object: KubeObject | undefined): string | undefined {
  return ((object as PersistentVolumeClaim | undefined)?.status as ClaimStatus | undefined)
    ?.allocatedResources?.storage;
}

function inAttributesScope(claim: PersistentVolumeClaim, scope: ScopeRequirement): boolean {
  if (scope.scopeName !== "VolumeAttributesClass") return false;
  const { volumeAttributesClassName } = claim.spec as { readonly volumeAttributesClassName?: string };
  const { currentVolumeAttributesClassName } = claim.status as {
    readonly currentVolumeAttributesClassName?: string;
  };
  const names = [volumeAttributesClassName, currentVolumeAttributesClassName].filter((name) => name);
  const values = scope.values ?? [];
  switch (scope.operator) {
    case "Exists":
      return names.length > 0;
    case "DoesNotExist":
      return names.length === 0;
    case "In":
      return names.some((name) => values.includes(name as string));
    default:
      return names.length === 0 || names.some((name) => !values.includes(name as string));
  }
}
