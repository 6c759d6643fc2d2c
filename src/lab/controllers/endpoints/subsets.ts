/** The subsets of an Endpoints object: addresses that share their ports, in their canonical form. Decides; does not write. */
import type { EndpointAddress, Endpoints, Pod, Service } from "../../../kube/types/index.ts";
import { sortSubsetPorts, sortSubsets } from "../shared/go-order.ts";
import { isPodReady } from "../shared/pod-state.ts";
import {
  canBeEndpoint,
  hasServiceHostname,
  isHeadless,
  isIpv6,
  podIps,
} from "../shared/service-membership.ts";
import { targetPortOf } from "../shared/target-port.ts";

export type Subset = NonNullable<Endpoints["subsets"]>[number];
type Port = NonNullable<Subset["ports"]>[number];

/** So many addresses an Endpoints object holds at most. */
export const ADDRESSES_MAX = 1_000;

/** The subsets that a Service's pods give, not yet shortened. */
export function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const found: Subset[] = [];
  const publishesAll = service.spec.publishNotReadyAddresses === true;
  for (const pod of pods) {
    const address = canBeEndpoint(pod, publishesAll) ? addressOf(service, pod) : undefined;
    if (address === undefined) continue;
    const side = publishesAll || isPodReady(pod) ? "addresses" : "notReadyAddresses";
    const servicePorts = service.spec.ports ?? [];
    // A headless Service need not have ports; its pods are found by name all the same.
    if (servicePorts.length === 0 && isHeadless(service)) found.push({ [side]: [address] });
    for (const servicePort of servicePorts) {
      const port = targetPortOf(pod, servicePort);
      if (port === undefined) continue;
      const { name, protocol, appProtocol } = servicePort;
      const named = {
        ...(name !== undefined && { name }),
        port,
        protocol,
        ...(appProtocol !== undefined && { appProtocol }),
      };
      found.push({ [side]: [address], ports: [named] });
    }
  }
  return repackSubsets(found);
}

function addressOf(service: Service, pod: Pod): EndpointAddress | undefined {
  const wantsIpv6 = service.spec.ipFamilies?.[0] === "IPv6";
  const ip = podIps(pod).find((candidate) => isIpv6(candidate) === wantsIpv6);
  if (ip === undefined) return undefined;
  const { namespace, name, uid } = pod.metadata;
  const { nodeName, hostname } = pod.spec;
  return {
    ip,
    ...(hasServiceHostname(pod, service) && hostname !== undefined && { hostname }),
    ...(nodeName !== undefined && { nodeName }),
    targetRef: { kind: "Pod", ...(namespace !== undefined && { namespace }), name, uid },
  };
}

interface Hosts {
  readonly ports: Port[];
  /** Whether each address is ready; one that is said to be both is not. */
  readonly ready: Map<string, boolean>;
}

/** The same addresses and ports in as few subsets as possible, sorted: what endpoints.RepackSubsets does. */
export function repackSubsets(subsets: readonly Subset[]): readonly Subset[] {
  const addresses = new Map<string, EndpointAddress>();
  const byPort = new Map<string, { readonly port: Port | undefined; readonly ready: Map<string, boolean> }>();
  for (const { addresses: ready = [], notReadyAddresses = [], ports = [] } of subsets) {
    for (const port of ports.length === 0 ? [undefined] : ports) {
      const portKey =
        port === undefined ? "" : JSON.stringify([port.name, port.port, port.protocol, port.appProtocol]);
      const entry = byPort.get(portKey) ?? { port, ready: new Map() };
      byPort.set(portKey, entry);
      for (const [list, isReady] of [
        [ready, true],
        [notReadyAddresses, false],
      ] as const) {
        for (const address of list) {
          const key = addressKey(address);
          if (!addresses.has(key)) addresses.set(key, address);
          entry.ready.set(key, (entry.ready.get(key) ?? true) && isReady);
        }
      }
    }
  }
  const byHosts = new Map<string, Hosts>();
  for (const { port, ready } of byPort.values()) {
    const hostsKey = [...ready]
      .map(([key, isReady]) => `${key}=${isReady}`)
      .sort()
      .join();
    const hosts = byHosts.get(hostsKey) ?? { ports: [], ready };
    byHosts.set(hostsKey, hosts);
    if (port !== undefined) hosts.ports.push(port);
  }
  return sortSubsets([...byHosts.values()].map((hosts) => subsetOf(hosts, addresses)));
}

function subsetOf({ ports, ready }: Hosts, addresses: ReadonlyMap<string, EndpointAddress>): Subset {
  const sides = { addresses: [] as EndpointAddress[], notReadyAddresses: [] as EndpointAddress[] };
  for (const [key, isReady] of ready) {
    const address = addresses.get(key);
    if (address !== undefined) sides[isReady ? "addresses" : "notReadyAddresses"].push(address);
  }
  for (const side of Object.values(sides)) side.sort(byAddress);
  return {
    ...(sides.addresses.length > 0 && { addresses: sides.addresses }),
    ...(sides.notReadyAddresses.length > 0 && { notReadyAddresses: sides.notReadyAddresses }),
    ...(ports.length > 0 && { ports: sortSubsetPorts(ports) }),
  };
}

/** The same pod at the same address. */
function addressKey({ ip, targetRef }: EndpointAddress): string {
  return `${ip} ${targetRef?.uid ?? ""}`;
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  return compare(a.ip, b.ip) || compare(a.targetRef?.uid ?? "", b.targetRef?.uid ?? "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * The subsets cut down to what an object may hold, each by its share; ready addresses go before those that are not.
 * `undefined` when nothing has to be cut.
 */
export function truncateSubsets(subsets: readonly Subset[]): readonly Subset[] | undefined {
  const count = (side: "addresses" | "notReadyAddresses") =>
    subsets.reduce((sum, subset) => sum + (subset[side]?.length ?? 0), 0);
  const ready = count("addresses");
  const notReady = count("notReadyAddresses");
  if (ready + notReady <= ADDRESSES_MAX) return undefined;
  const side = ready > ADDRESSES_MAX ? "addresses" : "notReadyAddresses";
  const room = side === "addresses" ? ADDRESSES_MAX : ADDRESSES_MAX - ready;
  const total = side === "addresses" ? ready : notReady;
  let left = room;
  return subsets.map((subset) => {
    const list = subset[side] ?? [];
    const share = Math.min(left, Math.ceil((list.length / total) * room));
    const kept = list.slice(0, share);
    left -= kept.length;
    const { notReadyAddresses, addresses, ...rest } = subset;
    if (side === "addresses") return { ...rest, ...(kept.length > 0 && { addresses: kept }) };
    return {
      ...rest,
      ...(addresses !== undefined && { addresses }),
      ...(kept.length > 0 && { notReadyAddresses: kept }),
    };
  });
}
