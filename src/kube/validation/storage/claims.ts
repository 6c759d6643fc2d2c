import { deepEqual } from "../../../base/deep.ts";
import type { LabelSelector, ResourceList, StringMap } from "../../types/index.ts";
import { checkNonnegativeQuantity, checkPositiveQuantity, exceeds, isSameAmount } from "../amounts.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { checkLabels, checkSelector } from "../labels.ts";
import { jsonDiff } from "../line-diff.ts";
import { checkAnnotations } from "../metadata.ts";
import { dnsLabel, dnsSubdomain } from "../names.ts";
import { AS_NEW, type KindRules } from "../rules.ts";

interface DataSource {
  readonly apiGroup?: string | null;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** A claim's wishes as validation meets them. */
export interface LooseClaimSpec {
  readonly accessModes?: readonly string[];
  readonly selector?: LabelSelector;
  readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList };
  readonly volumeName?: string;
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly volumeAttributesClassName?: string;
  readonly dataSource?: DataSource;
  readonly dataSourceRef?: DataSource;
}

/** A claim that a pod brings along, as validation meets it. */
export interface LooseClaimTemplate {
  readonly metadata?: { readonly labels?: StringMap; readonly annotations?: StringMap };
  readonly spec?: LooseClaimSpec;
}

interface LooseClaim {
  readonly metadata?: { readonly annotations?: StringMap };
  readonly spec?: LooseClaimSpec;
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: ResourceList;
    readonly currentVolumeAttributesClassName?: string;
  };
}

/** Claims: what they may ask for, and the little that may change of it. */
export const CLAIM_RULES: KindRules<LooseClaim> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, "changed metadata", ...AS_NEW, "changed body"],
  check: (errors, claim) => checkClaimSpec(errors, specOf(claim), "spec"),
  update: checkClaimUpdate,
  status(errors, { status = {} }) {
    for (const [resource, amount] of Object.entries(status.capacity ?? {}))
      checkNonnegativeQuantity(errors, amount, `status.capacity[${resource}]`);
  },
};

function specOf(claim: LooseClaim): LooseClaimSpec {
  return claim.spec ?? {};
}

const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const VOLUME_MODES = ["Block", "Filesystem"];

/** Volume access modes; one that allows a single pod allows no other mode. */
export function checkAccessModes(errors: FieldErrors, modes: readonly string[], path: string): void {
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) errors.notSupported(path, mode, ACCESS_MODES);
  const others = modes.filter((mode) => mode !== "ReadWriteOncePod" && ACCESS_MODES.includes(mode));
  if (modes.includes("ReadWriteOncePod") && others.length > 0) {
    errors.forbidden(path, "may not use ReadWriteOncePod with other access modes");
  }
}

/** How a volume is seen: as files or as a device. */
export function checkVolumeMode(errors: FieldErrors, mode: string | undefined, path: string): void {
  if (mode !== undefined && !VOLUME_MODES.includes(mode)) errors.notSupported(path, mode, VOLUME_MODES);
}

/** What a claim asks for. */
export function checkClaimSpec(errors: FieldErrors, spec: LooseClaimSpec, path: string): void {
  const { accessModes = [], storageClassName = "", volumeAttributesClassName = "" } = spec;
  if (accessModes.length === 0) errors.required(`${path}.accessModes`, "at least 1 access mode is required");
  checkSelector(errors, spec.selector, `${path}.selector`);
  checkAccessModes(errors, accessModes, `${path}.accessModes`);
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.required(`${path}.resources[storage]`);
  else checkPositiveQuantity(errors, storage, `${path}.resources[storage]`);
  if (storageClassName !== "") {
    errors.invalidEach(`${path}.storageClassName`, storageClassName, dnsSubdomain(storageClassName));
  }
  checkVolumeMode(errors, spec.volumeMode, `${path}.volumeMode`);
  checkDataSources(errors, spec, path);
  if (volumeAttributesClassName !== "") {
    const wrong = dnsSubdomain(volumeAttributesClassName);
    errors.invalidEach(`${path}.volumeAttributesClassName`, volumeAttributesClassName, wrong);
  }
}

function checkDataSources(
  errors: FieldErrors,
  { dataSource, dataSourceRef }: LooseClaimSpec,
  path: string,
): void {
  if (dataSource) checkDataSource(errors, dataSource, `${path}.dataSource`);
  if (dataSourceRef) {
    checkDataSource(errors, dataSourceRef, `${path}.dataSourceRef`);
    const { namespace = "" } = dataSourceRef;
    if (namespace !== "")
      errors.invalidEach(`${path}.dataSourceRef.namespace`, namespace, dnsLabel(namespace));
  }
  if (!dataSource || !dataSourceRef) return;
  // The API shows a path of its own making as the value here.
  const shown = {};
  if (dataSourceRef.namespace) {
    errors.invalid(path, shown, "may not be specified when dataSourceRef.namespace is specified");
  } else if (!deepEqual(dataSource, { ...dataSourceRef, namespace: undefined })) {
    errors.invalid(path, shown, "must match dataSourceRef");
  }
}

function checkDataSource(errors: FieldErrors, source: DataSource, path: string): void {
  const { kind = "", name = "" } = source;
  const apiGroup = source.apiGroup ?? "";
  if (name === "") errors.required(`${path}.name`);
  if (kind === "") errors.required(`${path}.kind`);
  if (apiGroup !== "") errors.invalidEach(`${path}.apiGroup`, apiGroup, dnsSubdomain(apiGroup));
  else if (kind !== "PersistentVolumeClaim") {
    errors.invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  }
}

/** A claim that comes with a pod: it has labels and annotations, and the pod gives it its name. */
export function checkClaimTemplate(errors: FieldErrors, template: LooseClaimTemplate, path: string): void {
  const { metadata = {}, spec = {} } = template;
  checkAnnotations(errors, metadata.annotations, `${path}.metadata.annotations`);
  checkLabels(errors, metadata.labels, `${path}.metadata.labels`);
  for (const [field, value] of Object.entries(metadata)) {
    if (field !== "annotations" && field !== "labels" && value !== undefined) {
      errors.forbidden(`${path}.metadata.${field}`, "cannot be set");
    }
  }
  checkClaimSpec(errors, spec, `${path}.spec`);
}

const IMMUTABLE =
  "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

function checkClaimUpdate(errors: FieldErrors, claim: LooseClaim, old: LooseClaim): void {
  const spec = specOf(claim);
  const before = specOf(old);
  if (spec === before) return;
  const [expected, munged] = comparableSpecs(claim, old);
  if (!deepEqual(munged, expected)) {
    const form = (value: LooseClaimSpec) => internalForm("core.PersistentVolumeClaimSpec", value);
    errors.forbidden("spec", `${IMMUTABLE}\n${jsonDiff(form(expected), form(munged))}`);
  }
  checkSize(errors, claim, old);
  if (spec.volumeMode !== before.volumeMode) {
    errors.invalid("volumeMode", spec.volumeMode ?? null, "field is immutable");
  }
  const hasClass = old.status?.currentVolumeAttributesClassName !== undefined;
  if (hasClass && spec.volumeAttributesClassName !== before.volumeAttributesClassName) {
    const rule = "is forbidden when status.currentVolumeAttributesClassName is not nil";
    const at = "spec.volumeAttributesClassName";
    if (spec.volumeAttributesClassName === undefined) errors.forbidden(at, `update to nil ${rule}`);
    else if (spec.volumeAttributesClassName === "") errors.forbidden(at, `update to empty string ${rule}`);
  }
}

/** The old and the new spec, equal in everything that may change. */
function comparableSpecs(claim: LooseClaim, old: LooseClaim): readonly [LooseClaimSpec, LooseClaimSpec] {
  const before = specOf(old);
  const expected = before.volumeName ? before : withField(before, "volumeName", specOf(claim).volumeName);
  let munged = specOf(claim);
  if (before.storageClassName === undefined && munged.storageClassName !== undefined) {
    munged = withField(munged, "storageClassName", undefined);
  }
  if (claim.status?.phase === "Bound") {
    const requests = { ...munged.resources?.requests };
    const storage = before.resources?.requests?.storage;
    if (storage !== undefined && munged.resources?.requests) requests.storage = storage;
    if (munged.resources?.requests) munged = { ...munged, resources: { ...munged.resources, requests } };
    munged = withField(munged, "volumeAttributesClassName", before.volumeAttributesClassName);
  } else if (isSameSize(munged, before)) {
    munged = withField(munged, "resources", before.resources);
  }
  return [expected, munged];
}

function isSameSize(spec: LooseClaimSpec, before: LooseClaimSpec): boolean {
  const [size, was] = [spec.resources?.requests?.storage, before.resources?.requests?.storage];
  const isOnlySize = deepEqual(
    { ...spec.resources, requests: { ...spec.resources?.requests, storage: was } },
    { ...before.resources, requests: { ...before.resources?.requests, storage: was } },
  );
  return isOnlySize && size !== undefined && was !== undefined && isSameAmount(size, was);
}

function withField<K extends keyof LooseClaimSpec>(
  spec: LooseClaimSpec,
  field: K,
  value: LooseClaimSpec[K] | undefined,
): LooseClaimSpec {
  const { [field]: _, ...rest } = spec;
  return value === undefined ? (rest as LooseClaimSpec) : { ...rest, [field]: value };
}

/** A claim may shrink as long as it stays above what it has: an expansion that failed can be taken back. */
function checkSize(errors: FieldErrors, claim: LooseClaim, old: LooseClaim): void {
  const size = specOf(claim).resources?.requests?.storage ?? "0";
  const before = specOf(old).resources?.requests?.storage ?? "0";
  const capacity = old.status?.capacity?.storage ?? "0";
  if (exceeds(before, size) && !exceeds(size, capacity)) {
    errors.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
  }
}
