import { deepEqual } from "../../base/deep.ts";
import type { ObjectMeta, OwnerReference, StringMap } from "../types/index.ts";
import { type FieldErrors, quote } from "./field-errors.ts";
import { checkLabels } from "./labels.ts";
import { dnsLabel, type NameCheck, qualifiedName } from "./names.ts";

const ANNOTATIONS_BYTES_MAX = 256 * 1024;
const MANAGER_LENGTH_MAX = 128;
const SUBRESOURCE_LENGTH_MAX = 256;

/** How a kind's objects are named and where they live. */
export interface MetadataRules {
  readonly namespaced: boolean;
  readonly name: NameCheck;
  /** Whether finalizers must be Kubernetes' own or have a domain; custom kinds are freer. */
  readonly knownFinalizers: boolean;
}

/** The metadata of a new object (apimachinery's ValidateObjectMeta). */
export function checkMetadata(
  errors: FieldErrors,
  meta: Partial<ObjectMeta>,
  rules: MetadataRules,
  path = "metadata",
): void {
  const { generateName = "", name = "", namespace = "" } = meta;
  if (generateName !== "") {
    errors.invalidEach(`${path}.generateName`, generateName, rules.name(generateName, true));
  }
  if (name === "") errors.required(`${path}.name`, "name or generateName is required");
  else errors.invalidEach(`${path}.name`, name, rules.name(name));
  if (!rules.namespaced) {
    if (namespace !== "") errors.forbidden(`${path}.namespace`, "not allowed on this type");
  } else if (namespace === "") errors.required(`${path}.namespace`);
  else errors.invalidEach(`${path}.namespace`, namespace, dnsLabel(namespace));
  if ((meta.generation ?? 0) < 0) {
    errors.invalid(`${path}.generation`, meta.generation, "must be greater than or equal to 0");
  }
  checkContents(errors, meta, undefined, path);
  if (meta.finalizers === undefined) return;
  checkFinalizers(errors, meta.finalizers, `${path}.finalizers`);
  if (rules.knownFinalizers) checkKnownFinalizers(errors, meta, path);
}

/** The metadata of an object that takes another's place (ValidateObjectMetaUpdate). */
export function checkMetadataUpdate(
  errors: FieldErrors,
  meta: Partial<ObjectMeta>,
  old: Partial<ObjectMeta>,
  path = "metadata",
): void {
  if (old.deletionTimestamp !== undefined && meta.finalizers !== old.finalizers) {
    const extra = (meta.finalizers ?? []).filter((name) => !old.finalizers?.includes(name)).sort();
    if (extra.length > 0) {
      const list = `[]string{${extra.map(quote).join(", ")}}`;
      const rule = "no new finalizers can be added if the object is being deleted";
      errors.forbidden(`${path}.finalizers`, `${rule}, found new finalizers ${list}`);
    }
  }
  if (!meta.resourceVersion) {
    errors.invalid(`${path}.resourceVersion`, meta.resourceVersion ?? "", "must be specified for an update");
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.invalid(`${path}.generation`, meta.generation ?? 0, "must not be decremented");
  }
  for (const field of IMMUTABLE) {
    if (meta[field] === old[field]) continue;
    const zero = field === "name" || field === "namespace" || field === "uid" ? "" : null;
    if ((meta[field] ?? zero) !== (old[field] ?? zero)) {
      errors.invalid(`${path}.${field}`, meta[field] ?? zero, "field is immutable");
    }
  }
  checkContents(errors, meta, old, path);
}

const IMMUTABLE = [
  "name",
  "namespace",
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
] as const;

/** What is checked at birth and at every change; parts that are shared with the old object were checked then. */
function checkContents(
  errors: FieldErrors,
  meta: Partial<ObjectMeta>,
  old: Partial<ObjectMeta> | undefined,
  path: string,
): void {
  if (meta.labels !== old?.labels) checkLabels(errors, meta.labels, `${path}.labels`);
  if (meta.annotations !== old?.annotations)
    checkAnnotations(errors, meta.annotations, `${path}.annotations`);
  if (meta.ownerReferences !== old?.ownerReferences) {
    checkOwnerReferences(errors, meta.ownerReferences ?? [], `${path}.ownerReferences`);
  }
  if (meta.managedFields !== old?.managedFields) checkManagedFields(errors, meta, `${path}.managedFields`);
}

/** Annotations: keys are names whose case does not matter, and all of them together have a size. */
export function checkAnnotations(
  errors: FieldErrors,
  annotations: StringMap | undefined,
  path: string,
): void {
  let bytes = 0;
  for (const key in annotations) {
    errors.invalidEach(path, key, qualifiedName(key.toLowerCase()));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? "");
  }
  if (bytes > ANNOTATIONS_BYTES_MAX) errors.tooLong(path, ANNOTATIONS_BYTES_MAX);
}

function checkOwnerReferences(errors: FieldErrors, owners: readonly OwnerReference[], path: string): void {
  let controller = "";
  for (const owner of owners) {
    checkOwner(errors, owner, path);
    if (owner.controller !== true) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller !== "") {
      const found = `Found "true" in references for ${controller} and ${name}`;
      errors.invalid(path, owners, `Only one reference can have Controller set to true. ${found}`);
    } else controller = name;
  }
}

function checkOwner(errors: FieldErrors, owner: OwnerReference, path: string): void {
  const version = owner.apiVersion.slice(owner.apiVersion.indexOf("/") + 1);
  if (version === "") errors.invalid(`${path}.apiVersion`, owner.apiVersion, "version must not be empty");
  for (const field of ["kind", "name", "uid"] as const) {
    if (owner[field] === "") errors.invalid(`${path}.${field}`, "", "must not be empty");
  }
  if (owner.apiVersion === "v1" && owner.kind === "Event") {
    errors.invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner");
  }
}

function checkFinalizers(errors: FieldErrors, finalizers: readonly string[], path: string): void {
  for (const name of finalizers) errors.invalidEach(path, name, qualifiedName(name));
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
  }
}

const STANDARD_FINALIZERS = ["kubernetes", "orphan", "foregroundDeletion"];

/** Finalizers of built-in kinds: Kubernetes' own, or with a domain. */
export function checkKnownFinalizers(
  errors: FieldErrors,
  meta: Partial<ObjectMeta>,
  path = "metadata",
): void {
  meta.finalizers?.forEach((name, i) => {
    if (name.includes("/") || STANDARD_FINALIZERS.includes(name)) return;
    const rule = "name is neither a standard finalizer name nor is it fully qualified";
    errors.invalid(`${path}.finalizers[${i}]`, name, rule);
  });
}

function checkManagedFields(errors: FieldErrors, meta: Partial<ObjectMeta>, path: string): void {
  meta.managedFields?.forEach((entry, i) => {
    const at = `${path}[${i}]`;
    if (entry.operation !== "Apply" && entry.operation !== "Update") {
      errors.invalid(`${at}.operation`, entry.operation ?? "", "must be `Apply` or `Update`");
    }
    if (entry.fieldsType && entry.fieldsType !== "FieldsV1") {
      errors.invalid(`${at}.fieldsType`, entry.fieldsType, "must be `FieldsV1`");
    }
    if ((entry.manager ?? "").length > MANAGER_LENGTH_MAX)
      errors.tooLong(`${at}.manager`, MANAGER_LENGTH_MAX);
    if ((entry.subresource ?? "").length > SUBRESOURCE_LENGTH_MAX) {
      errors.tooLong(`${at}.subresource`, SUBRESOURCE_LENGTH_MAX);
    }
  });
}

/** A field that may not change: compared by value, whatever the references. */
export function checkImmutable(errors: FieldErrors, value: unknown, old: unknown, path: string): void {
  if (value !== old && !deepEqual(value, old)) errors.invalid(path, value ?? null, "field is immutable");
}
