import { compareQuantities, formatQuantity } from "../../../base/quantity.ts";
import type { FieldErrors } from "../field-errors.ts";
import { configKey, dnsSubdomain, envName, qualifiedName } from "../names.ts";

/** A field of the pod's own that a container wants to know. */
export interface LooseFieldRef {
  readonly apiVersion?: string;
  readonly fieldPath?: string;
}

/** A request or limit of a container that a container wants to know. */
export interface LooseResourceRef {
  readonly containerName?: string;
  readonly resource?: string;
  readonly divisor?: string;
}

interface KeyRef {
  readonly name?: string;
  readonly key?: string;
}

/** A variable as validation meets it. */
export interface LooseEnv {
  readonly name?: string;
  readonly value?: string;
  readonly valueFrom?:
    | {
        readonly fieldRef?: LooseFieldRef;
        readonly resourceFieldRef?: LooseResourceRef;
        readonly configMapKeyRef?: KeyRef;
        readonly secretKeyRef?: KeyRef;
        readonly fileKeyRef?: unknown;
      }
    | undefined;
}

/** A set of variables as validation meets it. */
export interface LooseEnvFrom {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name?: string };
  readonly secretRef?: { readonly name?: string };
}

/** Variables: each has a name, and a value or one place where it comes from. */
export function checkEnv(errors: FieldErrors, variables: readonly LooseEnv[], path: string): void {
  variables.forEach((variable, i) => {
    const at = `${path}[${i}]`;
    const { name = "", value = "", valueFrom } = variable;
    if (name === "") errors.required(`${at}.name`);
    else errors.invalidEach(`${at}.name`, name, envName(name));
    if (valueFrom) checkValueFrom(errors, valueFrom, `${at}.valueFrom`, value !== "");
  });
}

function checkValueFrom(
  errors: FieldErrors,
  from: NonNullable<LooseEnv["valueFrom"]>,
  path: string,
  hasValue: boolean,
): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = from;
  if (fieldRef) checkFieldRef(errors, fieldRef, `${path}.fieldRef`, ENV_FIELDS);
  if (resourceFieldRef) checkResourceRef(errors, resourceFieldRef, `${path}.resourceFieldRef`);
  if (configMapKeyRef) checkKeyRef(errors, configMapKeyRef, `${path}.configMapKeyRef`);
  if (secretKeyRef) checkKeyRef(errors, secretKeyRef, `${path}.secretKeyRef`);
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(
    Boolean,
  ).length;
  if (sources === 0) {
    const choice = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
    errors.invalid(path, "", `must specify one of: ${choice}`);
  } else if (hasValue) errors.invalid(path, "", "may not be specified when `value` is not empty");
  else if (sources > 1) errors.invalid(path, "", "may not have more than one field specified at a time");
}

const ENV_FIELDS: ReadonlySet<string> = new Set([
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
]);

/** Fields of a pod that can change while it runs, so that only a volume can show them. */
export const VOLUME_FIELDS: ReadonlySet<string> = new Set([
  "metadata.annotations",
  "metadata.labels",
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
]);

const KNOWN_FIELDS: ReadonlySet<string> = new Set([...ENV_FIELDS, ...VOLUME_FIELDS, "spec.restartPolicy"]);

/** A field of the pod: its path must be known, and be of those that this place may show. */
export function checkFieldRef(
  errors: FieldErrors,
  ref: LooseFieldRef,
  path: string,
  fields: ReadonlySet<string>,
): void {
  const { apiVersion = "", fieldPath = "" } = ref;
  const [, base = fieldPath, key] = /^(.+)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (apiVersion === "") errors.required(`${path}.apiVersion`);
  else if (fieldPath === "") errors.required(`${path}.fieldPath`);
  else if (apiVersion !== "v1") {
    const problem = `unsupported pod version: ${apiVersion}`;
    errors.invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${problem}`);
  } else if (key !== undefined && (base === "metadata.annotations" || base === "metadata.labels")) {
    errors.invalidEach(path, key, qualifiedName(base === "metadata.annotations" ? key.toLowerCase() : key));
  } else if (key !== undefined || !KNOWN_FIELDS.has(base)) {
    const problem = `field label not supported: ${fieldPath}`;
    errors.invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${problem}`);
  } else if (!fields.has(base)) errors.notSupported(`${path}.fieldPath`, base, [...fields].sort());
}

const RESOURCES = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory",
];
const BYTE_DIVISORS = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/** A resource of a container; in a volume, where all containers' could be meant, it must say whose. */
export function checkResourceRef(
  errors: FieldErrors,
  ref: LooseResourceRef,
  path: string,
  needsContainer = false,
): void {
  const { containerName = "", resource = "", divisor = "0" } = ref;
  const isHugePages = /^(?:requests|limits)\.hugepages-/.test(resource);
  if (needsContainer && containerName === "") errors.required(`${path}.containerName`);
  else if (resource === "") errors.required(`${path}.resource`);
  else if (!RESOURCES.includes(resource) && !isHugePages) {
    errors.notSupported(`${path}.resource`, resource, RESOURCES);
  }
  if (compareQuantities(divisor, "0") === 0) return;
  const [, kind = ""] = /^(?:limits|requests)\.(cpu|memory|ephemeral-storage|hugepages)/.exec(resource) ?? [];
  if (kind === "") return;
  const divisors = kind === "cpu" ? ["1m", "1"] : BYTE_DIVISORS;
  if (divisors.includes(formatQuantity(divisor))) return;
  const named = kind === "ephemeral-storage" ? "local ephemeral storage" : kind;
  const list = kind === "cpu" ? "1m and 1" : divisors.join(", ");
  errors.invalid(
    `${path}.divisor`,
    resource,
    `only divisor's values ${list} are supported with the ${named} resource`,
  );
}

function checkKeyRef(errors: FieldErrors, { name = "", key = "" }: KeyRef, path: string): void {
  errors.invalidEach(`${path}.name`, name, dnsSubdomain(name));
  if (key === "") errors.required(`${path}.key`);
  else errors.invalidEach(`${path}.key`, key, configKey(key));
}

/** Whole ConfigMaps and Secrets as variables. */
export function checkEnvFrom(errors: FieldErrors, sources: readonly LooseEnvFrom[], path: string): void {
  sources.forEach(({ prefix = "", configMapRef, secretRef }, i) => {
    const at = `${path}[${i}]`;
    if (prefix !== "") errors.invalidEach(`${at}.prefix`, prefix, envName(prefix));
    if (configMapRef) checkSourceName(errors, configMapRef.name ?? "", `${at}.configMapRef.name`);
    if (secretRef) checkSourceName(errors, secretRef.name ?? "", `${at}.secretRef.name`);
    if (!configMapRef && !secretRef) {
      errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
    } else if (configMapRef && secretRef) {
      errors.invalid(path, "", "may not have more than one field specified at a time");
    }
  });
}

function checkSourceName(errors: FieldErrors, name: string, path: string): void {
  if (name === "") errors.required(path);
  else errors.invalidEach(path, name, dnsSubdomain(name, true));
}
