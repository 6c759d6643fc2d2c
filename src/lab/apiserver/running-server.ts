import type { Body, ListQuery, WatchQuery } from "../../client/client.ts";
import type { Kind, Verb } from "../../kube/kind.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import { AccountTokens } from "./access/account-tokens.ts";
import { checkPrivileges } from "./access/privileges.ts";
import { createAdmission } from "./admission/create-admission.ts";
import type { Api, ChangeHandler, PatchType } from "./api.ts";
import type { Collection } from "./collection.ts";
import { fromStorage } from "./conversion.ts";
import type { CustomVersion } from "./custom/custom-version.ts";
import { decodeObject, placeObject } from "./decode.ts";
import { checkDeleteParameters, deletedStatus, warnOfOrphans } from "./delete-parameters.ts";
import { tellDeprecation } from "./deprecations.ts";
import { methodNotSupported, noSuchResource, notFound, unavailable } from "./errors.ts";
import { applied, checkPatchParameters, type OwnedWrite, withOwners } from "./field-owners.ts";
import { IssuedContinues } from "./issued-continues.ts";
import { judgeBy } from "./judge.ts";
import type { KindRegistry } from "./kind-registry.ts";
import { listObjects } from "./list.ts";
import { checkNotFuture } from "./list-query.ts";
import { LocalApi } from "./local-api.ts";
import { type LooseObject, loose } from "./loose.ts";
import type { CallOutside, Outside } from "./outside/outside.ts";
import { patched, readingApplied, refusePatch } from "./patch.ts";
import type { PodLogs } from "./pod-logs.ts";
import type { RegistryContext } from "./registry/context.ts";
import { createObject } from "./registry/create.ts";
import { deleteObject } from "./registry/delete.ts";
import { type NamedRequest, type Next, type NextState, updateObject } from "./registry/update.ts";
import { madeFor, momentOf } from "./request-memo.ts";
import type {
  ApiServer,
  Caller,
  DeleteAnswer,
  DeleteParameters,
  ListAnswer,
  PatchParameters,
  ReadHook,
  Target,
  WatchStream,
  WriteAnswer,
  WriteParameters,
} from "./server.ts";
import type { Store } from "./store.ts";
import { subresourceOf } from "./subresources/registry.ts";
import type { Subresource, SubresourceContext } from "./subresources/subresource.ts";
import { bodyKindOf, legacyBinding, placeOf, requestFor } from "./targets.ts";
import { Versions } from "./versions.ts";
import { openWatch } from "./watch.ts";

/** The parts that a server is put together from. */
export interface ServerParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly kinds: KindRegistry;
  readonly allocate: RegistryContext["allocate"];
  /** What is known of kinds that are not built in. */
  readonly customVersionOf: (kind: Kind) => CustomVersion | undefined;
  /** Whether mutating admission policies are acted upon. */
  readonly mutatingPolicies: boolean;
}

/** Takes requests apart, asks registry, watch and subresources, and puts the answers into the version asked for. */
export class RunningServer implements ApiServer {
  readonly engine: Engine;
  readonly kinds: KindRegistry;
  readonly tokens: AccountTokens;
  podLogs: PodLogs | undefined;
  readonly #store: Store;
  readonly #parts: ServerParts;
  readonly #context: RegistryContext;
  readonly #api: Api;
  readonly #versions: Versions;
  readonly #readHooks = new Map<Collection, ReadHook<KubeObject>>();
  readonly #watches = new Set<WatchStream>();
  readonly #continues: IssuedContinues;
  /** Where a kind's objects are, found once for every row; forgotten when the registry of kinds changes. */
  readonly #collections = new Map<Kind, Collection>();
  /** Whose objects are read by what definitions say today. */
  readonly #customCollections = new WeakSet<Collection>();
  readonly #outside: Outside = { call: undefined };
  #up = true;

  constructor(parts: ServerParts) {
    const { engine, kinds, store, allocate, customVersionOf, mutatingPolicies } = parts;
    this.engine = engine;
    this.kinds = kinds;
    this.#store = store;
    this.#continues = new IssuedContinues(engine);
    this.#parts = parts;
    kinds.onChange(() => this.#collections.clear());
    this.#api = this.api("kube-apiserver");
    this.tokens = new AccountTokens(engine, this.#api);
    const plugged = { engine, api: this.#api };
    this.#versions = new Versions({ ...plugged, kinds, outside: this.#outside, customVersionOf });
    const outside = this.#outside;
    const admission = createAdmission({
      ...plugged,
      kinds,
      outside,
      customVersionOf,
      mutatingPolicies,
      versions: this.#versions,
    });
    this.#context = {
      engine,
      store,
      admission,
      allocate,
      checkPrivileges: (request, object, old) => checkPrivileges(this.#api, request, object, old),
      judge: judgeBy(customVersionOf),
    };
  }

  get up(): boolean {
    return this.#up;
  }

  setUp(up: boolean): void {
    this.#up = up;
    if (!up) for (const watch of [...this.#watches]) watch.stop();
  }

  get(caller: Caller, target: Target, query: { readonly resourceVersion?: string } = {}): KubeObject {
    const { kind, namespace, name = "", subresource } = target;
    tellDeprecation(caller, kind);
    const collection = this.#collection(kind, "get");
    checkNotFuture(query.resourceVersion, this.#store.revision);
    if (subresource !== undefined) {
      const own = this.#subresource(kind, subresource);
      if (own?.get !== undefined)
        return own.get(this.#subresourceContext(), this.#request(caller, target, {}));
      if (own !== undefined) throw methodNotSupported(kind, "get");
    }
    const stored = collection.get(namespace, name);
    if (stored === undefined) throw notFound(kind, name);
    return this.#show(kind, collection, stored, caller);
  }

  list(caller: Caller, { kind, namespace }: Target, query: ListQuery = {}): ListAnswer {
    tellDeprecation(caller, kind);
    const collection = this.#collection(kind, "list");
    const row = this.#row(kind, collection);
    const source = { kind: row, collection, revision: this.#store.revision, continues: this.#continues };
    const answer = listObjects(source, namespace, query);
    if (this.#showsStored(kind, collection)) return answer;
    return { ...answer, items: this.#showAll(kind, collection, answer.items) };
  }

  watch(caller: Caller, { kind, namespace }: Target, query: WatchQuery = {}): WatchStream {
    tellDeprecation(caller, kind);
    const collection = this.#collection(kind, "watch");
    const source = {
      engine: this.engine,
      store: this.#store,
      kind: this.#row(kind, collection),
      collection,
      convert: (object: KubeObject) => this.#versions.readShared(kind, collection.kind, object),
      convertAll: (objects: readonly KubeObject[]) => this.#versions.readAll(kind, collection.kind, objects),
      open: this.#watches,
    };
    return openWatch(source, namespace, query);
  }

  create(caller: Caller, target: Target, body: Body, parameters: WriteParameters = {}): KubeObject {
    const { kind, subresource } = target;
    if (kind.plural === "bindings" && kind.group === "") {
      return this.create(caller, legacyBinding(target, body), body, parameters);
    }
    if (subresource !== undefined) {
      const own = this.#subresource(kind, subresource);
      if (own?.create === undefined) throw methodNotSupported(kind, "create");
      const request = this.#request(caller, target, parameters);
      return own.create(this.#subresourceContext(), request, body, parameters);
    }
    const request = this.#request(caller, target, parameters, "create");
    const decoded = placeObject(
      target,
      decodeObject({ kind, parameters, caller, custom: this.#custom(kind) }, body),
    );
    const owned = withOwners(this.#owned(caller, target, parameters), undefined, decoded);
    const object = this.#versions.keep(kind, request.collection.kind, owned, caller);
    // Once it is stored, only showing it may have to wait.
    const made = madeFor(caller, "created", () => createObject(this.#context, request, object));
    return this.#show(kind, request.collection, made, caller);
  }

  update(caller: Caller, target: Target, body: Body, parameters: WriteParameters = {}): WriteAnswer {
    const bodyKind = bodyKindOf(target);
    const decode = (old: LooseObject | undefined) => {
      const stored = this.#isStored(bodyKind) ? old : undefined;
      const decoding = { kind: bodyKind, parameters, caller, custom: this.#custom(bodyKind), stored };
      return placeObject(target, decodeObject(decoding, body));
    };
    // What is wrong with a body is told before what is wrong with its place.
    const { kind, namespace, name = "" } = target;
    if (this.#collection(kind, "update").get(namespace, name) === undefined) decode(undefined);
    return this.#change(caller, target, parameters, "update", (old, owned) => {
      const object = decode(old);
      return { object: withOwners(owned, old, object), uid: object.metadata.uid };
    });
  }

  patch(
    caller: Caller,
    target: Target,
    type: PatchType,
    body: unknown,
    parameters: PatchParameters = {},
  ): WriteAnswer {
    const kind = bodyKindOf(target);
    checkPatchParameters(type === "apply", parameters);
    const decoding = { kind, parameters, caller, custom: this.#custom(kind) };
    return this.#change(caller, target, parameters, type === "apply" ? "apply" : "patch", (old, owned) => {
      if (type === "apply") {
        const object = applied(owned, parameters, old, body);
        if (object === old) return { object };
        const whole = decodeObject({ ...decoding, ...readingApplied(kind, body) }, object);
        return { object: placeObject(target, whole) };
      }
      if (old === undefined) throw notFound(target.kind, target.name ?? "");
      const result = patched(kind, old, type, body);
      const stored = this.#isStored(kind) ? old : undefined;
      const whole = decodeObject({ ...decoding, stored, refuse: refusePatch(type, body, result) }, result);
      return { object: withOwners(owned, old, placeObject(target, whole)) };
    });
  }

  delete(caller: Caller, target: Target, parameters: DeleteParameters = {}): DeleteAnswer {
    warnOfOrphans(caller, target.kind, parameters);
    return this.#delete(caller, target, parameters, false);
  }

  #delete(caller: Caller, target: Target, parameters: DeleteParameters, ofCollection: boolean): DeleteAnswer {
    const request = { ...this.#request(caller, target, parameters, "delete"), ofCollection };
    checkDeleteParameters(parameters);
    const { object, gone } = madeFor(caller, `deleted ${target.namespace}/${target.name}`, () =>
      deleteObject(this.#context, request, parameters),
    );
    const shown = this.#show(target.kind, request.collection, object, caller);
    const showsObject = !gone || request.strategy.returnsDeleted;
    return { object: shown, gone, body: showsObject ? { ...shown } : deletedStatus(target.kind, object) };
  }

  deleteCollection(
    caller: Caller,
    target: Target,
    query: ListQuery = {},
    parameters: DeleteParameters = {},
  ): ListAnswer {
    this.#collection(target.kind, "deletecollection");
    warnOfOrphans(caller, target.kind, parameters);
    const found = madeFor(caller, "collection", () => this.list(caller, target, query));
    for (const { metadata } of found.items) {
      try {
        this.#delete(caller, placeOf(target.kind, metadata.namespace, metadata.name), parameters, true);
      } catch (error) {
        // Another deletion of the list may have taken it along.
        if (!isStatus(error, "NotFound")) throw error;
      }
    }
    return found;
  }

  connect(caller: Caller, target: Target, options: Readonly<Record<string, unknown>>): void {
    this.#context.admission.connect(this.#request(caller, target, {}), options as LooseObject);
  }

  api(user: string): Api {
    return new LocalApi(
      {
        server: this,
        collection: (kind) => this.#collection(kind),
        showsStored: (kind, collection) => this.#showsStored(kind, collection),
        show: <T extends KubeObject>(kind: Kind<T>, collection: Collection, stored: T): T =>
          this.#fromStorage(this.#spokenBySelf(kind), collection, this.#hooked(collection, stored)) as T,
        spoken: (kind) => this.#spokenBySelf(kind),
        onCommit: (kind, handler) => this.#onCommit(kind, handler),
      },
      user,
    );
  }

  openOutside(call: CallOutside): void {
    this.#outside.call = call;
  }

  onRead<T extends KubeObject>(kind: Kind<T>, hook: ReadHook<T>): void {
    this.#readHooks.set(this.#collectionOf(kind), hook as unknown as ReadHook<KubeObject>);
  }

  /** An update of an object or of one of its subresources; `next` works in the version that the request speaks. */
  #change(
    caller: Caller,
    target: Target,
    parameters: WriteParameters,
    verb: "update" | "patch" | "apply",
    next: (old: LooseObject | undefined, owned: OwnedWrite) => Next,
  ): WriteAnswer {
    const { kind, subresource } = target;
    const own = subresource === undefined ? undefined : this.#subresource(kind, subresource);
    if (own !== undefined) {
      if (own.update === undefined) throw methodNotSupported(kind, verb);
      const request = this.#request(caller, target, parameters);
      const owned = {
        ...this.#owned(caller, target, parameters),
        kind: bodyKindOf(target),
        schema: undefined,
      };
      return own.update(this.#subresourceContext(), request, {
        make: (present) => next(present, owned).object,
      });
    }
    const owned = this.#owned(caller, target, parameters);
    const request = this.#request(caller, target, parameters, verb === "update" ? verb : "patch");
    const stored = request.collection.kind;
    const state: NextState = (old) => {
      const shown = old && loose(this.#versions.read(kind, stored, old, caller));
      const { object, uid } = next(shown, owned);
      return {
        object: this.#versions.keep(kind, stored, object, caller),
        ...(uid ? { uid } : {}),
      };
    };
    const createsMissing = verb === "apply" && subresource === undefined;
    const { object, created } = madeFor(caller, "changed", () =>
      updateObject(this.#context, request, state, createsMissing),
    );
    return { object: this.#show(kind, request.collection, object, caller), created };
  }

  #owned(caller: Caller, { kind, subresource }: Target, parameters: WriteParameters): OwnedWrite {
    const nowMs = momentOf(caller, this.engine);
    const schema = this.#custom(kind)?.schema;
    return { kind, schema, caller, parameters, subresource, nowMs };
  }

  #onCommit(kind: Kind, handler: ChangeHandler<KubeObject>): () => void {
    const collection = this.#collectionOf(kind);
    const show = (object: KubeObject) => this.#fromStorage(this.#spokenBySelf(kind), collection, object);
    return this.#store.onCommit(collection, ({ type, object, previous }) =>
      handler(
        previous === undefined
          ? { type, object: show(object) }
          : { type, object: show(object), previous: show(previous) },
      ),
    );
  }

  #subresource(kind: Kind, subresource: string): Subresource | undefined {
    if (kind.subresources[subresource] === undefined) throw noSuchResource();
    if (subresource === "scale") return subresourceOf(kind, subresource) ?? this.#custom(kind)?.scale;
    return subresourceOf(kind, subresource);
  }

  #custom(kind: Kind): CustomVersion | undefined {
    return this.#parts.customVersionOf(kind);
  }

  /** Whether objects of the kind are stored in its version, just as they are read. */
  #isStored(kind: Kind): boolean {
    return this.#collections.get(kind)?.kind === kind;
  }

  #subresourceContext(): SubresourceContext {
    return {
      ...this.#context,
      api: this.#api,
      tokens: this.tokens,
      delete: (request, parameters) => {
        const { dryRun = false } = parameters;
        return deleteObject(this.#context, { ...request, subresource: undefined, dryRun }, parameters, true)
          .object;
      },
    };
  }

  #request(
    caller: Caller,
    target: Target,
    parameters: PatchParameters | DeleteParameters,
    verb?: Verb,
  ): NamedRequest {
    return requestFor(caller, target, parameters, this.#collection(target.kind, verb));
  }

  /** @throws {StatusError} when the server is down, or the kind is not served or knows no such verb */
  #collection(kind: Kind, verb?: Verb): Collection {
    if (!this.#up) throw unavailable();
    if (verb !== undefined && !kind.verbs.includes(verb)) throw methodNotSupported(kind, verb);
    return this.#collectionOf(kind);
  }

  #collectionOf(kind: Kind): Collection {
    let collection = this.#collections.get(kind);
    if (collection === undefined) {
      const served = this.kinds.served(kind);
      if (served === undefined) throw noSuchResource();
      collection = this.#store.collection(this.kinds.storageOf(served));
      this.#collections.set(kind, collection);
      if (this.#custom(served) !== undefined) this.#customCollections.add(collection);
    }
    return collection;
  }

  /** What is known of a kind today; who asks may have an older row of a custom one. */
  #row(kind: Kind, collection: Collection): Kind {
    return this.#customCollections.has(collection) ? (this.kinds.served(kind) ?? kind) : kind;
  }

  /** Whether reads see objects just as they are stored. */
  #showsStored(kind: Kind, collection: Collection): boolean {
    return (
      kind === collection.kind && !this.#readHooks.has(collection) && !this.#customCollections.has(collection)
    );
  }

  #fromStorage(kind: Kind, collection: Collection, object: KubeObject): KubeObject {
    return fromStorage(kind, collection.kind, object, this.#parts.customVersionOf);
  }

  /** The version of a kind that the server's own parts speak: that of the store where another would take a webhook. */
  #spokenBySelf<T extends KubeObject>(kind: Kind<T>): Kind<T> {
    return this.#versions.isWebhookConverted(kind) ? (this.#collectionOf(kind).kind as Kind<T>) : kind;
  }

  #show(kind: Kind, collection: Collection, stored: KubeObject, caller: Caller): KubeObject {
    return this.#versions.read(kind, collection.kind, this.#hooked(collection, stored), caller);
  }

  #showAll(kind: Kind, collection: Collection, stored: readonly KubeObject[]): readonly KubeObject[] {
    const hooked = stored.map((object) => this.#hooked(collection, object));
    return this.#versions.readAll(kind, collection.kind, hooked);
  }

  #hooked(collection: Collection, stored: KubeObject): KubeObject {
    return this.#readHooks.get(collection)?.(stored) ?? stored;
  }
}
