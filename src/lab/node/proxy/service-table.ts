import type { EndpointSlice, Service, ServicePort } from "../../../kube/types/index.ts";

/** One address behind a Service's port, as endpoint slices tell of it. */
export interface Backend {
  readonly ip: string;
  readonly port: number;
  readonly nodeName: string | undefined;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** One port of a Service with what stands behind it. */
export interface ServicePortTable {
  readonly port: ServicePort;
  readonly backends: readonly Backend[];
}

/** A Service and its endpoints as one version of them, shared by every node that has it. */
export interface ServiceTable {
  /** "namespace/name" */
  readonly key: string;
  readonly service: Service;
  readonly ports: readonly ServicePortTable[];
}

/** Puts a Service together with its endpoint slices. */
export function serviceTable(service: Service, slices: Iterable<EndpointSlice>): ServiceTable {
  const all = [...slices];
  return {
    key: `${service.metadata.namespace}/${service.metadata.name}`,
    service,
    ports: (service.spec.ports ?? []).map((port) => ({ port, backends: backendsOf(port, all) })),
  };
}

function backendsOf(port: ServicePort, slices: readonly EndpointSlice[]): Backend[] {
  const found = new Map<string, Backend>();
  for (const slice of slices) {
    if (slice.addressType !== "IPv4") continue;
    const match = slice.ports?.find(
      (each) => (each.name ?? "") === (port.name ?? "") && (each.protocol ?? "TCP") === port.protocol,
    );
    if (match?.port === undefined) continue;
    for (const { addresses, conditions, nodeName, hints } of slice.endpoints) {
      const ip = addresses[0];
      if (ip === undefined) continue;
      // Absent conditions mean "ready" and "not terminating" (EndpointConditions).
      const ready = conditions.ready ?? true;
      found.set(`${ip}:${match.port}`, {
        ip,
        port: match.port,
        nodeName,
        ready,
        serving: conditions.serving ?? ready,
        terminating: conditions.terminating ?? false,
        zoneHints: (hints?.forZones ?? []).map(({ name }) => name),
        nodeHints: (hints?.forNodes ?? []).map(({ name }) => name),
      });
    }
  }
  return [...found.values()];
}

/** The port that a client means: by number, by name, or the only one there is. */
export function findPort(
  table: ServiceTable,
  wanted: number | string | undefined,
): ServicePortTable | undefined {
  if (wanted === undefined) return table.ports.length === 1 ? table.ports[0] : undefined;
  return table.ports.find(({ port }) => port.port === wanted || port.name === wanted);
}

/** Whether the Service has no address of its own: its name stands for its pods. */
export function isHeadless({ service }: ServiceTable): boolean {
  return service.spec.clusterIP === "None";
}
