/** Which zones and nodes an endpoint is meant for, where a Service asks for traffic to stay close. Decides; does not write. */
import { deepEqual } from "../../../base/deep.ts";
import type { Endpoint, EndpointSlice, Service } from "../../../kube/types/index.ts";

/** How near a Service wants its traffic kept. */
export type Closeness = "zone" | "node";

/** What the Service asks for; `undefined` when traffic may go anywhere, or an older annotation is in charge. */
export function closenessOf({ spec, metadata }: Service): Closeness | undefined {
  const mode =
    metadata.annotations?.["service.kubernetes.io/topology-aware-hints"] ??
    metadata.annotations?.["service.kubernetes.io/topology-mode"];
  if (mode === "Auto" || mode === "auto") return undefined;
  switch (spec.trafficDistribution) {
    case "PreferClose":
    case "PreferSameZone":
      return "zone";
    case "PreferSameNode":
      return "node";
    default:
      return undefined;
  }
}

/** The endpoint with the hints that it should have; itself when it has them. One that is not ready keeps what it has. */
export function withHints(endpoint: Endpoint, closeness: Closeness | undefined): Endpoint {
  const { hints, ...rest } = endpoint;
  if (closeness === undefined) return hints === undefined ? endpoint : rest;
  if (endpoint.conditions.ready !== true) return endpoint;
  const { zone, nodeName } = endpoint;
  const wanted = {
    ...(zone !== undefined && { forZones: [{ name: zone }] }),
    ...(closeness === "node" && nodeName !== undefined && { forNodes: [{ name: nodeName }] }),
  };
  if (Object.keys(wanted).length === 0) return hints === undefined ? endpoint : rest;
  return deepEqual(hints, wanted) ? endpoint : { ...rest, hints: wanted };
}

/** The slice with hints on all its endpoints; itself when nothing differs. */
export function withSliceHints<T extends Pick<EndpointSlice, "endpoints">>(
  slice: T,
  closeness: Closeness | undefined,
): T {
  const endpoints = slice.endpoints.map((endpoint) => withHints(endpoint, closeness));
  return endpoints.every((endpoint, at) => endpoint === slice.endpoints[at])
    ? slice
    : { ...slice, endpoints };
}
