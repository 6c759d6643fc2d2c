/** What depends on the operating system that a pod is for: settings of the one mean nothing to the other. */
import type { FieldErrors } from "../field-errors.ts";
import { dnsSubdomain } from "../names.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Security settings that only Windows has. */
export interface WindowsOptions {
  readonly gmsaCredentialSpecName?: string;
  readonly gmsaCredentialSpec?: string;
  readonly runAsUserName?: string;
  readonly hostProcess?: boolean;
}

interface Secured {
  readonly securityContext?: { readonly windowsOptions?: WindowsOptions } | undefined;
}

/** A pod's spec as it is looked at here. */
export interface SystemSpec extends Secured {
  readonly hostNetwork?: boolean;
  readonly containers?: readonly Secured[] | null;
  readonly initContainers?: readonly Secured[];
  readonly ephemeralContainers?: readonly Secured[];
}

const CREDENTIALS_KIB_MAX = 64;
const DOMAIN_LENGTH_MAX = 256;
const USER_LENGTH_MAX = 104;
const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS = /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*$/;

/** Whom a Windows process runs as, and with which credentials. */
export function checkWindowsOptions(
  errors: FieldErrors,
  { gmsaCredentialSpecName: name, gmsaCredentialSpec: text, runAsUserName: user }: WindowsOptions,
  path: string,
): void {
  if (name !== undefined) errors.invalidEach(`${path}.gmsaCredentialSpecName`, name, dnsSubdomain(name));
  if (text === "") {
    errors.invalid(`${path}.gmsaCredentialSpec`, text, "gmsaCredentialSpec cannot be an empty string");
  } else if (text !== undefined && Buffer.byteLength(text) > CREDENTIALS_KIB_MAX * 1024) {
    const why = `gmsaCredentialSpec size must be under ${CREDENTIALS_KIB_MAX} KiB`;
    errors.invalid(`${path}.gmsaCredentialSpec`, text, why);
  }
  if (user !== undefined) errors.invalidEach(`${path}.runAsUserName`, user, userProblems(user));
}

/** "user" or "DOMAIN\user". */
function userProblems(text: string): readonly string[] {
  if (text === "") return ["runAsUserName cannot be an empty string"];
  if (/\p{Cc}/u.test(text)) return ["runAsUserName cannot contain control characters"];
  const parts = text.split("\\");
  if (parts.length > 2) return ["runAsUserName cannot contain more than one backslash"];
  const user = parts.at(-1) ?? "";
  const domain = parts.length === 2 ? (parts[0] ?? "") : undefined;
  const problems: string[] = [];
  if (domain !== undefined && Buffer.byteLength(domain) >= DOMAIN_LENGTH_MAX) {
    problems.push(`runAsUserName's Domain length must be under ${DOMAIN_LENGTH_MAX} characters`);
  }
  if (domain !== undefined && !NETBIOS.test(domain) && !DNS.test(domain)) {
    problems.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === "") problems.push("runAsUserName's User cannot be empty");
  else if (Buffer.byteLength(user) > USER_LENGTH_MAX) {
    problems.push(`runAsUserName's User length must not be longer than ${USER_LENGTH_MAX} characters`);
  }
  if (/^[. ]+$/.test(user)) problems.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    problems.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  }
  return problems;
}

/** Processes of the host: all containers of a pod or none, and in the host's network. */
export function checkHostProcess(errors: FieldErrors, spec: SystemSpec, path: string): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = placed(spec, path);
  let count = 0;
  for (const [at, { securityContext }] of containers) {
    const own = securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const why = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, why);
    }
    if (own ?? ofPod) count++;
  }
  if (count === 0) return;
  if (count !== containers.length) {
    const why =
      "If pod contains any hostProcess containers then all containers must be HostProcess containers";
    errors.invalid(path, "", why);
  }
  if (spec.hostNetwork !== true) {
    const why = "hostNetwork must be true if pod contains any hostProcess containers";
    errors.invalid(`${path}.hostNetwork`, false, why);
  }
}

/** Every container and where it stands. */
function placed(spec: SystemSpec, path: string): readonly (readonly [string, Secured])[] {
  return (["initContainers", "containers", "ephemeralContainers"] as const).flatMap((field) =>
    (spec[field] ?? []).map((container, i) => [`${path}.${field}[${i}]`, container] as const),
  );
}

/** What a pod that says that it is for Linux may not say besides. */
export function checkForLinux(errors: FieldErrors, spec: SystemSpec, path: string): void {
  for (const [at, { securityContext }] of [[path, spec] as const, ...placed(spec, path)]) {
    if (securityContext?.windowsOptions === undefined) continue;
    errors.forbidden(`${at}.securityContext.windowsOptions`, "windows options cannot be set for a linux pod");
  }
}

/** In the order in which they are told. Those that begin with a dot belong to the pod's security settings. */
const POD_FIELDS = [
  ...[
    ".appArmorProfile",
    ".seLinuxOptions",
    "hostUsers",
    "hostPID",
    "hostIPC",
    ".seccompProfile",
    ".fsGroup",
  ],
  ...[".fsGroupChangePolicy", ".sysctls", "shareProcessNamespace", ".runAsUser", ".runAsGroup"],
  ...[".supplementalGroups", ".supplementalGroupsPolicy", ".seLinuxChangePolicy"],
];
const CONTAINER_FIELDS = [
  ...["appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem"],
  ...["privileged", "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup"],
];
const NOT_FOR_WINDOWS = "cannot be set for a windows pod";
/** Switches that are as good as absent when they are off. */
const SWITCHES = ["hostPID", "hostIPC"];

/** What a pod that says that it is for Windows may not say besides. */
export function checkForWindows(errors: FieldErrors, spec: SystemSpec, path: string): void {
  const security = (spec.securityContext ?? {}) as Fields;
  for (const field of POD_FIELDS) {
    const isSecurity = field.startsWith(".");
    const value = isSecurity ? security[field.slice(1)] : (spec as Fields)[field];
    const isSet = SWITCHES.includes(field) ? value === true : value !== undefined;
    if (isSet)
      errors.forbidden(isSecurity ? `${path}.securityContext${field}` : `${path}.${field}`, NOT_FOR_WINDOWS);
  }
  for (const [at, container] of placed(spec, path)) {
    const own = (container.securityContext ?? {}) as Fields;
    for (const field of CONTAINER_FIELDS) {
      if (own[field] !== undefined) errors.forbidden(`${at}.securityContext.${field}`, NOT_FOR_WINDOWS);
    }
  }
}
