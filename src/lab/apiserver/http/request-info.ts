/**
 * What a request asks for, read from its method and path alone, as kube-apiserver's RequestInfo: authorization, audit and
 * routing all go by it. It does not know which kinds exist.
 */

/** A request below /api/<version> or /apis/<group>/<version>. */
export interface ResourceRequest {
  readonly type: "resource";
  /** "list", "watch" and "deletecollection" are told from "get" and "delete" by the missing name. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  /** Plural, as in the path. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** What stands in the path after the subresource: only proxies have it. */
  readonly rest: readonly string[];
  readonly path: string;
}

/** Any other request: discovery, health, versions. */
export interface PathRequest {
  readonly type: "path";
  /** The method in lower case. */
  readonly verb: string;
  readonly path: string;
}

export type RequestInfo = ResourceRequest | PathRequest;

const VERBS: Readonly<Record<string, string>> = {
  POST: "create",
  GET: "get",
  HEAD: "get",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

// "namespaces/<ns>/<one of these>" is about the namespace itself, not about a resource inside it.
const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);

/**
 * Reads a request line. `path` is decoded and has no query; what stands between two slashes may be empty, which names nothing.
 */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const segments = path.replace(/^\/+|\/+$/g, "").split("/");
  const other: PathRequest = { type: "path", verb: method.toLowerCase(), path };
  const groupless = segments[0] === "api";
  const depth = groupless ? 2 : 3;
  if ((!groupless && segments[0] !== "apis") || segments.length <= depth) return other;

  const [group, version] = groupless ? ["", segments[1]] : [segments[1], segments[2]];
  let parts = segments.slice(depth);
  // The watch prefix is the old spelling of ?watch=true.
  const oldWatch = parts[0] === "watch" && parts.length > 1;
  if (oldWatch) parts = parts.slice(1);
  const place = locate(parts);
  const verb = oldWatch ? "watch" : verbOf(method, place, query);
  return { type: "resource", verb, group: group ?? "", version: version ?? "", path, ...place };
}

type PlaceInPath = Pick<ResourceRequest, "resource" | "namespace" | "name" | "subresource" | "rest">;

function locate(parts: readonly string[]): PlaceInPath {
  const [first = "", namespace, third] = parts;
  const insideNamespace = first === "namespaces" && third !== undefined && !NAMESPACE_SUBRESOURCES.has(third);
  const [resource = "", name, subresource, ...rest] = insideNamespace ? parts.slice(2) : parts;
  return {
    resource,
    ...(insideNamespace && namespace ? { namespace } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
    rest,
  };
}

function verbOf(method: string, place: PlaceInPath, query: URLSearchParams): string {
  const verb = VERBS[method] ?? method.toLowerCase();
  if (place.name !== undefined) return verb;
  if (verb === "get") return isTrue(query.get("watch")) ? "watch" : "list";
  return verb === "delete" ? "deletecollection" : verb;
}

/** How Go's API machinery reads a boolean query parameter: present means true, unless it says otherwise. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== "0" && value.toLowerCase() !== "false";
}

const LONG_RUNNING = new Set(["attach", "exec", "log", "portforward", "proxy"]);

/** Whether a request may last: watches, and what talks to containers. */
export function isLongRunning(info: RequestInfo): boolean {
  if (info.verb === "watch") return true;
  return info.type === "resource" && info.subresource !== undefined && LONG_RUNNING.has(info.subresource);
}
