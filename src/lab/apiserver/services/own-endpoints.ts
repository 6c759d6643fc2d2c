import { endpointSlices, endpoints } from "../../../kube/kinds.ts";
import type { Api } from "../api.ts";

const SERVICE = { name: "kubernetes", namespace: "default" };
/** Where the API server would be on the lab's network: beside the nodes, which count up from 10.77.0.1. */
const ADDRESS = "10.77.255.1";
const PORT = { name: "https", port: 6443, protocol: "TCP" as const };

/**
 * Says where the API server is, behind the Service that bears its name. It keeps both forms itself: no controller copies one
 * into the other.
 */
export function publishOwnEndpoints(api: Api): void {
  api.create(endpoints, {
    metadata: { ...SERVICE, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
    subsets: [{ addresses: [{ ip: ADDRESS }], ports: [PORT] }],
  });
  api.create(endpointSlices, {
    metadata: { ...SERVICE, labels: { "kubernetes.io/service-name": SERVICE.name } },
    addressType: "IPv4",
    endpoints: [{ addresses: [ADDRESS], conditions: { ready: true } }],
    ports: [PORT],
  });
}
