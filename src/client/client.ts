/**
 * How everything outside the lab talks to a cluster: real, lab over HTTP, or lab in process. Callers ask for the least:
 * a `Reader` where they only look. All three kinds of cluster pass the same contract suite (`test/contract/`).
 *
 * Failures are `StatusError` where the server answered, `ConnectionError` where it did not.
 */
import type { Kind } from "../kube/kind.ts";
import type { KubeObject, ListMeta } from "../kube/types/index.ts";

export interface ObjectList<T extends KubeObject> {
  readonly items: readonly T[];
  readonly metadata: ListMeta;
}

export interface ListQuery {
  readonly namespace?: string;
  /** As kubectl writes them: "app=web,tier!=db", "metadata.name=x". */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan";
}

export interface GetQuery {
  readonly resourceVersion?: string;
}

export interface Reader {
  get<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    query?: GetQuery,
  ): Promise<T>;
  list<T extends KubeObject>(kind: Kind<T>, query?: ListQuery): Promise<ObjectList<T>>;
}

export interface WriteQuery {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
}

export interface DeleteQuery {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

export type PatchKind = "json" | "merge" | "strategic" | "apply";

/** Objects on their way in: any JSON that the server is to complete and judge. */
export type Body = Readonly<Record<string, unknown>>;

export interface Writer {
  create<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    body: Body,
    query?: WriteQuery,
  ): Promise<T>;
  update<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    body: Body,
    query?: WriteQuery,
  ): Promise<T>;
  patch<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    type: PatchKind,
    body: unknown,
    query?: WriteQuery & { readonly force?: boolean; readonly subresource?: string },
  ): Promise<T>;
  /** The object as it stands after the request, or a Status. */
  delete(kind: Kind, namespace: string | undefined, name: string, query?: DeleteQuery): Promise<KubeObject>;
  deleteCollection(kind: Kind, query: ListQuery, options?: DeleteQuery): Promise<void>;
  /** GET, PUT or POST on a subresource: "status", "scale", "eviction", "binding", "token". */
  subresource(
    verb: "get" | "update" | "create",
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: string,
    body?: Body,
    query?: WriteQuery,
  ): Promise<KubeObject>;
}

export type WatchNotice<T extends KubeObject> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string; readonly object: KubeObject }
  | { readonly type: "ERROR"; readonly status: Readonly<Record<string, unknown>> };

export interface WatchQuery {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly resourceVersionMatch?: "NotOlderThan";
  readonly timeoutSeconds?: number;
}

export interface Watcher {
  /** Notices in order of resourceVersion until the server ends the watch or the caller stops iterating. */
  watch<T extends KubeObject>(kind: Kind<T>, query?: WatchQuery): AsyncIterable<WatchNotice<T>>;
}

export interface Client extends Reader, Writer, Watcher {}

/** The cluster could not be reached, or the connection broke before an answer. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}
