/** What a request is to authorization, and the refusal of somebody who may not, worded as kube-apiserver words it. */
import { parseFieldSelector } from "../../../kube/field-selectors.ts";
import type { Attributes, ResourceAttributes } from "../../../kube/rbac/attributes.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Decision, UserInfo } from "../access/access.ts";
import { BareRefusal } from "./refusals.ts";
import type { RequestInfo } from "./request-info.ts";

const ON_COLLECTIONS = new Set(["list", "watch", "deletecollection"]);

/** The attributes of a request: a namespace is in itself, and a selector may pick one object out of a collection. */
export function attributesOf(info: RequestInfo, query: URLSearchParams): Attributes {
  if (info.type === "path") return { type: "path", verb: info.verb, path: info.path };
  const { verb, group, resource, subresource } = info;
  const isNamespace = group === "" && resource === "namespaces";
  const namespace = info.namespace ?? (isNamespace ? info.name : undefined);
  const selected = ON_COLLECTIONS.has(verb) ? selectedBy(query.get("fieldSelector")) : {};
  const name = info.name ?? selected.name;
  return {
    type: "resource",
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(selected.node === undefined ? {} : { selectedNode: selected.node }),
  };
}

function selectedBy(selector: string | null): { readonly name?: string; readonly node?: string } {
  if (!selector) return {};
  const terms = parseFieldSelector(selector);
  if (!terms.ok) return {};
  const wanted = (field: string) =>
    terms.value.find((term) => term.field === field && term.operator === "=")?.value;
  const [name, node] = [wanted("metadata.name"), wanted("spec.nodeName")];
  return { ...(name ? { name } : {}), ...(node ? { node } : {}) };
}

/** The answer to somebody who may not. */
export function refusal(user: UserInfo, attributes: Attributes, decision: Decision): StatusError {
  const because = decision.reason ? `: ${decision.reason}` : "";
  if (attributes.type === "path") {
    const { verb, path } = attributes;
    const message = `forbidden: User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`;
    return new BareRefusal("Forbidden", `${message}${because}`);
  }
  const { group, name, resource } = attributes;
  const what = group === "" ? resource : `${resource}.${group}`;
  const which = name === undefined ? what : `${what} ${JSON.stringify(name)}`;
  return new StatusError("Forbidden", `${which} is forbidden: ${attempt(user, attributes)}${because}`, {
    ...(name === undefined ? {} : { name }),
    ...(group === "" ? {} : { group }),
    kind: resource,
  });
}

function attempt(user: UserInfo, { verb, group, namespace, ...rest }: ResourceAttributes): string {
  const resource = rest.subresource === undefined ? rest.resource : `${rest.resource}/${rest.subresource}`;
  const where =
    namespace === undefined ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
  return `User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`;
}
