/**
 * Requests for objects: finds the kind that a path names, reads what the request carries, and asks the registry.
 * A table of verbs; what a verb means is the registry's affair.
 */
import type { Body } from "../../../client/client.ts";
import { apiVersionOf, type Kind, type SubresourceRow, type Verb } from "../../../kube/kind.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Pod } from "../../../kube/types/index.ts";
import { checkPatchParameters } from "../field-owners.ts";
import type { ApiServer, ListAnswer, Target } from "../server.ts";
import { connectOptions, isConnected } from "./connect-options.ts";
import { decodeObject } from "./decode.ts";
import { CUSTOM_PATCHES, decodePatch, patchTypeOf } from "./decode-patch.ts";
import { type Answer, type Exchange, objectAnswer, PAGE_NOT_FOUND } from "./exchange.ts";
import { COLLECTION_TYPES, checkProduced, negotiate, negotiateStream, OBJECT_TYPES } from "./negotiate.ts";
import { deleteParameters, listQuery, patchParameters, watchQuery, writeParameters } from "./parameters.ts";
import { logAnswer } from "./pod-log.ts";
import { processRefusal } from "./pod-process.ts";
import { BareRefusal, noSuchResource } from "./refusals.ts";
import type { ResourceRequest } from "./request-info.ts";
import { isBuiltInGroup, isCustomKind, isPlace, verbFor } from "./routes.ts";

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
  if (kind === undefined || !isPlace(kind, info)) {
    // Only the groups that a server was built with have a router that knows them.
    if (isBuiltInGroup(info.group)) throw noSuchResource();
    return PAGE_NOT_FOUND;
  }
  const verb = verbFor(kind, exchange.method, info);
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
    return processAnswer(context, call);
  checkMediaTypes(kind, exchange, info, verb);
  return HANDLERS[verb](context, call);
}

/** What is judged before anybody reads the body: for built-in kinds by the router in front of them, custom ones are behind none. */
function checkMediaTypes(kind: Kind, { body, requester }: Exchange, info: ResourceRequest, verb: Verb): void {
  const isCustom = isCustomKind(kind);
  if (verb === "patch" && patchTypeOf(body, isCustom) === undefined) {
    throw isCustom
      ? new StatusError("UnsupportedMediaType", CUSTOM_PATCHES)
      : new BareRefusal("UnsupportedMediaType", "415: Unsupported Media Type");
  }
  const isRead = verb === "list" || verb === "watch";
  if (!isCustom) {
    checkProduced(requester.accept, isRead && info.name === undefined ? COLLECTION_TYPES : OBJECT_TYPES);
  }
  // Nothing is written whose answer could not be told.
  if (verb === "watch" && !isCustom) negotiateStream(requester);
  else negotiate(requester);
}

function subresourceKind(kind: Kind, name: string): Kind {
  const row = kind.subresources[name] as SubresourceRow;
  return row.kind === kind.kind ? kind : { ...kind, group: row.group, version: row.version, kind: row.kind };
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
  create({ server }, { exchange, target: { name, ...place }, kind }) {
    // What is created is named by its body; the path names what a subresource is one of.
    const target = place.subresource === undefined || name === undefined ? place : { ...place, name };
    const { value, ...found } = decodeObject(exchange.body, kind.kind, isCustomKind(target.kind));
    const parameters = writeParameters("CreateOptions", exchange.query, found);
    return objectAnswer(201, kind, server.create(exchange.caller, target, asBody(value), parameters));
  },
  update({ server }, { exchange, target, kind }) {
    const { value, ...found } = decodeObject(exchange.body, kind.kind, isCustomKind(target.kind));
    const parameters = writeParameters("UpdateOptions", exchange.query, found);
    const { object, created } = server.update(exchange.caller, target, asBody(value), parameters);
    return objectAnswer(created ? 201 : 200, kind, object);
  },
  patch({ server }, { exchange, target, kind }) {
    const given = patchParameters(exchange.query);
    checkPatchParameters(patchTypeOf(exchange.body, false) === "apply", given);
    const { type, value, issues, literals, isDeep } = decodePatch(exchange.body);
    const parameters = {
      ...given,
      ...(issues.length > 0 && { decodeIssues: issues }),
      ...(literals.size > 0 && { text: { duplicates: [], literals } }),
      ...(isDeep && { isDeep }),
    };
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

function listAnswer(kind: Kind, { items, metadata: given }: ListAnswer): Answer {
  // What has no type of its own tells even that nothing is left.
  const metadata = isCustomKind(kind) ? { continue: "", ...given } : given;
  const head = { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata };
  return { type: "list", kind, list: { head, items, itemsTellKind: isCustomKind(kind) } };
}

function asBody(value: unknown): Body {
  return (value ?? {}) as Body;
}

// Subresources that reach into a running process.
const NEEDS_PROCESSES = new Set(["log", "exec", "attach", "portforward", "proxy"]);

/** What runs in containers can be read of, as far as the simulation knows it, but not reached. */
function processAnswer(context: ResourceContext, { exchange, target, kind, info }: ResourceCall): Answer {
  const { server } = context;
  const { subresource = "", ...object } = target;
  if (isConnected(subresource)) {
    server.connect(exchange.caller, target, connectOptions(kind, info, exchange.query));
  }
  const found = server.get(exchange.caller, object);
  if (target.kind.plural === "pods") {
    const pod = found as Pod;
    if (subresource === "log") return logAnswer(context, exchange, pod);
    const container = exchange.query.get("container");
    throw processRefusal(server, exchange.caller, pod, { subresource, container });
  }
  throw new StatusError(
    "BadRequest",
    `${target.kind.plural}/${subresource} is not available: nothing of a lab can be reached through its API server`,
    { ...(target.name === undefined ? {} : { name: target.name }), kind: target.kind.plural },
  );
}
