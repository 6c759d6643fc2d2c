import { compareQuantities, milliValue, quantity, wholeValue } from "../../base/quantity.ts";
import type { ResourceList } from "../types/index.ts";
import type { FieldErrors } from "./field-errors.ts";
import { qualifiedName } from "./names.ts";

/** Resources that the API knows without a domain, in quotas and limits. */
const STANDARD = new Set([
  "cpu",
  "memory",
  "ephemeral-storage",
  "requests.cpu",
  "requests.memory",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "storage",
  "requests.storage",
  "services.nodeports",
  "services.loadbalancers",
]);
const CONTAINER = new Set(["cpu", "memory", "ephemeral-storage"]);
/** Things that are counted. */
const INTEGER = new Set([
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers",
]);

/** Checks the name of a resource at a field's path. */
export type ResourceNameCheck = (errors: FieldErrors, name: string, path: string) => void;

/** A resource's name as quotas and limits may have it; whether it is good so far. */
export function checkResourceName(errors: FieldErrors, name: string, path: string): boolean {
  const wrong = qualifiedName(name);
  errors.invalidEach(path, name, wrong);
  if (wrong.length > 0) return false;
  if (name.includes("/") || isStandard(name)) return true;
  errors.invalid(path, name, "must be a standard resource type or fully qualified");
  return false;
}

/** Whether a quota may bound the resource. */
export function isQuotaResource(name: string): boolean {
  return isStandard(name) && name !== "storage";
}

function isStandard(name: string): boolean {
  return STANDARD.has(name) || isHugePages(name) || name.startsWith("requests.hugepages-");
}

/** A resource's name as a container may ask for it. */
export const checkContainerResourceName: ResourceNameCheck = (errors, name, path) => {
  checkResourceName(errors, name, path);
  if (!name.includes("/")) {
    if (!CONTAINER.has(name) && !isHugePages(name)) {
      errors.invalid(path, name, "must be a standard resource for containers");
    }
  } else if (!isNative(name) && !isExtended(name)) {
    errors.invalid(path, name, "doesn't follow extended resource name standard");
  }
};

/** "hugepages-2Mi". */
export function isHugePages(name: string): boolean {
  return name.startsWith("hugepages-");
}

function isNative(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

/** A resource of somebody's own: "example.com/gpu". */
export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && qualifiedName(`requests.${name}`).length === 0;
}

/** Whether more may be promised than there is. */
export function isOvercommitAllowed(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

/** Whether the resource is counted in whole ones. */
export function isIntegerResource(name: string): boolean {
  return INTEGER.has(name) || isExtended(name);
}

/** An amount of a named resource: not negative, and whole where the resource is counted. */
export function checkAmount(errors: FieldErrors, name: string, amount: string, path: string): void {
  checkNonnegativeQuantity(errors, amount, path);
  if (isIntegerResource(name) && milliValue(amount) % 1000 !== 0)
    errors.invalid(path, amount, "must be an integer");
}

/** An amount that may be nothing, but not less. */
export function checkNonnegativeQuantity(errors: FieldErrors, amount: string, path: string): void {
  if (quantity(amount).mantissa < 0) errors.invalid(path, amount, "must be greater than or equal to 0");
}

/** An amount of something. */
export function checkPositiveQuantity(errors: FieldErrors, amount: string, path: string): void {
  if (quantity(amount).mantissa <= 0) errors.invalid(path, amount, "must be greater than zero");
}

/** Amounts by name, each checked with its name. */
export function checkAmounts(
  errors: FieldErrors,
  amounts: ResourceList | undefined,
  path: string,
  checkName: ResourceNameCheck,
): void {
  for (const name in amounts) {
    const at = `${path}[${name}]`;
    checkName(errors, name, at);
    checkAmount(errors, name, amounts[name] as string, at);
    if (isHugePages(name)) checkPages(errors, name, amounts[name] as string, at);
  }
}

/** Huge pages come in multiples of their size, which is in the name. */
function checkPages(errors: FieldErrors, name: string, amount: string, path: string): void {
  const size = pageSize(name);
  if (size !== undefined && wholeValue(amount) % size === 0) return;
  errors.invalid(path, amount, `${amount} is not positive integer multiple of ${name}`);
}

function pageSize(name: string): number | undefined {
  const text = name.slice("hugepages-".length);
  if (!/^\d+(?:[KMGTPE]i?|k)?$/.test(text)) return undefined;
  const size = wholeValue(text);
  return size > 0 ? size : undefined;
}

/** Whether `a` is more than `b`. */
export function exceeds(a: string, b: string): boolean {
  return compareQuantities(a, b) > 0;
}

/** Whether two texts are the same amount. */
export function isSameAmount(a: string, b: string): boolean {
  return a === b || compareQuantities(a, b) === 0;
}
