import type { ListQuery, WatchQuery } from "../../client/client.ts";
import type { Kind, Verb } from "../../kube/kind.ts";
import { events, KINDS } from "../../kube/kinds.ts";
import type { Timing } from "../../kube/timing.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import { AdmissionChain } from "./admission/chain.ts";
import type { Api, PatchType } from "./api.ts";
import { bootstrapObjects } from "./bootstrap.ts";
import type { Collection } from "./collection.ts";
import { decodeBody } from "./decode.ts";
import { methodNotSupported, noSuchResource, notFound, unavailable } from "./errors.ts";
import { expireEvents } from "./event-expiry.ts";
import { KindRegistry } from "./kind-registry.ts";
import { listObjects } from "./list.ts";
import { LocalApi } from "./local-api.ts";
import { applyPatch } from "./patch.ts";
import type { RegistryContext, WriteRequest } from "./registry/context.ts";
import { createObject } from "./registry/create.ts";
import { deleteObject } from "./registry/delete.ts";
import { updateObject } from "./registry/update.ts";
import type {
  ApiServer,
  Caller,
  DeleteAnswer,
  DeleteParameters,
  ListAnswer,
  PatchParameters,
  ReadHook,
  Target,
  TokenIssuer,
  WatchStream,
  WriteAnswer,
  WriteParameters,
} from "./server.ts";
import { Store } from "./store.ts";
import { strategyOf } from "./strategies/registry.ts";
import { subresourceOf } from "./subresources/registry.ts";
import { openWatch } from "./watch.ts";

export interface ApiServerOptions {
  readonly engine: Engine;
  readonly timing: Timing;
  /** What is served from the start; the built-in table unless told otherwise. */
  readonly kinds?: readonly Kind[];
}

/** Starts an API server on an empty store, with the objects that a stock cluster has. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  return new RunningServer(options);
}

class RunningServer implements ApiServer {
  readonly engine: Engine;
  readonly kinds: KindRegistry;
  readonly #store = new Store();
  readonly #context: RegistryContext;
  readonly #readHooks = new Map<Collection, ReadHook<KubeObject>>();
  readonly #watches = new Set<WatchStream>();
  readonly #access = {
    server: this,
    collection: (kind: Kind) => this.#collection(kind),
    read: <T extends KubeObject>(kind: Kind<T>, stored: T): T =>
      this.#readHooks.size === 0 ? stored : (this.#read(this.#collection(kind), stored) as T),
    onCommit: (kind: Kind, handler: Parameters<Api["onChange"]>[1]) =>
      this.#store.onCommit(this.#collectionOf(kind), ({ type, object, previous }) =>
        handler(previous === undefined ? { type, object } : { type, object, previous }),
      ),
  };
  #up = true;
  #tokenIssuer: TokenIssuer | undefined;

  constructor({ engine, timing, kinds = KINDS }: ApiServerOptions) {
    this.engine = engine;
    this.kinds = new KindRegistry(kinds);
    this.#context = {
      engine,
      store: this.#store,
      kinds: this.kinds,
      admission: new AdmissionChain([]),
    };
    expireEvents(engine, this.#store, this.#collectionOf(events), timing.eventTtlMs);
    const starter: Caller = {
      user: { name: "system:apiserver", groups: ["system:masters"] },
      agent: "kube-apiserver",
    };
    for (const { kind, draft } of bootstrapObjects()) {
      const { namespace } = draft.metadata;
      if (this.kinds.served(kind)) this.create(starter, { kind, ...(namespace ? { namespace } : {}) }, draft);
    }
  }

  get up(): boolean {
    return this.#up;
  }

  setUp(up: boolean): void {
    this.#up = up;
    if (up) return;
    for (const watch of [...this.#watches]) watch.stop();
  }

  get(_caller: Caller, target: Target): KubeObject {
    const collection = this.#collection(target.kind, "get");
    const { namespace, name = "" } = target;
    const stored = collection.get(namespace, name);
    if (stored === undefined) throw notFound(target.kind, name);
    return this.#read(collection, stored);
  }

  list(_caller: Caller, target: Target, query: ListQuery = {}): ListAnswer {
    const collection = this.#collection(target.kind, "list");
    const source = { kind: target.kind, collection, revision: this.#store.revision };
    const answer = listObjects(source, target.namespace, query);
    if (!this.#readHooks.has(collection)) return answer;
    return { ...answer, items: answer.items.map((object) => this.#read(collection, object)) };
  }

  watch(_caller: Caller, target: Target, query: WatchQuery = {}): WatchStream {
    const collection = this.#collection(target.kind, "watch");
    const source = {
      engine: this.engine,
      store: this.#store,
      kind: target.kind,
      collection,
      convert: (object: KubeObject) => object,
      open: this.#watches,
    };
    return openWatch(source, target.namespace, query);
  }

  create(
    caller: Caller,
    target: Target,
    body: Readonly<Record<string, unknown>>,
    parameters: WriteParameters = {},
  ): KubeObject {
    if (target.subresource !== undefined) {
      const request = this.#request(caller, target, parameters.dryRun);
      const subresource = subresourceOf(target.kind, target.subresource);
      if (subresource?.create === undefined) throw methodNotSupported(target.kind, "create");
      return subresource.create(
        this.#subresourceContext(caller),
        { ...request, name: target.name ?? "" },
        body,
      );
    }
    const request = this.#request(caller, target, parameters.dryRun, "create");
    return createObject(this.#context, request, decodeBody(target, body));
  }

  update(
    caller: Caller,
    target: Target,
    body: Readonly<Record<string, unknown>>,
    parameters: WriteParameters = {},
  ): WriteAnswer {
    const request = this.#request(caller, target, parameters.dryRun, "update");
    const wanted = decodeBody(target, body);
    return updateObject(this.#context, { ...request, name: target.name ?? "" }, () => wanted);
  }

  patch(
    caller: Caller,
    target: Target,
    type: PatchType,
    body: unknown,
    parameters: PatchParameters = {},
  ): WriteAnswer {
    const request = this.#request(caller, target, parameters.dryRun, "patch");
    const name = target.name ?? "";
    return updateObject(this.#context, { ...request, name }, (old) => {
      if (old === undefined) throw notFound(target.kind, name);
      return decodeBody(target, applyPatch(old, type, body));
    });
  }

  delete(caller: Caller, target: Target, parameters: DeleteParameters = {}): DeleteAnswer {
    const request = this.#request(caller, target, parameters.dryRun, "delete");
    const { object, gone } = deleteObject(this.#context, { ...request, name: target.name ?? "" }, parameters);
    return {
      object,
      gone,
      body: gone && !request.strategy.returnsDeleted ? deletedStatus(target.kind, object) : { ...object },
    };
  }

  deleteCollection(
    caller: Caller,
    target: Target,
    query: ListQuery = {},
    parameters: DeleteParameters = {},
  ): ListAnswer {
    this.#collection(target.kind, "deletecollection");
    const found = this.list(caller, target, query);
    for (const { metadata } of found.items) {
      this.delete(
        caller,
        {
          kind: target.kind,
          name: metadata.name,
          ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
        },
        parameters,
      );
    }
    return found;
  }

  api(user: string): Api {
    return new LocalApi(this.#access, user);
  }

  onRead<T extends KubeObject>(kind: Kind<T>, hook: ReadHook<T>): void {
    this.#readHooks.set(this.#collectionOf(kind), hook as unknown as ReadHook<KubeObject>);
  }

  setTokenIssuer(issuer: TokenIssuer): void {
    this.#tokenIssuer = issuer;
  }

  #subresourceContext(caller: Caller) {
    return {
      ...this.#context,
      issueToken: this.#tokenIssuer,
      deletePod: (request: WriteRequest & { readonly name: string }, parameters: DeleteParameters) =>
        this.delete(
          caller,
          {
            kind: request.kind,
            name: request.name,
            ...(request.namespace ? { namespace: request.namespace } : {}),
          },
          parameters,
        ).object,
    };
  }

  #request(caller: Caller, target: Target, dryRun = false, verb?: Verb): WriteRequest {
    const collection = this.#collection(target.kind, verb);
    return {
      caller,
      kind: target.kind,
      collection,
      strategy: strategyOf(collection.kind),
      namespace: target.namespace,
      name: target.name,
      subresource: target.subresource,
      dryRun,
    };
  }

  #collection(kind: Kind, verb?: Verb): Collection {
    if (!this.#up) throw unavailable();
    if (verb !== undefined && !kind.verbs.includes(verb)) throw methodNotSupported(kind, verb);
    return this.#collectionOf(kind);
  }

  #collectionOf(kind: Kind): Collection {
    const served = this.kinds.served(kind);
    if (served === undefined) throw noSuchResource();
    return this.#store.collection(this.kinds.storageOf(served));
  }

  #read(collection: Collection, stored: KubeObject): KubeObject {
    const hook = this.#readHooks.get(collection);
    return hook === undefined ? stored : hook(stored);
  }
}

function deletedStatus(kind: Kind, { metadata }: KubeObject): Readonly<Record<string, unknown>> {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: metadata.name,
      ...(kind.group === "" ? {} : { group: kind.group }),
      kind: kind.plural,
      uid: metadata.uid,
    },
  };
}
