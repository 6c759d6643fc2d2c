import type { PodSpec } from "../../types/index.ts";
import { checkIp } from "../addresses.ts";
import { checkAmounts, checkContainerResourceName } from "../amounts.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkLabels } from "../labels.ts";
import { dnsLabel, dnsSubdomain, type NameCheck, patternError, qualifiedName, rangeError } from "../names.ts";
import type { Loose } from "../rules.ts";
import {
  checkContainers,
  checkEphemeralContainers,
  checkInitContainers,
  type LooseContainer,
  type PodSurroundings,
} from "./containers.ts";
import { checkPodResources, type LooseResources } from "./resources.ts";
import { checkAffinity, checkSpread, checkTolerations } from "./scheduling.ts";
import { checkPodSecurity, type LoosePodSecurity } from "./security.ts";
import { checkVolumes, type LooseVolume } from "./volumes.ts";
import { checkForLinux, checkForWindows, checkHostProcess } from "./windows.ts";

/** A pod's spec as validation meets it: everything that its checks look at. */
export interface LoosePodSpec {
  readonly [field: string]: unknown;
  /** Always written, so null where there are none. */
  readonly containers?: readonly LooseContainer[] | null;
  readonly initContainers?: readonly LooseContainer[];
  readonly ephemeralContainers?: readonly LooseContainer[];
  readonly volumes?: readonly LooseVolume[];
  readonly resources?: LooseResources;
  readonly securityContext?: LoosePodSecurity;
  readonly restartPolicy?: string;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: LooseDnsConfig;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly activeDeadlineSeconds?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
  readonly resourceClaims?: readonly { readonly name?: string }[];
  readonly affinity?: Loose<NonNullable<PodSpec["affinity"]>>;
  readonly tolerations?: readonly Loose<NonNullable<PodSpec["tolerations"]>[number]>[];
  readonly topologySpreadConstraints?: readonly Loose<
    NonNullable<PodSpec["topologySpreadConstraints"]>[number]
  >[];
  readonly readinessGates?: readonly { readonly conditionType?: string }[];
  readonly schedulingGates?: readonly { readonly name?: string }[];
  readonly preemptionPolicy?: string;
  readonly overhead?: Readonly<Record<string, string>>;
  readonly os?: { readonly name?: string };
  readonly nodeName?: string;
  readonly serviceAccountName?: string;
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly hostname?: string;
  readonly subdomain?: string;
}

interface LooseDnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name?: string }[];
}

/** Of whom the spec is, where that matters. */
export interface PodSpecContext {
  /** "" in a template: the names of the claims to come are not known yet. */
  readonly podName: string;
  /** Templates need no host ports: the pods made of them get them. */
  readonly isPod: boolean;
}

/** Everything that a pod's spec must hold by itself (ValidatePodSpec). Errors come in the API's order. */
export function checkPodSpec(
  errors: FieldErrors,
  spec: LoosePodSpec,
  path: string,
  context: PodSpecContext,
): void {
  const { initContainers = [], ephemeralContainers = [], terminationGracePeriodSeconds } = spec;
  const containers = spec.containers ?? [];
  if (terminationGracePeriodSeconds === undefined) errors.required(`${path}.terminationGracePeriodSeconds`);
  const pod: PodSurroundings = {
    volumes: checkVolumes(errors, spec.volumes ?? [], `${path}.volumes`, context.podName),
    claimNames: checkResourceClaims(errors, spec.resourceClaims ?? [], `${path}.resourceClaims`),
    graceSeconds: terminationGracePeriodSeconds,
    restartPolicy: spec.restartPolicy ?? "",
    osName: spec.os?.name,
    hostUsers: spec.hostUsers !== false,
  };
  checkContainers(errors, containers, `${path}.containers`, pod);
  checkInitContainers(errors, initContainers, containers, `${path}.initContainers`, pod);
  const others = [...containers, ...initContainers];
  checkEphemeralContainers(errors, ephemeralContainers, others, `${path}.ephemeralContainers`, pod);
  const { resources } = spec;
  if (resources) checkPodResources(errors, { ...spec, resources }, path);
  if (spec.hostNetwork) checkHostNetworkPorts(errors, containers, `${path}.containers`, context);
  checkPolicies(errors, spec, path);
  checkLabels(errors, spec.nodeSelector, `${path}.nodeSelector`);
  checkSecurityOfPod(errors, spec, path);
  if (spec.affinity) checkAffinity(errors, spec.affinity, `${path}.affinity`);
  checkDns(errors, spec, `${path}.dnsConfig`);
  checkGates(errors, spec, path);
  checkSpread(errors, spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`);
  checkHostProcess(errors, spec, path);
  checkHostUsers(errors, spec, path);
  checkReferences(errors, spec, path);
  checkRest(errors, spec, path);
}

function checkResourceClaims(
  errors: FieldErrors,
  claims: readonly { readonly name?: string }[],
  path: string,
): ReadonlySet<string> {
  const names = new Set<string>();
  claims.forEach(({ name = "" }, i) => {
    if (name === "") errors.required(`${path}[${i}].name`);
    else if (names.has(name)) errors.duplicate(`${path}[${i}].name`, name);
    else errors.invalidEach(`${path}[${i}].name`, name, dnsLabel(name));
    names.add(name);
  });
  return names;
}

function checkHostNetworkPorts(
  errors: FieldErrors,
  containers: readonly LooseContainer[],
  path: string,
  { isPod }: PodSpecContext,
): void {
  containers.forEach((container, i) => {
    container.ports?.forEach(({ hostPort = 0, containerPort = 0 }, j) => {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) return;
      const rule = "must match `containerPort` when `hostNetwork` is true";
      errors.invalid(`${path}[${i}].ports[${j}].hostPort`, hostPort, rule);
    });
  });
}

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];

function checkPolicies(
  errors: FieldErrors,
  { restartPolicy = "", dnsPolicy = "" }: LoosePodSpec,
  path: string,
): void {
  if (restartPolicy === "") errors.required(`${path}.restartPolicy`);
  else if (!RESTART_POLICIES.includes(restartPolicy)) {
    errors.notSupported(`${path}.restartPolicy`, restartPolicy, RESTART_POLICIES);
  }
  if (dnsPolicy === "") errors.required(`${path}.dnsPolicy`);
  else if (!DNS_POLICIES.includes(dnsPolicy))
    errors.notSupported(`${path}.dnsPolicy`, dnsPolicy, DNS_POLICIES);
}

function checkSecurityOfPod(errors: FieldErrors, spec: LoosePodSpec, path: string): void {
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const rule = "ShareProcessNamespace and HostPID cannot both be enabled";
    errors.invalid(`${path}.securityContext.shareProcessNamespace`, true, rule);
  }
  if (spec.securityContext) checkPodSecurity(errors, spec.securityContext, `${path}.securityContext`);
}

const NAMESERVERS_MAX = 3;
const SEARCHES_MAX = 32;
const SEARCH_CHARACTERS_MAX = 2048;

function checkDns(errors: FieldErrors, { dnsConfig, dnsPolicy }: LoosePodSpec, path: string): void {
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === "None" && nameservers.length === 0) {
    if (dnsConfig === undefined) errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
    else {
      const rule = "must provide at least one DNS nameserver when `dnsPolicy` is None";
      errors.required(`${path}.nameservers`, rule);
    }
    return;
  }
  if (nameservers.length > NAMESERVERS_MAX) {
    errors.invalid(
      `${path}.nameservers`,
      nameservers,
      `must not have more than ${NAMESERVERS_MAX} nameservers`,
    );
  }
  nameservers.forEach((server, i) => {
    checkIp(errors, server, `${path}.nameservers[${i}]`);
  });
  if (searches.length > SEARCHES_MAX) {
    errors.invalid(`${path}.searches`, searches, `must not have more than ${SEARCHES_MAX} search paths`);
  }
  if (searches.join(" ").length > SEARCH_CHARACTERS_MAX) {
    const rule = `must not have more than ${SEARCH_CHARACTERS_MAX} characters (including spaces) in the search list`;
    errors.invalid(`${path}.searches`, searches, rule);
  }
  searches.forEach((search, i) => {
    const domain = search.replace(/\.$/, "");
    if (search !== ".") errors.invalidEach(`${path}.searches[${i}]`, domain, searchDomain(domain));
  });
  options.forEach(({ name = "" }, i) => {
    if (name === "") errors.required(`${path}.options[${i}]`, "must not be empty");
  });
}

const SEARCH_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const SEARCH_FORMAT = `${SEARCH_LABEL}(\\.${SEARCH_LABEL})*`;
const SEARCH = new RegExp(`^${SEARCH_FORMAT}$`);
const SEARCH_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";

/** Search domains may have underscores, as service records do. */
const searchDomain: NameCheck = (domain) =>
  SEARCH.test(domain) ? [] : [patternError(SEARCH_MESSAGE, SEARCH_FORMAT, ["example.com"])];

function checkGates(
  errors: FieldErrors,
  { readinessGates, schedulingGates }: LoosePodSpec,
  path: string,
): void {
  readinessGates?.forEach(({ conditionType = "" }, i) => {
    errors.invalidEach(
      `${path}.readinessGates[${i}].conditionType`,
      conditionType,
      qualifiedName(conditionType),
    );
  });
  const seen = new Set<string>();
  schedulingGates?.forEach(({ name = "" }, i) => {
    const at = `${path}.schedulingGates[${i}]`;
    errors.invalidEach(at, name, qualifiedName(name));
    if (seen.has(name)) errors.duplicate(at, name);
    seen.add(name);
  });
}

function checkHostUsers(errors: FieldErrors, spec: LoosePodSpec, path: string): void {
  if (spec.hostUsers !== false) return;
  const rule = "when `hostUsers` is false";
  if (spec.hostNetwork) errors.forbidden(`${path}.hostNetwork`, rule);
  if (spec.hostPID) errors.forbidden(`${path}.HostPID`, rule);
  if (spec.hostIPC) errors.forbidden(`${path}.HostIPC`, rule);
}

/** Names of things beside the pod, and the pod's own. */
const NAMES: readonly (readonly [field: "serviceAccountName" | "nodeName", check: NameCheck])[] = [
  ["serviceAccountName", dnsSubdomain],
  ["nodeName", dnsSubdomain],
];

const DEADLINE_MAX = 2 ** 31 - 1;

function checkReferences(errors: FieldErrors, spec: LoosePodSpec, path: string): void {
  for (const [field, check] of NAMES) {
    const name = spec[field] ?? "";
    if (name !== "") errors.invalidEach(`${path}.${field}`, name, check(name));
  }
  const { activeDeadlineSeconds: deadline, hostname = "", subdomain = "" } = spec;
  if (deadline !== undefined && (deadline < 1 || deadline > DEADLINE_MAX)) {
    errors.invalid(`${path}.activeDeadlineSeconds`, deadline, rangeError(1, DEADLINE_MAX));
  }
  if (hostname !== "") errors.invalidEach(`${path}.hostname`, hostname, dnsLabel(hostname));
  if (subdomain !== "") errors.invalidEach(`${path}.subdomain`, subdomain, dnsLabel(subdomain));
}

const PREEMPTION_POLICIES = ["PreemptLowerPriority", "Never"];
const SYSTEMS = ["linux", "windows"];

function checkRest(errors: FieldErrors, spec: LoosePodSpec, path: string): void {
  checkTolerations(errors, spec.tolerations ?? [], `${path}.tolerations`);
  spec.hostAliases?.forEach(({ ip = "", hostnames = [] }, i) => {
    checkIp(errors, ip, `${path}.hostAliases[${i}].ip`);
    hostnames.forEach((name, j) => {
      errors.invalidEach(`${path}.hostAliases[${i}].hostnames[${j}]`, name, dnsSubdomain(name));
    });
  });
  const { priorityClassName = "", runtimeClassName, preemptionPolicy, overhead, os } = spec;
  if (priorityClassName !== "") {
    errors.invalidEach(`${path}.priorityClassName`, priorityClassName, dnsSubdomain(priorityClassName));
  }
  if (runtimeClassName !== undefined) {
    errors.invalidEach(`${path}.runtimeClassName`, runtimeClassName, dnsSubdomain(runtimeClassName));
  }
  if (preemptionPolicy === "") errors.required(`${path}.preemptionPolicy`);
  else if (preemptionPolicy !== undefined && !PREEMPTION_POLICIES.includes(preemptionPolicy)) {
    errors.notSupported(`${path}.preemptionPolicy`, preemptionPolicy, PREEMPTION_POLICIES);
  }
  checkAmounts(errors, overhead, `${path}.overhead.limits`, checkContainerResourceName);
  if (os === undefined) return;
  if (!os.name) errors.required(`${path}.os.name`, "cannot be empty");
  else if (!SYSTEMS.includes(os.name)) errors.notSupported(`${path}.os`, os.name, SYSTEMS);
  else if (os.name === "linux") checkForLinux(errors, spec, path);
  else checkForWindows(errors, spec, path);
}
