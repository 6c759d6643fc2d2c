import { endpointSlices, services } from "../../../kube/kinds.ts";
import type { EndpointSlice, Service } from "../../../kube/types/index.ts";
import type { Api } from "../api.ts";
import type { OutsideCall } from "./outside.ts";

/** Where webhooks are reached, as their configurations say it. */
export interface ClientConfig {
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port?: number;
  };
  /** PEM in base64. */
  readonly caBundle?: string;
}

/** Whom to call, without what to say. */
export type Destination = Pick<OutsideCall, "url" | "address" | "caBundle">;

/** Where a call goes, or why it cannot. The URL is there in both cases: errors name it. */
export type Resolved =
  | { readonly kind: "found"; readonly destination: Destination }
  | { readonly kind: "unreachable"; readonly url: string; readonly why: string };

const HTTPS_PORT = 443;
const SERVICE_NAME = "kubernetes.io/service-name";

/**
 * Works out whom a configuration means. A Service leads where a real API server and kube-proxy lead: an ExternalName to its
 * name, others to the endpoints of their slices. Endpoints that are pods of a lab have no process to answer: nothing listens
 * there. Those that are no pods, written by hand, are taken at their word.
 */
export function resolveClient(api: Api, config: ClientConfig, query: string): Resolved {
  const caBundle = config.caBundle ? { caBundle: Buffer.from(config.caBundle, "base64").toString() } : {};
  if (config.service === undefined) {
    return { kind: "found", destination: { url: `${config.url ?? ""}${query}`, ...caBundle } };
  }
  const { namespace, name, path = "/", port = HTTPS_PORT } = config.service;
  const url = `https://${name}.${namespace}.svc:${port}${path}${query}`;
  const address = addressOf(api, namespace, name, port);
  if (typeof address === "string") return { kind: "unreachable", url, why: address };
  return { kind: "found", destination: { url, address, ...caBundle } };
}

type Address = NonNullable<OutsideCall["address"]>;

/** Where a port of a Service leads, or why nowhere (apiserver's proxy.ResolveCluster words it). */
function addressOf(api: Api, namespace: string, name: string, port: number): Address | string {
  const service = api.get(services, namespace, name);
  if (service === undefined) return `service "${name}" not found`;
  const { spec } = service;
  if (spec.type === "ExternalName") return { host: spec.externalName ?? "", port };
  if (spec.clusterIP === "None") return `cannot route to service with ClusterIP "None"`;
  const servicePort = spec.ports?.find((each) => each.port === port);
  if (servicePort === undefined) return `no service port ${port} found for service "${name}"`;
  const found = outsideEndpoint(api, service, servicePort.name);
  return found ?? `dial tcp ${spec.clusterIP}:${port}: connect: connection refused`;
}

/** The first ready endpoint of a Service that is no pod of the lab. */
function outsideEndpoint(api: Api, service: Service, portName: string | undefined): Address | undefined {
  const { name, namespace } = service.metadata;
  const options = { labelSelector: { matchLabels: { [SERVICE_NAME]: name } } };
  const slices = api.list(endpointSlices, namespace === undefined ? options : { namespace, ...options });
  for (const slice of slices) {
    const port = slice.ports?.find((each) => (each.name || "") === (portName || ""))?.port;
    const endpoint = slice.endpoints?.find((each) => isReady(each) && each.targetRef?.kind !== "Pod");
    const host = endpoint?.addresses[0];
    if (host !== undefined && port) return { host, port };
  }
  return undefined;
}

function isReady({ conditions }: NonNullable<EndpointSlice["endpoints"]>[number]): boolean {
  return conditions?.ready !== false;
}
