import { formatLabelSelector } from "../selectors.ts";
import type { EndpointSlice, Endpoints, Service } from "../types/index.ts";
import type { KubeObject, LabelSelector } from "../types/meta.ts";
import { age, firstThree, ingressAddresses, labelsCell } from "./cells.ts";
import { AGE, column, NAME, printer, wide } from "./printer.ts";

export const servicePrinter = printer<Service>({
  columns: [
    NAME,
    column("Type"),
    column("Cluster-IP"),
    column("External-IP"),
    column("Port(s)"),
    AGE,
    wide("Selector"),
  ],
  cells: (service, nowMs) => [
    service.metadata.name,
    service.spec.type,
    service.spec.clusterIPs?.[0] ?? "<none>",
    externalIp(service),
    (service.spec.ports ?? []).map(portCell).join(",") || "<none>",
    age(service, nowMs),
    labelsCell(service.spec.selector),
  ],
});

function externalIp({ spec, status }: Service): string {
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case "ClusterIP":
    case "NodePort":
      return external.join(",") || "<none>";
    case "LoadBalancer":
      return [...ingressAddresses(status?.loadBalancer?.ingress), ...external].join(",") || "<pending>";
    case "ExternalName":
      return spec.externalName ?? "";
    default:
      return "<unknown>";
  }
}

function portCell({ port, nodePort, protocol }: NonNullable<Service["spec"]["ports"]>[number]): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}

export const endpointsPrinter = printer<Endpoints>({
  columns: [NAME, column("Endpoints"), AGE],
  cells: (endpoints, nowMs) => [endpoints.metadata.name, endpointsCell(endpoints), age(endpoints, nowMs)],
});

/** The first three addresses with their ports. Subsets without ports show bare addresses. */
function endpointsCell({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return "<none>";
  const all = subsets.flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port)));
  });
  const shown = all.slice(0, 3).join(",");
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

function hostPort(ip: string, port: number): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

export const endpointSlicePrinter = printer<EndpointSlice>({
  columns: [NAME, column("AddressType"), column("Ports"), column("Endpoints"), AGE],
  cells: (slice, nowMs) => [
    slice.metadata.name,
    slice.addressType,
    firstThree((slice.ports ?? []).map(({ port, name }) => String(port ?? name ?? "*"))),
    firstThree((slice.endpoints ?? []).flatMap(({ addresses }) => addresses)),
    age(slice, nowMs),
  ],
});

interface Ingress extends KubeObject {
  readonly spec: {
    readonly ingressClassName?: string;
    readonly rules?: readonly { readonly host?: string }[];
    readonly tls?: readonly unknown[];
  };
  readonly status: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
}

export const ingressPrinter = printer<Ingress>({
  columns: [NAME, column("Class"), column("Hosts"), column("Address"), column("Ports"), AGE],
  cells: (ingress, nowMs) => [
    ingress.metadata.name,
    ingress.spec.ingressClassName ?? "<none>",
    hostsCell(ingress),
    ingressAddresses(ingress.status?.loadBalancer?.ingress).join(","),
    (ingress.spec.tls ?? []).length > 0 ? "80, 443" : "80",
    age(ingress, nowMs),
  ],
});

/** Counts rules, of which some may have no host: the original does so, too. */
function hostsCell({ spec: { rules = [] } }: Ingress): string {
  const hosts: string[] = [];
  let isMore = false;
  for (const { host } of rules) {
    if (hosts.length === 3) isMore = true;
    if (!isMore && host) hosts.push(host);
  }
  if (hosts.length === 0) return "*";
  return isMore ? `${hosts.join(",")} + ${rules.length - 3} more...` : hosts.join(",");
}

interface IngressClass extends KubeObject {
  readonly spec: {
    readonly controller?: string;
    readonly parameters?: { readonly apiGroup?: string; readonly kind: string; readonly name: string };
  };
}

export const ingressClassPrinter = printer<IngressClass>({
  columns: [NAME, column("Controller"), column("Parameters"), AGE],
  cells: (ingressClass, nowMs) => {
    const { controller = "", parameters } = ingressClass.spec;
    const group = parameters?.apiGroup === undefined ? "" : `.${parameters.apiGroup}`;
    return [
      ingressClass.metadata.name,
      controller,
      parameters === undefined ? "<none>" : `${parameters.kind}${group}/${parameters.name}`,
      age(ingressClass, nowMs),
    ];
  },
});

interface NetworkPolicy extends KubeObject {
  readonly spec: { readonly podSelector?: LabelSelector };
}

export const networkPolicyPrinter = printer<NetworkPolicy>({
  columns: [NAME, column("Pod-Selector"), AGE],
  cells: (policy, nowMs) => [
    policy.metadata.name,
    formatLabelSelector(policy.spec?.podSelector),
    age(policy, nowMs),
  ],
});

interface ServiceCidr extends KubeObject {
  readonly spec: { readonly cidrs?: readonly string[] };
}

export const serviceCidrPrinter = printer<ServiceCidr>({
  columns: [NAME, column("CIDRs"), AGE],
  cells: (cidr, nowMs) => [cidr.metadata.name, (cidr.spec.cidrs ?? []).join(","), age(cidr, nowMs)],
});

interface IpAddress extends KubeObject {
  readonly spec: {
    readonly parentRef?: {
      readonly group?: string;
      readonly resource: string;
      readonly namespace?: string;
      readonly name: string;
    };
  };
}

export const ipAddressPrinter = printer<IpAddress>({
  columns: [NAME, column("ParentRef")],
  // One cell more than there are columns: so does the original.
  cells: (address, nowMs) => [address.metadata.name, parentCell(address), age(address, nowMs)],
});

function parentCell({ spec: { parentRef } }: IpAddress): string {
  if (parentRef === undefined) return "<none>";
  const { group, resource, namespace, name } = parentRef;
  const type = (group ? `${resource}.${group}` : resource).toLowerCase();
  return [type, ...(namespace ? [namespace] : []), name].join("/");
}
