import { deepEqual } from "../../../base/deep.ts";
import { quantity } from "../../../base/quantity.ts";
import type { NodeSelector, ResourceList } from "../../types/index.ts";
import { checkPositiveQuantity } from "../amounts.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { jsonDiff } from "../line-diff.ts";
import { dnsLabel, dnsSubdomain } from "../names.ts";
import { checkNoBacksteps } from "../paths.ts";
import { checkNodeSelector } from "../pods/scheduling.ts";
import { checkDriverName, checkHostPath } from "../pods/volumes.ts";
import { AS_NEW, type KindRules, type Loose } from "../rules.ts";
import { checkAccessModes, checkVolumeMode } from "./claims.ts";

interface SecretReference {
  readonly name?: string;
  readonly namespace?: string;
}

interface LooseVolumeSpec {
  readonly [source: string]: unknown;
  readonly accessModes?: readonly string[];
  readonly capacity?: ResourceList;
  readonly persistentVolumeReclaimPolicy?: string;
  readonly nodeAffinity?: { readonly required?: Loose<NodeSelector> };
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly volumeAttributesClassName?: string;
}

interface LooseVolume {
  readonly spec?: LooseVolumeSpec;
}

/** PersistentVolumes: what stands behind one never changes. */
export const VOLUME_RULES: KindRules<LooseVolume> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_NEW, "changed body"],
  check: (errors, { spec = {} }) => checkVolumeSpec(errors, spec, "spec"),
  update(errors, { spec = {} }, { spec: old = {} }) {
    if (spec !== old) checkChanges(errors, spec, old);
  },
};

const RECLAIM_POLICIES = ["Delete", "Recycle", "Retain"];

/** A volume's spec: a size, modes, and exactly one source. */
export function checkVolumeSpec(errors: FieldErrors, spec: LooseVolumeSpec, path: string): void {
  const { accessModes = [], persistentVolumeReclaimPolicy: policy = "", nodeAffinity } = spec;
  if (accessModes.length === 0) errors.required(`${path}.accessModes`);
  checkAccessModes(errors, accessModes, `${path}.accessModes`);
  checkCapacity(errors, spec.capacity, `${path}.capacity`);
  if (policy !== "" && !RECLAIM_POLICIES.includes(policy)) {
    errors.notSupported(`${path}.persistentVolumeReclaimPolicy`, policy, RECLAIM_POLICIES);
  }
  if (nodeAffinity) {
    const at = `${path}.nodeAffinity.required`;
    if (nodeAffinity.required) checkNodeSelector(errors, nodeAffinity.required, at);
    else errors.required(at, "must specify required node constraints");
  }
  checkSources(errors, spec, path);
  const { storageClassName = "", volumeAttributesClassName: attributes } = spec;
  if (storageClassName !== "") {
    errors.invalidEach(`${path}.storageClassName`, storageClassName, dnsSubdomain(storageClassName));
  }
  checkVolumeMode(errors, spec.volumeMode, `${path}.volumeMode`);
  if (attributes === undefined) return;
  const at = `${path}.volumeAttributesClassName`;
  if (attributes === "") errors.required(at, "an empty string is disallowed");
  else errors.invalidEach(at, attributes, dnsSubdomain(attributes));
  if (!spec.csi) errors.required(`${path}.csi`, "has to be specified when using volumeAttributesClassName");
}

function checkCapacity(errors: FieldErrors, capacity: ResourceList | undefined, path: string): void {
  const names = Object.keys(capacity ?? {});
  if (names.length === 0) errors.required(path);
  if (names.length !== 1 || names[0] !== "storage") errors.notSupported(path, capacity ?? null, ["storage"]);
  for (const name in capacity) {
    const amount = capacity[name] as string;
    const { mantissa } = quantity(amount);
    if (mantissa < 0)
      errors.invalid(`${path}[${name}]`, Number(mantissa), "must be a valid resource quantity");
    checkPositiveQuantity(errors, amount, `${path}[${name}]`);
  }
}

type SourceCheck = (errors: FieldErrors, source: Readonly<Record<string, unknown>>, path: string) => void;

/** In the order in which the API looks for them; the name in an error is not always the field's. */
const SOURCES: readonly (readonly [field: string, check?: SourceCheck | undefined, told?: string])[] = [
  ["hostPath", (errors, source, path) => checkHostPath(errors, source, path)],
  ["gcePersistentDisk"],
  ["awsElasticBlockStore"],
  ["glusterfs"],
  ["flocker"],
  ["nfs", checkNfs],
  ["rbd"],
  ["quobyte"],
  ["cephfs", undefined, "cephFS"],
  ["iscsi"],
  ["cinder"],
  ["fc"],
  ["flexVolume"],
  ["azureFile"],
  ["vsphereVolume"],
  ["photonPersistentDisk"],
  ["portworxVolume"],
  ["azureDisk"],
  ["scaleIO"],
  ["local", checkLocal],
  ["storageos"],
  ["csi", checkCsi],
];

function checkSources(errors: FieldErrors, spec: LooseVolumeSpec, path: string): void {
  const [first, ...others] = SOURCES.filter(([field]) => spec[field] !== undefined);
  if (first === undefined) {
    errors.required(path, "must specify a volume type");
    return;
  }
  const [field, check] = first;
  check?.(errors, spec[field] as Readonly<Record<string, unknown>>, `${path}.${field}`);
  if (field === "local" && !spec.nodeAffinity) {
    errors.required(`${path}.nodeAffinity`, "Local volume requires node affinity");
  }
  for (const [other, , told = other] of others) {
    errors.forbidden(`${path}.${told}`, "may not specify more than 1 volume type");
  }
  const host = spec.hostPath as { readonly path?: string } | undefined;
  if (/^\/+(?:\.?\/*)*$/.test(host?.path ?? "") && spec.persistentVolumeReclaimPolicy === "Recycle") {
    const rule = "may not be 'recycle' for a hostPath mount of '/'";
    errors.forbidden(`${path}.persistentVolumeReclaimPolicy`, rule);
  }
}

function checkNfs(
  errors: FieldErrors,
  source: { readonly server?: string; readonly path?: string },
  path: string,
): void {
  const { server = "", path: share = "" } = source;
  if (server === "") errors.required(`${path}.server`);
  if (share === "") errors.required(`${path}.path`);
  if (!share.startsWith("/")) errors.invalid(`${path}.path`, share, "must be an absolute path");
}

function checkLocal(errors: FieldErrors, source: { readonly path?: string }, path: string): void {
  if (!source.path) errors.required(`${path}.path`);
  else checkNoBacksteps(errors, source.path, `${path}.path`);
}

const SECRETS = [
  "controllerPublishSecretRef",
  "controllerExpandSecretRef",
  "nodePublishSecretRef",
  "nodeExpandSecretRef",
] as const;

type CsiSource = { readonly driver?: string; readonly volumeHandle?: string } & {
  readonly [secret in (typeof SECRETS)[number]]?: SecretReference;
};

function checkCsi(errors: FieldErrors, source: CsiSource, path: string): void {
  checkDriverName(errors, source.driver ?? "", `${path}.driver`);
  if (!source.volumeHandle) errors.required(`${path}.volumeHandle`);
  for (const field of SECRETS) {
    const secret = source[field];
    if (secret) checkSecret(errors, secret, `${path}.${field}`);
  }
}

function checkSecret(
  errors: FieldErrors,
  { name = "", namespace = "" }: SecretReference,
  path: string,
): void {
  if (name === "") errors.required(`${path}.name`);
  else errors.invalidEach(`${path}.name`, name, dnsSubdomain(name));
  if (namespace === "") errors.required(`${path}.namespace`);
  else errors.invalidEach(`${path}.namespace`, namespace, dnsLabel(namespace));
}

function checkChanges(errors: FieldErrors, spec: LooseVolumeSpec, old: LooseVolumeSpec): void {
  const [next, before] = [sourceOf(spec, old), sourceOf(old, old)];
  if (!deepEqual(next, before)) {
    const form = (source: object) => internalForm("core.PersistentVolumeSource", source);
    const diff = jsonDiff(form(before), form(next));
    errors.forbidden(
      "spec.persistentvolumesource",
      `spec.persistentvolumesource is immutable after creation\n${diff}`,
    );
  }
  if (spec.volumeMode !== old.volumeMode) {
    errors.invalid("volumeMode", spec.volumeMode ?? null, "field is immutable");
  }
  if (
    old.nodeAffinity &&
    !deepEqual(withStableLabels(spec.nodeAffinity), withStableLabels(old.nodeAffinity))
  ) {
    const form = spec.nodeAffinity ? internalForm("core.VolumeNodeAffinity", spec.nodeAffinity) : null;
    errors.invalid("nodeAffinity", form, "field is immutable, except for updating from beta label to GA");
  }
  if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    errors.forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden");
  }
}

/** The source of a volume; a secret for its expansion may be added later. */
function sourceOf(spec: LooseVolumeSpec, old: LooseVolumeSpec): Readonly<Record<string, unknown>> {
  const given = SOURCES.filter(([field]) => spec[field] !== undefined);
  const source = Object.fromEntries(given.map(([field]) => [field, spec[field]]));
  const [csi, before] = [spec.csi as CsiSource | undefined, old.csi as CsiSource | undefined];
  if (csi && before && before.controllerExpandSecretRef === undefined) {
    source.csi = { ...csi, controllerExpandSecretRef: undefined };
  }
  return source;
}

const STABLE_LABELS: Readonly<Record<string, string>> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
};

function withStableLabels(affinity: LooseVolumeSpec["nodeAffinity"]): unknown {
  return affinity?.required?.nodeSelectorTerms?.map((term) => ({
    ...term,
    matchExpressions: term.matchExpressions?.map(({ key = "", ...rest }) => ({
      ...rest,
      key: STABLE_LABELS[key] ?? key,
    })),
  }));
}
