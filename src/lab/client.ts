import type {
  Body,
  Client,
  DeleteQuery,
  GetQuery,
  ListQuery,
  ObjectList,
  PatchKind,
  WatchNotice,
  WatchQuery,
  WriteQuery,
} from "../client/client.ts";
import { ConnectionError } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { attempt } from "./apiserver/attempts.ts";
import { RequestMemo } from "./apiserver/request-memo.ts";
import type { ApiServer, Caller, Target, UserInfo, WatchEvent, WatchStream } from "./apiserver/server.ts";

export interface LocalClientOptions {
  /** A name stands for an authenticated user of that name; `system:admin` with every right when absent. */
  readonly user?: string | UserInfo;
  /** Names the field manager of writes that give none. */
  readonly agent?: string;
  /** Whether the wire to the API server carries; asked at every request. */
  readonly reaches?: () => boolean;
  /** Told of what real servers put into Warning headers. */
  readonly onWarning?: (text: string) => void;
}

const ADMIN: UserInfo = { name: "system:admin", groups: ["system:masters", "system:authenticated"] };

/**
 * The client that everything built on `client/` uses against a lab in the same process. Answers come in a microtask,
 * so that a run on virtual time is as repeatable as the server itself.
 */
export function createLocalClient(server: ApiServer, options: LocalClientOptions = {}): Client {
  return new LocalClient(server, options);
}

class LocalClient implements Client {
  readonly #server: ApiServer;
  readonly #caller: Caller;
  readonly #reaches: () => boolean;

  constructor(
    server: ApiServer,
    { user = ADMIN, agent = "holdfast", reaches = () => true, onWarning }: LocalClientOptions,
  ) {
    this.#server = server;
    this.#reaches = reaches;
    this.#caller = {
      user: typeof user === "string" ? { name: user, groups: ["system:authenticated"] } : user,
      agent,
      ...(onWarning !== undefined && { warn: onWarning }),
    };
  }

  async get<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    query: GetQuery = {},
  ): Promise<T> {
    return this.#attempt(
      this.#request((server, caller) => server.get(caller, target(kind, namespace, name), query)),
    ) as T;
  }

  async list<T extends KubeObject>(kind: Kind<T>, query: ListQuery = {}): Promise<ObjectList<T>> {
    const place = target(kind, query.namespace);
    return this.#attempt(
      this.#request((server, caller) => server.list(caller, place, query)),
    ) as ObjectList<T>;
  }

  async create<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    body: Body,
    query: WriteQuery = {},
  ): Promise<T> {
    const place = target(kind, namespace);
    return this.#attempt(
      this.#request((server, caller) => server.create(caller, place, body, withChecks(query))),
    ) as T;
  }

  async update<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    body: Body,
    query: WriteQuery = {},
  ): Promise<T> {
    const place = target(kind, namespace, name);
    return this.#attempt(
      this.#request((server, caller) => server.update(caller, place, body, withChecks(query)).object),
    ) as T;
  }

  async patch<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    type: PatchKind,
    body: unknown,
    query: WriteQuery & { readonly force?: boolean; readonly subresource?: string } = {},
  ): Promise<T> {
    const { subresource, ...parameters } = query;
    const place = target(kind, namespace, name, subresource);
    return this.#attempt(
      this.#request(
        (server, caller) => server.patch(caller, place, type, body, withChecks(parameters)).object,
      ),
    ) as T;
  }

  async delete(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    query: DeleteQuery = {},
  ): Promise<KubeObject> {
    const place = target(kind, namespace, name);
    const ask = this.#request((server, caller) => server.delete(caller, place, query).body);
    return this.#attempt(ask) as unknown as KubeObject;
  }

  async deleteCollection(kind: Kind, query: ListQuery, options: DeleteQuery = {}): Promise<void> {
    const place = target(kind, query.namespace);
    await this.#attempt(
      this.#request((server, caller) => server.deleteCollection(caller, place, query, options)),
    );
  }

  async subresource(
    verb: "get" | "update" | "create",
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: string,
    body: Body = {},
    query: WriteQuery = {},
  ): Promise<KubeObject> {
    const place = target(kind, namespace, name, subresource);
    return this.#attempt(
      this.#request((server, caller) => {
        if (verb === "get") return server.get(caller, place);
        if (verb === "create") return server.create(caller, place, body, withChecks(query));
        return server.update(caller, place, body, withChecks(query)).object;
      }),
    );
  }

  /** What a request waits for, such as code that is loaded when it is first needed, takes real time and no virtual one. */
  #attempt<T>(request: () => T): T | Promise<T> {
    return attempt(request, (ready) => this.#server.engine.hold(ready));
  }

  watch<T extends KubeObject>(kind: Kind<T>, query: WatchQuery = {}): AsyncIterable<WatchNotice<T>> {
    return {
      [Symbol.asyncIterator]: () =>
        new NoticeIterator<T>(() =>
          this.#connect().watch(this.#caller, target(kind, query.namespace), query),
        ),
    };
  }

  /** A request that can be made again: it remembers what it was answered on the way. */
  #request<T>(ask: (server: ApiServer, caller: Caller) => T): () => T {
    const caller = { ...this.#caller, memo: new RequestMemo() };
    return () => ask(this.#connect(), caller);
  }

  #connect(): ApiServer {
    if (!this.#server.up || !this.#reaches()) throw new ConnectionError("The API server does not answer");
    return this.#server;
  }
}

/** Takes notices off a stream one by one. Stopping it ends a pending wait too, which a generator could not do. */
class NoticeIterator<T extends KubeObject> implements AsyncIterator<WatchNotice<T>> {
  readonly #open: () => WatchStream;
  #stream: WatchStream | undefined;

  constructor(open: () => WatchStream) {
    this.#open = open;
  }

  async next(): Promise<IteratorResult<WatchNotice<T>>> {
    this.#stream ??= this.#open();
    const stream = this.#stream;
    for (;;) {
      const event = stream.next();
      if (event !== undefined) return { done: false, value: noticeOf<T>(event) };
      if (stream.ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => stream.onWake(resolve));
    }
  }

  async return(): Promise<IteratorResult<WatchNotice<T>>> {
    this.#stream?.stop();
    return { done: true, value: undefined };
  }
}

function noticeOf<T extends KubeObject>({ type, object }: WatchEvent): WatchNotice<T> {
  switch (type) {
    case "ERROR":
      return { type, status: object as unknown as Readonly<Record<string, unknown>> };
    case "BOOKMARK":
      return { type, object, resourceVersion: object.metadata.resourceVersion };
    default:
      return { type, object: object as T };
  }
}

/** Bodies from outside are checked like those that come over HTTP. */
function withChecks<Q extends WriteQuery>(query: Q): Q {
  return { fieldValidation: "Warn", ...query };
}

function target(kind: Kind, namespace: string | undefined, name?: string, subresource?: string): Target {
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
