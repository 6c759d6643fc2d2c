import { deepEqual } from "../../../base/deep.ts";
import { services } from "../../../kube/kinds.ts";
import type { StatusCause } from "../../../kube/status-error.ts";
import type { Service } from "../../../kube/types/index.ts";
import { checkIp } from "../../../kube/validation/addresses.ts";
import { FieldErrors } from "../../../kube/validation/field-errors.ts";
import { invalid, invalidValue } from "../errors.ts";
import { needsHealthCheckNodePort, needsNodePorts } from "../strategies/service-strategy.ts";

type Spec = Service["spec"];

/** Fields handed out before that the request leaves out are meant to stay: most clients do not send them back. */
export function withStoredAllocations(service: Service, old: Service | undefined): Service {
  if (old === undefined) return withPluralIps(service, undefined);
  const kept: { -readonly [K in keyof Spec]?: Spec[K] } = {};
  const { spec } = service;
  if (spec.type !== "ExternalName" && old.spec.type !== "ExternalName") {
    const clusterIP = spec.clusterIP || old.spec.clusterIP;
    if (clusterIP !== undefined) kept.clusterIP = clusterIP;
    if (!spec.clusterIPs?.length && clusterIP === old.spec.clusterIP && old.spec.clusterIPs !== undefined) {
      kept.clusterIPs = old.spec.clusterIPs;
    }
  }
  if (needsNodePorts(spec) && needsNodePorts(old.spec) && spec.ports !== undefined) {
    kept.ports = portsWithStored(spec.ports, old.spec.ports ?? []);
  }
  if (needsHealthCheckNodePort(spec) && needsHealthCheckNodePort(old.spec) && !spec.healthCheckNodePort) {
    if (old.spec.healthCheckNodePort !== undefined) kept.healthCheckNodePort = old.spec.healthCheckNodePort;
  }
  return withPluralIps({ ...service, spec: { ...spec, ...kept } }, old);
}

type Ports = NonNullable<Spec["ports"]>;

/** By name, because everything else about a port may have changed. */
function portsWithStored(ports: Ports, old: Ports): Ports {
  const stays = new Set(ports.flatMap(({ nodePort }) => nodePort ?? []));
  const byName = new Map(old.map((port) => [port.name, port.nodePort]));
  return ports.map((port) => {
    const stored = byName.get(port.name);
    return port.nodePort || !stored || stays.has(stored) ? port : { ...port, nodePort: stored };
  });
}

/** `clusterIP` is the older spelling of the first of `clusterIPs`; whoever changes one means both. */
function withPluralIps(service: Service, old: Service | undefined): Service {
  const { spec } = service;
  const { clusterIP, clusterIPs } = spec;
  const samePlural = deepEqual(clusterIPs ?? [], old?.spec.clusterIPs ?? []);
  if (
    clusterIP &&
    (clusterIPs === undefined || clusterIPs.length === 0 || (old !== undefined && samePlural))
  ) {
    if (clusterIPs?.[0] === clusterIP) return service;
    return { ...service, spec: { ...spec, clusterIPs: [clusterIP] } };
  }
  if (!clusterIP && old?.spec.clusterIP && samePlural && clusterIPs !== undefined) {
    const { clusterIPs: _, ...rest } = spec;
    return { ...service, spec: rest };
  }
  return service;
}

/**
 * The Service with its address families, on a cluster that has IPv4 only. A headless Service without a selector says
 * nothing about the cluster, so it may name families that the cluster lacks.
 * @throws {StatusError} Invalid
 */
export function withAddressFamilies(service: Service, old: Service | undefined): Service {
  const { spec, metadata } = service;
  if (spec.type === "ExternalName") return service;
  const isFree = spec.clusterIP === "None" && Object.keys(spec.selector ?? {}).length === 0;
  const ipFamilyPolicy =
    spec.ipFamilyPolicy ?? old?.spec.ipFamilyPolicy ?? (isFree ? "RequireDualStack" : "SingleStack");
  const given = spec.ipFamilies ?? [];
  if (isFree) {
    const [first = "IPv4"] = given;
    const other = first === "IPv4" ? "IPv6" : "IPv4";
    const ipFamilies = ipFamilyPolicy === "SingleStack" || given.length > 1 ? given : [first, other];
    return {
      ...service,
      spec: { ...spec, ipFamilyPolicy, ipFamilies: ipFamilies.length === 0 ? [first] : ipFamilies },
    };
  }
  const causes = familyProblems(spec, ipFamilyPolicy);
  if (causes.length > 0) throw invalid(services, metadata.name, causes);
  const ipFamilies = given.length === 0 ? ["IPv4"] : given;
  return { ...service, spec: { ...spec, ipFamilyPolicy, ipFamilies } };
}

const FAMILIES = ["IPv4", "IPv6"];
const POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];

/** What is no family, no policy and no address; asked before anything is looked at that the cluster lacks. */
function wordProblems({ clusterIPs = [], ipFamilies = [] }: Spec, policy: string): StatusCause[] {
  const errors = new FieldErrors();
  for (const [i, family] of ipFamilies.entries()) {
    if (!FAMILIES.includes(family)) errors.notSupported(`spec.ipFamilies[${i}]`, family, FAMILIES);
  }
  if (!POLICIES.includes(policy)) errors.notSupported("spec.ipFamilyPolicy", policy, POLICIES);
  for (const [i, address] of clusterIPs.entries()) {
    if (address !== "None") checkIp(errors, address, `spec.clusterIPs[${i}]`);
  }
  return errors.list;
}

function familyProblems(spec: Spec, policy: string): StatusCause[] {
  const causes = wordProblems(spec, policy);
  if (causes.length > 0) return causes;
  const { clusterIPs = [], ipFamilies = [] } = spec;
  for (const [i, address] of clusterIPs.entries()) {
    if (!address.includes(":") || ipFamilies[i] !== undefined) continue;
    causes.push(invalidValue(`spec.clusterIPs[${i}]`, clusterIPs, "IPv6 is not configured on this cluster"));
  }
  if (causes.length > 0) return causes;
  if (policy === "RequireDualStack") {
    const why = "this cluster is not configured for dual-stack services";
    causes.push(invalidValue("spec.ipFamilyPolicy", policy, why));
  }
  for (const [i, family] of ipFamilies.entries()) {
    if (family === "IPv4") continue;
    causes.push(invalidValue(`spec.ipFamilies[${i}]`, family, "not configured on this cluster"));
  }
  return causes;
}
