/** Decides whether a user may do what a request asks, and words the refusal as kube-apiserver does. */
import { StatusError } from "../../../kube/status-error.ts";
import type { UserInfo } from "../server.ts";
import { ANONYMOUS } from "./authenticate.ts";
import type { RequestInfo, ResourceRequest } from "./request-info.ts";

/** Whether it may be done, and why not when there is something to say. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason?: string;
}

/** Whether `user` may do this. */
export type Authorizer = (user: UserInfo, request: RequestInfo) => Decision;

// What the stock role system:public-info-viewer opens to everybody.
const PUBLIC_PATHS = new Set(["/healthz", "/livez", "/readyz", "/version", "/version/"]);

/** Everybody who is somebody may do everything; anonymous users may look at health and version. */
export const allowAuthenticated: Authorizer = (user, request) => ({
  allowed: user.name !== ANONYMOUS.name || (request.type === "path" && PUBLIC_PATHS.has(request.path)),
});

/** The answer to somebody who may not. */
export function refusal(user: UserInfo, request: RequestInfo, decision: Decision): StatusError {
  const because = decision.reason === undefined ? "" : `: ${decision.reason}`;
  if (request.type === "path") {
    const message = `forbidden: User ${JSON.stringify(user.name)} cannot ${request.verb} path ${JSON.stringify(request.path)}`;
    return new StatusError("Forbidden", `${message}${because}`);
  }
  const { group, name, resource } = request;
  const what = group === "" ? resource : `${resource}.${group}`;
  const which = name === undefined ? what : `${what} ${JSON.stringify(name)}`;
  return new StatusError("Forbidden", `${which} is forbidden: ${attempt(user, request)}${because}`, {
    ...(name === undefined ? {} : { name }),
    ...(group === "" ? {} : { group }),
    kind: resource,
  });
}

function attempt(user: UserInfo, request: ResourceRequest): string {
  const { subresource, namespace } = request;
  const resource = subresource === undefined ? request.resource : `${request.resource}/${subresource}`;
  const where =
    namespace === undefined ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
  return `User ${JSON.stringify(user.name)} cannot ${request.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(request.group)} ${where}`;
}
