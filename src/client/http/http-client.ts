/**
 * The `Client` for a cluster behind HTTP: a real one, or a lab started with `holdfast lab up`. It sends what it is told and
 * tells what comes back; nothing is cached and nothing but a broken idle connection is tried again.
 */
import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import type { KubeObject } from "../../kube/types/index.ts";
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
} from "../client.ts";
import type { ClusterAccess } from "./cluster-access.ts";
import { Connection, type ConnectionOptions, type OutgoingRequest } from "./connection.ts";
import { pathOf, queryText } from "./paths.ts";
import { statusErrorOf } from "./refusal.ts";
import { watchNotices } from "./watch-notices.ts";

export interface HttpClientOptions extends ConnectionOptions {
  /** Told of the server's Warning headers. */
  readonly onWarning?: (text: string) => void;
}

/** A client, and the way to let go of its connections. */
export interface HttpClient extends Client {
  /** Sends a request to any path of the server and reads the JSON it answers. @throws {StatusError} {ConnectionError} */
  fetch(request: OutgoingRequest): Promise<unknown>;
  /** Reads a path whose answer is plain text, as a log is. @throws {StatusError} {ConnectionError} */
  text(path: string): Promise<string>;
  close(): void;
}

/** A client for the cluster that a kubeconfig leads to. */
export function createHttpClient(access: ClusterAccess, options: HttpClientOptions = {}): HttpClient {
  return new ConnectedClient(new Connection(access, options), options.onWarning ?? (() => {}));
}

const PATCH_TYPES: Readonly<Record<PatchKind, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

const VERB_METHODS = { get: "GET", update: "PUT", create: "POST" } as const;

class ConnectedClient implements HttpClient {
  readonly #connection: Connection;
  readonly #warn: (text: string) => void;

  constructor(connection: Connection, warn: (text: string) => void) {
    this.#connection = connection;
    this.#warn = warn;
  }

  async fetch(request: OutgoingRequest): Promise<unknown> {
    const answer = await this.#connection.send(request);
    for (const text of answer.warnings) this.#warn(text);
    if (answer.code >= 200 && answer.code < 300) return answer.body === "" ? {} : JSON.parse(answer.body);
    throw statusErrorOf(answer.code, answer.body);
  }

  async text(path: string): Promise<string> {
    const answer = await this.#connection.send({ method: "GET", path, accept: "text/plain, */*" });
    if (answer.code >= 200 && answer.code < 300) return answer.body;
    throw statusErrorOf(answer.code, answer.body);
  }

  close(): void {
    this.#connection.close();
  }

  async get<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    query: GetQuery = {},
  ): Promise<T> {
    const path = pathOf(kind, namespace, name) + queryText({ ...query });
    return (await this.fetch({ method: "GET", path })) as T;
  }

  async list<T extends KubeObject>(kind: Kind<T>, query: ListQuery = {}): Promise<ObjectList<T>> {
    const { namespace, ...rest } = query;
    const path = pathOf(kind, namespace) + queryText(rest);
    const list = (await this.fetch({ method: "GET", path })) as ObjectList<T>;
    const apiVersion = apiVersionOf(kind);
    // A list's items leave out what the list itself says.
    const items = (list.items ?? []).map((item) => ({ ...item, apiVersion, kind: kind.kind }));
    return { items, metadata: list.metadata };
  }

  async create<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    body: Body,
    query: WriteQuery = {},
  ): Promise<T> {
    return this.#write("POST", pathOf(kind, namespace), body, query) as Promise<T>;
  }

  async update<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    body: Body,
    query: WriteQuery = {},
  ): Promise<T> {
    return this.#write("PUT", pathOf(kind, namespace, name), body, query) as Promise<T>;
  }

  async patch<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    type: PatchKind,
    body: unknown,
    query: WriteQuery & { readonly force?: boolean; readonly subresource?: string } = {},
  ): Promise<T> {
    const { subresource, force, ...rest } = query;
    const path = pathOf(kind, namespace, name, subresource) + queryText({ ...writeQuery(rest), force });
    const request = {
      method: "PATCH",
      path,
      body: JSON.stringify(body),
      contentType: PATCH_TYPES[type],
    } as const;
    return (await this.fetch(request)) as T;
  }

  async delete(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    query: DeleteQuery = {},
  ): Promise<KubeObject> {
    const request = {
      method: "DELETE",
      path: pathOf(kind, namespace, name),
      body: deleteOptions(query),
    } as const;
    return (await this.fetch(request)) as KubeObject;
  }

  async deleteCollection(kind: Kind, query: ListQuery, options: DeleteQuery = {}): Promise<void> {
    const { namespace, ...rest } = query;
    const path = pathOf(kind, namespace) + queryText(rest);
    await this.fetch({ method: "DELETE", path, body: deleteOptions(options) });
  }

  async subresource(
    verb: "get" | "update" | "create",
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: string,
    body?: Body,
    query: WriteQuery = {},
  ): Promise<KubeObject> {
    const path = pathOf(kind, namespace, name, subresource);
    if (verb === "get") return (await this.fetch({ method: "GET", path })) as KubeObject;
    return this.#write(VERB_METHODS[verb], path, body ?? {}, query);
  }

  watch<T extends KubeObject>(kind: Kind<T>, query: WatchQuery = {}): AsyncIterable<WatchNotice<T>> {
    const { namespace, ...rest } = query;
    const path = pathOf(kind, namespace) + queryText({ ...rest, watch: true });
    return watchNotices<T>(this.#connection, path);
  }

  async #write(method: "POST" | "PUT", path: string, body: Body, query: WriteQuery): Promise<KubeObject> {
    const request = { method, path: path + queryText(writeQuery(query)), body: JSON.stringify(body) };
    return (await this.fetch(request)) as KubeObject;
  }
}

function writeQuery({ dryRun, fieldManager, fieldValidation }: WriteQuery) {
  return { dryRun: dryRun ? "All" : undefined, fieldManager, fieldValidation };
}

function deleteOptions({ dryRun, ...rest }: DeleteQuery): string {
  const options = { kind: "DeleteOptions", apiVersion: "v1", ...rest };
  return JSON.stringify(dryRun ? { ...options, dryRun: ["All"] } : options);
}
