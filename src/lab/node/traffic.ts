/**
 * What a client sees of the service data path. A request is worked out at the moment it is sent: through the node's own
 * programmed tables, which may be stale, to a pod's containers, and on to whatever the application itself needs.
 */
import type { Place } from "./world.ts";

/** Where a client knocks. */
export type Target =
  | { readonly kind: "node-port"; readonly machine: string; readonly port: number }
  | {
      readonly kind: "service";
      readonly namespace: string;
      readonly name: string;
      readonly port: number | string;
    }
  | { readonly kind: "pod"; readonly namespace: string; readonly name: string; readonly port: number };

/** One request of a client. */
export interface AppRequest {
  readonly from: Place;
  /** The address that client-IP affinity goes by. */
  readonly clientIp: string;
  readonly target: Target;
  readonly timeoutMs: number;
  /** What is asked of the application. "read" and "write" need its database where it has one. */
  readonly action: AppAction;
  /** What `login` gave, sent back as a browser's cookie would be. */
  readonly session?: Session;
  /** A kept-alive connection to reuse; without one a new connection is made. */
  readonly connection?: Connection;
}

/** What applications can be asked for. */
export type AppAction =
  | { readonly kind: "ping" }
  | { readonly kind: "login" }
  | { readonly kind: "whoami" }
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly row: string };

/** Opaque to clients. */
export interface Session {
  readonly id: string;
  /** Where the application keeps it. */
  readonly kept: "memory" | "cookie" | "store";
  readonly by: string;
}

/** A client's own handle: a copy of it is not the connection. */
export interface Connection {
  readonly id: number;
}

/** What a client sees when it does not get what it asked for. */
export type RequestFailure =
  /** No answer within the time-out: a dead or unreachable endpoint or node. */
  | "timeout"
  /** Answered at once with a reset: nothing listens, or no endpoint. */
  | "refused"
  /** The kept-alive connection was closed by the other side. */
  | "reset"
  /** The application answered 5xx: it cannot reach what it needs. */
  | "server-error"
  /** The application does not know the session. */
  | "unauthorized";

/** What a client got, and when. */
export interface RequestOutcome {
  readonly ok: boolean;
  readonly failure?: RequestFailure;
  /** A sentence for people: what was in the way. */
  readonly why?: string;
  /** "namespace/name" of the Service that the application could not reach, where that was in the way. */
  readonly need?: string;
  /** From sending to answer or to giving up. */
  readonly latencyMs: number;
  /** "namespace/name" of the pod that answered. */
  readonly servedBy?: string;
  readonly session?: Session;
  readonly connection?: Connection;
}

/** Rows that can still be read back from a workload's database, wherever its data now lies. */
export interface StoredRows {
  readonly rows: ReadonlySet<string>;
  /** Two writers had the same volume at once: what is on it cannot be trusted. */
  readonly corrupted: boolean;
}

/** The service data path, as clients use it. */
export interface Traffic {
  request(request: AppRequest): RequestOutcome;
  /** What a `read` of everything would give if the database were asked on its own node now; undefined while none runs. */
  storedRows(namespace: string, databaseService: string): StoredRows | undefined;
}
