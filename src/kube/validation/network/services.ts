import type { IntOrString, ObjectMeta, StringMap } from "../../types/index.ts";
import { checkCidr, checkIp, ipFamily } from "../addresses.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkLabels } from "../labels.ts";
import { dns1035Label, dnsLabel, dnsSubdomain, portNumber, qualifiedName } from "../names.ts";
import { checkPort } from "../pods/actions.ts";
import type { KindRules } from "../rules.ts";
import { checkClusterIpChange, checkClusterIps, isHeadless } from "./cluster-ips.ts";
import { checkEndpointIp } from "./endpoints.ts";

/** A Service as validation meets it. */
export interface LooseService {
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LooseIngressPoint[] } };
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: LooseServiceSpec;
}

/** What a Service offers, as validation meets it. */
export interface LooseServiceSpec {
  readonly type?: string;
  readonly ports?: readonly LooseServicePort[];
  readonly selector?: StringMap;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly externalIPs?: readonly string[];
  readonly externalName?: string;
  readonly sessionAffinity?: string;
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
  readonly externalTrafficPolicy?: string;
  readonly internalTrafficPolicy?: string;
  readonly trafficDistribution?: string;
  readonly healthCheckNodePort?: number;
  readonly loadBalancerClass?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly allocateLoadBalancerNodePorts?: boolean;
}

/** Where a load balancer takes traffic in. */
export interface LooseIngressPoint {
  readonly ip?: string;
  readonly ipMode?: string;
  readonly hostname?: string;
}

interface LooseServicePort {
  readonly name?: string;
  readonly port?: number;
  readonly targetPort?: IntOrString;
  readonly nodePort?: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** Services: their addresses stay as long as they do. */
export const SERVICE_RULES: KindRules<LooseService> = {
  name: dns1035Label,
  check: checkService,
  update(errors, service, old) {
    if (service.spec === old.spec && service.metadata?.annotations === old.metadata?.annotations) return;
    const [spec, before] = [service.spec ?? {}, old.spec ?? {}];
    checkClusterIpChange(errors, spec, before);
    checkClassChange(errors, spec, before);
    if (needsHealthCheck(spec) && needsHealthCheck(before)) {
      const isSame = spec.healthCheckNodePort === before.healthCheckNodePort;
      if (!isSame) errors.forbidden("spec.healthCheckNodePort", "field is immutable");
    }
    checkService(errors, service);
  },
  status: checkIngress,
};

const IP_MODES = ["Proxy", "VIP"];

function checkIngress(errors: FieldErrors, { spec = {}, status = {} }: LooseService): void {
  const ingress = status.loadBalancer?.ingress ?? [];
  const path = "status.loadBalancer.ingress";
  if (spec.type !== "LoadBalancer") {
    if (ingress.length > 0) errors.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
    return;
  }
  ingress.forEach((each, i) => {
    const { ip = "", ipMode: mode } = each;
    const at = `${path}[${i}]`;
    if (ip !== "") checkIp(errors, ip, `${at}.ip`);
    if (mode === undefined) {
      if (ip !== "") errors.required(`${at}.ipMode`, "must be specified when `ip` is set");
    } else if (ip === "") errors.forbidden(`${at}.ipMode`, "may not be specified when `ip` is not set");
    else if (!IP_MODES.includes(mode)) errors.notSupported(`${at}.ipMode`, mode, IP_MODES);
    checkIngressHost(errors, each, at);
  });
}

/** Where traffic comes in under a name. */
export function checkIngressHost(
  errors: FieldErrors,
  { hostname = "" }: LooseIngressPoint,
  path: string,
): void {
  if (hostname === "") return;
  errors.invalidEach(`${path}.hostname`, hostname, dnsSubdomain(hostname));
  if (ipFamily(hostname) !== 0) {
    errors.invalid(`${path}.hostname`, hostname, "must be a DNS name, not an IP address");
  }
}

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

function checkService(errors: FieldErrors, service: LooseService): void {
  const { spec = {} } = service;
  const { type = "", ports = [] } = spec;
  checkType(errors, spec);
  checkPorts(errors, ports);
  checkLabels(errors, spec.selector, "spec.selector");
  checkAffinity(errors, spec);
  checkClusterIps(errors, spec);
  spec.externalIPs?.forEach((ip, i) => {
    const at = `spec.externalIPs[${i}]`;
    if (checkIp(errors, ip, at)) checkEndpointIp(errors, ip, at);
  });
  if (type === "") errors.required("spec.type");
  else if (!TYPES.includes(type)) errors.notSupported("spec.type", type, TYPES);
  checkPortConflicts(errors, ports, type);
  checkSourceRanges(errors, spec, service.metadata?.annotations ?? {});
  checkBalancer(errors, spec);
  checkTrafficPolicies(errors, spec);
}

/** What depends on the type: which addresses and names it may have. */
function checkType(errors: FieldErrors, spec: LooseServiceSpec): void {
  const { type, ports = [] } = spec;
  const isNameless = isHeadless(spec);
  if (ports.length === 0 && !isNameless && type !== "ExternalName") errors.required("spec.ports");
  if ((type === "LoadBalancer" || type === "NodePort") && isNameless) {
    errors.invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${type} services`);
  }
  if (type !== "ExternalName") return;
  const rule = "may not be set for ExternalName services";
  if ((spec.clusterIPs ?? []).length > 0) errors.forbidden("spec.clusterIPs", rule);
  if ((spec.ipFamilies ?? []).length > 0) errors.forbidden("spec.ipFamilies", rule);
  if (spec.ipFamilyPolicy !== undefined) errors.forbidden("spec.ipFamilyPolicy", rule);
  const name = (spec.externalName ?? "").replace(/\.$/, "");
  if (name === "") errors.required("spec.externalName");
  else errors.invalidEach("spec.externalName", name, dnsSubdomain(name));
}

const PROTOCOLS = ["SCTP", "TCP", "UDP"];

/** One port needs no name, several do. */
function checkPorts(errors: FieldErrors, ports: readonly LooseServicePort[]): void {
  const names = new Set<string>();
  ports.forEach(({ name = "", port = 0, protocol = "", targetPort, appProtocol }, i) => {
    const at = `spec.ports[${i}]`;
    if (name !== "") {
      errors.invalidEach(`${at}.name`, name, dnsLabel(name));
      if (names.has(name)) errors.duplicate(`${at}.name`, name);
      names.add(name);
    } else if (ports.length > 1) errors.required(`${at}.name`);
    errors.invalidEach(`${at}.port`, port, portNumber(port));
    if (protocol === "") errors.required(`${at}.protocol`);
    else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${at}.protocol`, protocol, PROTOCOLS);
    checkPort(errors, targetPort, `${at}.targetPort`);
    if (appProtocol !== undefined)
      errors.invalidEach(`${at}.appProtocol`, appProtocol, qualifiedName(appProtocol));
  });
}

const AFFINITIES = ["ClientIP", "None"];
const AFFINITY_SECONDS_MAX = 86_400;

function checkAffinity(errors: FieldErrors, spec: LooseServiceSpec): void {
  const { sessionAffinity: affinity = "", sessionAffinityConfig: config } = spec;
  const path = "spec.sessionAffinityConfig";
  if (affinity === "") errors.required("spec.sessionAffinity");
  else if (!AFFINITIES.includes(affinity)) errors.notSupported("spec.sessionAffinity", affinity, AFFINITIES);
  if (affinity === "None") {
    if (config) errors.forbidden(path, "must not be set when session affinity is None");
    return;
  }
  if (affinity !== "ClientIP") return;
  const seconds = config?.clientIP?.timeoutSeconds;
  const rule = "when session affinity type is ClientIP";
  if (!config) errors.required(path, rule);
  else if (!config.clientIP) errors.required(`${path}.clientIP`, rule);
  else if (seconds === undefined) errors.required(`${path}.clientIP.timeoutSeconds`, rule);
  else if (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX) {
    const bounds = `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`;
    errors.invalid(`${path}.clientIP.timeoutSeconds`, seconds, bounds);
  }
}

function checkPortConflicts(errors: FieldErrors, ports: readonly LooseServicePort[], type: string): void {
  const taken = new Set<string>();
  ports.forEach(({ nodePort = 0 }, i) => {
    if (type === "ClusterIP" && nodePort !== 0) {
      errors.forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'");
    }
  });
  ports.forEach(({ nodePort = 0, protocol = "" }, i) => {
    if (nodePort === 0) return;
    if (taken.has(`${protocol}/node/${nodePort}`)) errors.duplicate(`spec.ports[${i}].nodePort`, nodePort);
    taken.add(`${protocol}/node/${nodePort}`);
  });
  ports.forEach(({ port = 0, protocol = "" }, i) => {
    if (taken.has(`${protocol}/${port}`)) errors.duplicate(`spec.ports[${i}]`, internalPort(protocol, port));
    taken.add(`${protocol}/${port}`);
  });
}

function internalPort(protocol: string, port: number): object {
  return { Name: "", Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
}

const RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
const BALANCED_ONLY = "may only be used when `type` is 'LoadBalancer'";

function checkSourceRanges(errors: FieldErrors, spec: LooseServiceSpec, annotations: StringMap): void {
  const { loadBalancerSourceRanges: ranges = [] } = spec;
  const annotated = annotations[RANGES];
  if (ranges.length > 0) {
    const path = "spec.LoadBalancerSourceRanges";
    if (spec.type !== "LoadBalancer") errors.forbidden(path, BALANCED_ONLY);
    ranges.forEach((range, i) => {
      checkCidr(errors, range.trim(), `${path}[${i}]`);
    });
  } else if (annotated !== undefined) {
    const path = `metadata.annotations[${RANGES}]`;
    if (spec.type !== "LoadBalancer") errors.forbidden(path, BALANCED_ONLY);
    if (annotated.trim() === "") return;
    for (const range of annotated.split(",")) checkCidr(errors, range.trim(), path);
  }
}

function checkBalancer(errors: FieldErrors, spec: LooseServiceSpec): void {
  const isBalanced = spec.type === "LoadBalancer";
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalanced) {
    errors.forbidden("spec.allocateLoadBalancerNodePorts", BALANCED_ONLY);
  }
  if (isBalanced && spec.allocateLoadBalancerNodePorts === undefined) {
    errors.required("allocateLoadBalancerNodePorts");
  }
  const { loadBalancerClass } = spec;
  if (loadBalancerClass === undefined) return;
  if (!isBalanced) errors.forbidden("spec.loadBalancerClass", BALANCED_ONLY);
  else errors.invalidEach("spec.loadBalancerClass", loadBalancerClass, qualifiedName(loadBalancerClass));
}

function checkClassChange(errors: FieldErrors, spec: LooseServiceSpec, before: LooseServiceSpec): void {
  if (spec.type !== "LoadBalancer" || before.type !== "LoadBalancer") return;
  if (spec.loadBalancerClass === before.loadBalancerClass) return;
  errors.invalid("spec.loadBalancerClass", spec.loadBalancerClass ?? null, "may not change once set");
}

function isOpen(spec: LooseServiceSpec): boolean {
  if (spec.type === "LoadBalancer" || spec.type === "NodePort") return true;
  return spec.type === "ClusterIP" && (spec.externalIPs ?? []).length > 0;
}

/** A balancer that must not send traffic through other nodes asks each node whether it has a pod. */
function needsHealthCheck(spec: LooseServiceSpec): boolean {
  return spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";
}

const POLICIES = ["Cluster", "Local"];
const DISTRIBUTIONS = ["PreferClose", "PreferSameZone", "PreferSameNode"];

function checkTrafficPolicies(errors: FieldErrors, spec: LooseServiceSpec): void {
  const {
    externalTrafficPolicy: outside = "",
    internalTrafficPolicy: inside,
    healthCheckNodePort = 0,
  } = spec;
  if (!isOpen(spec)) {
    if (outside !== "") {
      errors.invalid(
        "spec.externalTrafficPolicy",
        outside,
        "may only be set for externally-accessible services",
      );
    }
  } else if (outside === "") errors.required("spec.externalTrafficPolicy");
  else if (!POLICIES.includes(outside)) errors.notSupported("spec.externalTrafficPolicy", outside, POLICIES);
  const path = "spec.healthCheckNodePort";
  if (needsHealthCheck(spec)) {
    if (healthCheckNodePort === 0) errors.required(path);
    else errors.invalidEach(path, healthCheckNodePort, portNumber(healthCheckNodePort));
  } else if (healthCheckNodePort !== 0) {
    const rule = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.invalid(path, healthCheckNodePort, rule);
  }
  if (inside !== undefined) {
    if (!POLICIES.includes(inside)) errors.notSupported("spec.internalTrafficPolicy", inside, POLICIES);
  } else if (spec.type !== "ExternalName" && TYPES.includes(spec.type ?? "")) {
    errors.required("spec.internalTrafficPolicy");
  }
  const { trafficDistribution: distribution } = spec;
  if (distribution !== undefined && !DISTRIBUTIONS.includes(distribution)) {
    errors.notSupported("spec.trafficDistribution", distribution, DISTRIBUTIONS);
  }
}
