/**
 * Requests for objects: finds the kind that a path names, reads what the request carries, and asks the registry.
 * A table of verbs; what a verb means is the registry's affair.
 */
import type { Body } from "../../../client/client.ts";
import { apiVersionOf, type Kind, type SubresourceRow, type Verb } from "../../../kube/kind.ts";
import { findKind } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { ApiServer, ListAnswer, Target } from "../server.ts";
import { decodeObject } from "./decode.ts";
import {
  CUSTOM_PATCHES,
  checkPatchParameters,
  decodePatch,
  patchTypeOf,
  tellRepeated,
} from "./decode-patch.ts";
import { type Answer, type Exchange, objectAnswer, PAGE_NOT_FOUND } from "./exchange.ts";
import { COLLECTION_TYPES, checkProduced, negotiate, OBJECT_TYPES } from "./negotiate.ts";
import { deleteParameters, listQuery, patchParameters, watchQuery, writeParameters } from "./parameters.ts";
import { BareRefusal, methodNotAllowed, noSuchResource } from "./refusals.ts";
import type { ResourceRequest } from "./request-info.ts";

/** Watches without a wish end after once to twice this (kube-apiserver --min-request-timeout). */
const WATCH_SECONDS_MIN = 1_800;

/** What requests for objects are answered with. */
export interface ResourceContext {
  readonly server: ApiServer;
  /** How many of the lab's seconds pass in one of the client's. */
  readonly speed: number;
}

/** A request for an object, with its path understood. */
interface ResourceCall {
  readonly exchange: Exchange;
  readonly info: ResourceRequest;
  readonly target: Target;
  /** What goes in and comes out: the subresource's kind where there is one. */
  readonly kind: Kind;
}

type Handler = (context: ResourceContext, call: ResourceCall) => Answer;

/** @throws {StatusError} whatever the registry refuses with; NotFound and MethodNotAllowed for paths. */
export function handleResource(context: ResourceContext, exchange: Exchange, info: ResourceRequest): Answer {
  const { kinds } = context.server;
  const kind = kinds.findResource(info.group, info.version, info.resource);
  if (kind === undefined) {
    const isServed = kinds
      .all()
      .some(({ group, version }) => group === info.group && version === info.version);
    if (info.group !== "" && !isServed) return PAGE_NOT_FOUND;
    throw noSuchResource();
  }
  checkPlace(kind, info);
  if (kind.deprecation !== undefined) exchange.caller.warn?.(kind.deprecation);
  const call: ResourceCall = {
    exchange,
    info,
    kind: info.subresource === undefined ? kind : subresourceKind(kind, info.subresource),
    target: {
      kind,
      ...(info.namespace === undefined ? {} : { namespace: info.namespace }),
      ...(info.name === undefined ? {} : { name: info.name }),
      ...(info.subresource === undefined ? {} : { subresource: info.subresource }),
    },
  };
  if (info.subresource !== undefined && NEEDS_PROCESSES.has(info.subresource))
    return refuseProcess(context, call);
  const verb = verbFor(kind, exchange, info);
  checkMediaTypes(kind, exchange, info, verb);
  return HANDLERS[verb](context, call);
}

/** What the router in front of built-in kinds judges before anybody reads the body. Custom kinds are behind none. */
function checkMediaTypes(kind: Kind, { body, requester }: Exchange, info: ResourceRequest, verb: Verb): void {
  const isCustom = findKind(apiVersionOf(kind), kind.kind) === undefined;
  if (verb === "patch" && patchTypeOf(body, isCustom) === undefined) {
    throw isCustom
      ? new StatusError("UnsupportedMediaType", CUSTOM_PATCHES)
      : new BareRefusal("UnsupportedMediaType", "415: Unsupported Media Type");
  }
  if (isCustom) {
    if (verb === "watch") negotiate(requester);
    return;
  }
  const isRead = verb === "list" || verb === "watch";
  checkProduced(requester.accept, isRead && info.name === undefined ? COLLECTION_TYPES : OBJECT_TYPES);
}

/** Whether a kind is reached by such a path at all. */
function checkPlace(kind: Kind, info: ResourceRequest): void {
  if (info.namespace !== undefined && !kind.namespaced) throw noSuchResource();
  if (kind.namespaced && info.namespace === undefined && info.name !== undefined) throw noSuchResource();
  if (info.subresource === undefined) return;
  const row = kind.subresources[info.subresource];
  if (row === undefined || (info.rest.length > 0 && info.subresource !== "proxy")) throw noSuchResource();
}

function subresourceKind(kind: Kind, name: string): Kind {
  const row = kind.subresources[name] as SubresourceRow;
  return row.kind === kind.kind ? kind : { ...kind, group: row.group, version: row.version, kind: row.kind };
}

/** The verb asked for, if the resource has it. */
function verbFor(kind: Kind, exchange: Exchange, info: ResourceRequest): Verb {
  const verb = info.verb as Verb;
  const verbs =
    info.subresource === undefined ? kind.verbs : (kind.subresources[info.subresource]?.verbs ?? []);
  const everywhere = kind.namespaced && info.namespace === undefined;
  const onCollection = info.name === undefined;
  const fits =
    exchange.method !== "HEAD" &&
    verbs.includes(verb) &&
    // A namespaced kind is only read across namespaces; nothing is created under a name, but for subresources.
    !(everywhere && verb !== "list" && verb !== "watch") &&
    !(verb === "create" && !onCollection && info.subresource === undefined) &&
    !((verb === "update" || verb === "patch") && onCollection);
  if (!fits) throw methodNotAllowed();
  return verb;
}

const HANDLERS: Readonly<Record<Verb, Handler>> = {
  get({ server }, { exchange, target, kind }) {
    const resourceVersion = exchange.query.get("resourceVersion");
    const query = resourceVersion ? { resourceVersion } : {};
    return objectAnswer(200, kind, server.get(exchange.caller, target, query));
  },
  list({ server }, { exchange, target, kind, info }) {
    const answer = server.list(exchange.caller, target, listQuery(exchange.query, info.namespace));
    return listAnswer(kind, answer);
  },
  watch({ server, speed }, { exchange, target, kind, info }) {
    const { name: _name, ...collection } = target;
    const wait = WATCH_SECONDS_MIN * (1 + server.engine.random("http/watch-timeouts").next());
    const query = watchQuery(exchange.query, info, { defaultSeconds: wait, secondsPerSecond: speed });
    return { type: "watch", kind, stream: server.watch(exchange.caller, collection, query) };
  },
  create({ server }, { exchange, target, kind }) {
    const { value, issues } = decodeObject(exchange.body, kind.kind);
    const parameters = writeParameters("CreateOptions", exchange.query, issues);
    return objectAnswer(201, kind, server.create(exchange.caller, target, asBody(value), parameters));
  },
  update({ server }, { exchange, target, kind }) {
    const { value, issues } = decodeObject(exchange.body, kind.kind);
    const parameters = writeParameters("UpdateOptions", exchange.query, issues);
    const { object, created } = server.update(exchange.caller, target, asBody(value), parameters);
    return objectAnswer(created ? 201 : 200, kind, object);
  },
  patch({ server }, { exchange, target, kind }) {
    const { type, value, issues } = decodePatch(exchange.body);
    const parameters = patchParameters(exchange.query, issues);
    checkPatchParameters(type, parameters);
    if (type === "apply") tellRepeated(issues, parameters.fieldValidation, exchange.caller);
    const { object, created } = server.patch(exchange.caller, target, type, value, parameters);
    return objectAnswer(created ? 201 : 200, kind, object);
  },
  delete({ server }, { exchange, target, kind }) {
    const parameters = deleteParameters(exchange.query, exchange.body);
    const { gone, body } = server.delete(exchange.caller, target, parameters);
    // The object stays for now, though the client asked for its dependents to go at once.
    const later = !gone && parameters.orphanDependents === false;
    return objectAnswer(later ? 202 : 200, kind, body);
  },
  deletecollection({ server }, { exchange, target, kind, info }) {
    const parameters = deleteParameters(exchange.query, exchange.body);
    const query = listQuery(exchange.query, info.namespace);
    const answer = server.deleteCollection(exchange.caller, target, query, parameters);
    return listAnswer(kind, answer);
  },
};

function listAnswer(kind: Kind, { items, metadata }: ListAnswer): Answer {
  const head = { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata };
  return { type: "list", kind, list: { head, items } };
}

function asBody(value: unknown): Body {
  return (value ?? {}) as Body;
}

// Subresources that reach into a running process.
const NEEDS_PROCESSES = new Set(["log", "exec", "attach", "portforward", "proxy"]);

/** Nothing runs in a lab's containers, so there is nothing to read from them or connect to. */
function refuseProcess({ server }: ResourceContext, { exchange, target, kind: _kind }: ResourceCall): never {
  const { subresource, ...object } = target;
  server.get(exchange.caller, object);
  throw new StatusError(
    "BadRequest",
    `${target.kind.plural}/${subresource} is not available: containers of a lab are simulated, no process runs in them`,
    { ...(target.name === undefined ? {} : { name: target.name }), kind: target.kind.plural },
  );
}
