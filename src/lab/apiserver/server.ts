/**
 * The lab's API server: store → registry → admission → watch, in that order of distance from the outside.
 *
 * This file is the contract that its two skins go through: the HTTP server (`http/`) and the in-process clients
 * (`local-api.ts`, `../client.ts`). Nouns: a `Caller` asks, a `Target` names an object or a collection, a `WatchStream`
 * hands out notices. Everything is synchronous: a request is done when the call returns. One that needs an answer from
 * outside the process throws `Pending` before it has changed anything, and is to be made again (`attempts.ts`).
 *
 * Refusals are thrown as `StatusError`, worded as kube-apiserver words them. Nothing here asks who somebody is (the
 * HTTP skin does), and what somebody may do only where rights are handed out; nothing reads a clock but the engine's.
 */
import type { Body, ListQuery, WatchQuery } from "../../client/client.ts";
import type { Kind } from "../../kube/kind.ts";
import type { BodyText } from "../../kube/schema/body-text.ts";
import type { KubeObject, ListMeta } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import type { CallerAccess, UserInfo } from "./access/access.ts";
import type { AccountTokens } from "./access/account-tokens.ts";
import type { Api, PatchType } from "./api.ts";
import type { KindRegistry } from "./kind-registry.ts";
import type { CallOutside } from "./outside/outside.ts";
import type { PodLogs } from "./pod-logs.ts";
import type { RequestMemo } from "./request-memo.ts";

export type { UserInfo } from "./access/access.ts";

/** One request's surroundings. */
export interface Caller {
  readonly user: UserInfo;
  /** Names the field manager of writes that give none: the user agent up to its first "/". */
  readonly agent: string;
  /** Absent for the lab's own parts, which are trusted. */
  readonly access?: CallerAccess;
  /** Told of everything that real servers put into `Warning` headers. */
  readonly warn?: (text: string) => void;
  /** Told of what admission notes for the audit log; of one key the first value stays. */
  readonly annotate?: (key: string, value: string) => void;
  /** What the request knows from earlier attempts at it. Without one, nobody outside is asked. */
  readonly memo?: RequestMemo;
}

/** What a request is about. Without `name` it is a collection. */
export interface Target {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** What a write may carry in its query string. */
export interface WriteParameters {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  /** "Warn" when absent over HTTP is the skin's choice; absent here means nothing is checked. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  /** What the reader of the body found besides its value: fields given twice. */
  readonly decodeIssues?: readonly string[];
  /** What the text of a JSON body says beside its value; tells of the fields given twice, too, each in its place. */
  readonly text?: BodyText;
  /** The body went deeper than an object may, and was cut: what is kept of it must not. */
  readonly isDeep?: true;
}

/** What a patch may carry on top. */
export interface PatchParameters extends WriteParameters {
  /** Apply only: take fields that others own. */
  readonly force?: boolean;
}

/** metav1.DeleteOptions. */
export interface DeleteParameters {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

/** A list as it goes over the wire, but for its `kind` and `apiVersion`. */
export interface ListAnswer {
  readonly items: readonly KubeObject[];
  readonly metadata: ListMeta;
}

/** What a write left behind; `created` tells 201 from 200. */
export interface WriteAnswer {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** What a deletion left behind. */
export interface DeleteAnswer {
  /** The object as it stands, or stood last. */
  readonly object: KubeObject;
  /** Whether it is gone now. */
  readonly gone: boolean;
  /** What real servers answer with: the object, or a `Status` for kinds whose deleted objects are not returned. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One line of a watch. `object` of an ERROR is a Status, of a BOOKMARK an object with nothing but its resourceVersion. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubeObject;
}

/**
 * A watch under way. Notices are taken, not pushed: a taker that cannot keep up is cut off when what it has not taken
 * yet leaves the server's history, as kube-apiserver ends slow watchers. One notice object is shared by every stream.
 */
export interface WatchStream {
  /** The next notice; `undefined` when there is none now. */
  next(): WatchEvent | undefined;
  /** No notice will follow those that `next` still gives. */
  readonly ended: boolean;
  /** Calls `handler` during the commit that gives a stream run dry something to take, and when the stream ends. */
  onWake(handler: () => void): void;
  /** Ends it from the taker's side. */
  stop(): void;
}

/** Computes what a read sees of a stored object; must give the same object back when nothing differs. */
export type ReadHook<T extends KubeObject> = (stored: T) => T;

export interface ApiServer {
  readonly engine: Engine;
  readonly kinds: KindRegistry;
  /** Signs and reads the tokens of service accounts. */
  readonly tokens: AccountTokens;

  /** Whether it answers. While it is down every call throws ServiceUnavailable; going down ends every watch. */
  readonly up: boolean;
  setUp(up: boolean): void;

  get(caller: Caller, target: Target, query?: { readonly resourceVersion?: string }): KubeObject;
  list(caller: Caller, target: Target, query?: ListQuery): ListAnswer;
  watch(caller: Caller, target: Target, query?: WatchQuery): WatchStream;
  /** POST to a collection, or to a subresource ("binding", "eviction", "token") when the target names one. */
  create(caller: Caller, target: Target, body: Body, parameters?: WriteParameters): KubeObject;
  /** PUT. */
  update(caller: Caller, target: Target, body: Body, parameters?: WriteParameters): WriteAnswer;
  patch(
    caller: Caller,
    target: Target,
    type: PatchType,
    body: unknown,
    parameters?: PatchParameters,
  ): WriteAnswer;
  delete(caller: Caller, target: Target, parameters?: DeleteParameters): DeleteAnswer;
  /** Deletes what the query selects, and answers with the list of it. */
  deleteCollection(
    caller: Caller,
    target: Target,
    query?: ListQuery,
    parameters?: DeleteParameters,
  ): ListAnswer;

  /** Asks admission about a request to reach into the target, before anybody looks whether it is there. */
  connect(caller: Caller, target: Target, options: Readonly<Record<string, unknown>>): void;

  /** The same server as the lab's own parts use it, in the name of `user`. */
  api(user: string): Api;
  /** Lets the server call the webhooks that are configured in it. Until then it does as if there were none. */
  openOutside(call: CallOutside): void;
  /** What containers print, where there are machines for them to run on. */
  podLogs: PodLogs | undefined;
  /** What reads see of a kind's objects from now on, instead of what is stored: for fields that change without a write. */
  onRead<T extends KubeObject>(kind: Kind<T>, hook: ReadHook<T>): void;
}
