/** Subresources that reach into a pod's processes: who asks learns what a real server would say first, and then why not. */
import { nodes } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Pod } from "../../../kube/types/index.ts";
import { badRequest } from "../errors.ts";
import type { ApiServer, Caller } from "../server.ts";

const KUBELET_PORT = 10250;

/** The container that is meant: the one named, or the only one. @throws {StatusError} BadRequest */
export function containerOf({ metadata, spec }: Pod, wanted: string | null): string {
  const inits = (spec.initContainers ?? []).map(({ name }) => name);
  const own = spec.containers.map(({ name }) => name);
  const ephemeral = (spec.ephemeralContainers ?? []).map(({ name }) => name);
  const all = [...inits, ...own, ...ephemeral];
  if (wanted) {
    if (all.includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`);
  }
  const [only] = own;
  if (only !== undefined && all.length === 1) return only;
  throw badRequest(
    `a container name must be specified for pod ${metadata.name}, choose one of: [${all.join(" ")}]`,
  );
}

/** What keeps a pod's processes from being reached. The last reason holds for every pod of a lab. */
export function processRefusal(
  server: ApiServer,
  caller: Caller,
  pod: Pod,
  { subresource, container }: { readonly subresource: string; readonly container: string | null },
): StatusError {
  const { name } = pod.metadata;
  const { nodeName } = pod.spec;
  if (subresource === "proxy") {
    if (!pod.status.podIP) return badRequest("address not allowed");
  } else {
    if (subresource !== "portforward") containerOf(pod, container);
    if (!nodeName) return badRequest(`pod ${name} does not have a host assigned`);
  }
  if (nodeName) server.get(caller, { kind: nodes, name: nodeName });
  return new StatusError(
    "BadRequest",
    `pods/${subresource} is not available: containers of a lab are simulated, no process runs in them`,
    { name, kind: "pods" },
  );
}

/** A kubelet that does not answer, as the API server passes it on. */
export function kubeletRefusal(
  { address, why }: { readonly address: string; readonly why: string },
  path: string,
): StatusError {
  const host = `${address}:${KUBELET_PORT}`;
  return new StatusError("Unknown", `Get "https://${host}/${path}": dial tcp ${host}: ${why}`);
}
