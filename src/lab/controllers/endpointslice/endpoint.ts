/** The endpoint and the ports that a pod gives a Service. Decides; does not write. */
import type { Endpoint, EndpointSlice, Node, Pod, Service } from "../../../kube/types/index.ts";
import { sortSlicePorts } from "../shared/go-order.ts";
import { isPodReady } from "../shared/pod-state.ts";
import { hasServiceHostname, isIpv6, podIps } from "../shared/service-membership.ts";
import { targetPortOf } from "../shared/target-port.ts";

export type AddressType = "IPv4" | "IPv6";
export type SlicePorts = NonNullable<EndpointSlice["ports"]>;

/** The families that the Service has endpoints of. */
export function addressTypesOf({ spec }: Service): readonly AddressType[] {
  const families = (spec.ipFamilies ?? []).filter((family) => family === "IPv4" || family === "IPv6");
  return families.length > 0 ? (families as AddressType[]) : ["IPv4"];
}

/** The pod as an endpoint, or `undefined` when it has no address of that family. */
export function endpointOf(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  addressType: AddressType,
): Endpoint | undefined {
  const addresses = podIps(pod).filter((ip) => isIpv6(ip) === (addressType === "IPv6"));
  if (addresses.length === 0) return undefined;
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  // Who is on the way out is not "ready", for consumers that know nothing of "serving".
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { namespace, name, uid } = pod.metadata;
  const zone = node?.metadata.labels?.["topology.kubernetes.io/zone"] ?? "";
  const { nodeName, hostname } = pod.spec;
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hasServiceHostname(pod, service) && hostname !== undefined && { hostname }),
    targetRef: { kind: "Pod", ...(namespace !== undefined && { namespace }), name, uid },
    ...(nodeName !== undefined && { nodeName }),
    ...(zone !== "" && { zone }),
  };
}

/** The Service's ports as the pod has them: ports whose name no container has are left out. */
export function slicePortsOf(service: Service, pod: Pod): SlicePorts {
  const ports = (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = targetPortOf(pod, servicePort);
    const { name = "", protocol, appProtocol } = servicePort;
    if (port === undefined) return [];
    return [{ name, protocol, port, ...(appProtocol !== undefined && { appProtocol }) }];
  });
  return sortSlicePorts(ports);
}

/** What tells endpoints apart: the same pod at the same address stays the same endpoint while all else changes. */
export function endpointKey({ addresses, hostname = "", targetRef }: Endpoint): string {
  return [[...addresses].sort().join(), hostname, targetRef?.namespace, targetRef?.name].join("|");
}

/** Whether both say the same of an endpoint, hints apart. */
export function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    a.conditions.ready === b.conditions.ready &&
    a.conditions.serving === b.conditions.serving &&
    a.conditions.terminating === b.conditions.terminating &&
    a.targetRef?.kind === b.targetRef?.kind &&
    a.targetRef?.uid === b.targetRef?.uid
  );
}
