/**
 * Which requests the paths of a kind take. Built-in kinds stand behind a router that knows every path and method; custom ones
 * behind one handler that looks at the verb, and refuses in its own words.
 */
import { apiVersionOf, type Kind, type Verb } from "../../../kube/kind.ts";
import { findKind, KINDS } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { badRequest, methodNotSupported, notFound } from "../errors.ts";
import { methodNotAllowed, noSuchResource } from "./refusals.ts";
import type { ResourceRequest } from "./request-info.ts";

const BUILT_IN_GROUPS: ReadonlySet<string> = new Set(["", ...KINDS.map(({ group }) => group)]);

/** Whether a server is built with kinds of the group. */
export function isBuiltInGroup(group: string): boolean {
  return BUILT_IN_GROUPS.has(group);
}

/** Whether a definition made the kind. */
export function isCustomKind(kind: Kind): boolean {
  return findKind(apiVersionOf(kind), kind.kind) === undefined;
}

/** Whether a kind is reached by such a path at all. */
export function isPlace(kind: Kind, info: ResourceRequest): boolean {
  if (info.namespace !== undefined) return kind.namespaced;
  if (!kind.namespaced) return true;
  const isRead = info.verb === "list" || info.verb === "watch";
  return info.name === undefined && (isRead || !isCustomKind(kind));
}

/** The verb asked for.
 * @throws {StatusError} NotFound for a subresource that the kind has not, MethodNotAllowed, or BadRequest for the name */
export function verbFor(kind: Kind, method: string, info: ResourceRequest): Verb {
  const verb = isCustomKind(kind) ? customVerb(kind, method, info) : builtInVerb(kind, method, info);
  if (info.name !== undefined && NAMING_VERBS.has(verb)) checkName(info.name);
  return verb;
}

/** Verbs that go by the name in the path; what is written is named by its body, too. */
const NAMING_VERBS: ReadonlySet<Verb> = new Set(["get", "patch", "delete"]);

function builtInVerb(kind: Kind, method: string, info: ResourceRequest): Verb {
  const verb = info.verb as Verb;
  const verbs = verbsAt(kind, info);
  if (verbs === undefined || (info.rest.length > 0 && info.subresource !== "proxy")) throw noSuchResource();
  const everywhere = kind.namespaced && info.namespace === undefined;
  const onCollection = info.name === undefined;
  const fits =
    method !== "HEAD" &&
    verbs.includes(verb) &&
    !(verb === "watch" && method !== "GET") &&
    // A namespaced kind is only read across namespaces; nothing is created under a name, but for subresources.
    !(everywhere && verb !== "list" && verb !== "watch") &&
    !(verb === "create" && !onCollection && info.subresource === undefined) &&
    !((verb === "update" || verb === "patch") && onCollection);
  if (!fits) throw methodNotAllowed();
  return verb;
}

function customVerb(kind: Kind, method: string, info: ResourceRequest): Verb {
  const verb = info.verb as Verb;
  const verbs = verbsAt(kind, info);
  if (verbs === undefined) throw notFound(kind, info.name ?? "");
  // What is no verb of the API's has no name.
  if (!verbs.includes(verb)) throw methodNotSupported(kind, kind.verbs.includes(verb) ? verb : "");
  if (verb === "watch" && method !== "GET") throw methodNotAllowed();
  if ((verb === "update" || verb === "patch") && info.name === undefined) {
    throw badRequest("name must be provided");
  }
  return verb;
}

/** What a kind, or its subresource that the path names, takes; undefined for a subresource that it has not. */
function verbsAt(kind: Kind, { subresource }: ResourceRequest): readonly Verb[] | undefined {
  if (subresource === undefined) return kind.verbs;
  return Object.hasOwn(kind.subresources, subresource) ? kind.subresources[subresource]?.verbs : undefined;
}

/** Whether requests at such a path, with such a verb, reach something that is served. */
export function isServed(kind: Kind, info: ResourceRequest): boolean {
  return verbsAt(kind, info)?.includes(info.verb as Verb) ?? false;
}

/** @throws {StatusError} BadRequest for a name that no path may end in */
function checkName(name: string): void {
  const why = nameFault(name);
  if (why === undefined) return;
  throw new StatusError("BadRequest", `Name parameter invalid: ${JSON.stringify(name)}: ${why}`);
}

function nameFault(name: string): string | undefined {
  if (name === "." || name === "..") return `may not be '${name}'`;
  const character = ["/", "%"].find((each) => name.includes(each));
  return character === undefined ? undefined : `may not contain '${character}'`;
}
