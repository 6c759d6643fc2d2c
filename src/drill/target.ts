/**
 * A drill injects real failures on purpose, measures what clients see, and undoes the failure whatever happens.
 *
 * Nouns: a `DrillTarget` is the cluster it is done to (a lab, and later a real one); a `Fault` is one thing that fails,
 * with its undo; a `Scenario` is a fault with how long it is watched; the `ClientProbe` is the users' side; a checker
 * judges one promise from what the probe and the recorder saw. `runner.ts` is the only place that runs scenarios.
 * Nothing here knows what a workload is for: `subject.ts` says who is asked and how.
 */
import type { Client } from "../client/client.ts";
import type { Clock } from "../time/engine.ts";

/** How a node can be made to fail, where the target is able to. */
export type NodeFailure = "power-off" | "partition" | "kubelet-stop" | "kubelet-hang" | "disk-full" | "flap";

export type ProbeAction =
  | { readonly kind: "ping" }
  | { readonly kind: "login" }
  | { readonly kind: "whoami" }
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly row: string };

/** What the login gave; opaque here, sent back as a browser's cookie is. */
export type ProbeSession = unknown;

export interface ProbeRequest {
  /** The node whose port is knocked at. */
  readonly node: string;
  readonly nodePort: number;
  readonly action: ProbeAction;
  readonly session?: ProbeSession;
  readonly timeoutMs: number;
}

export interface ProbeAnswer {
  readonly ok: boolean;
  /** "timeout", "refused", "reset", "server-error" or "unauthorized". */
  readonly failure?: string;
  readonly why?: string;
  /** What the application itself could not reach, where that is known to have been in the way. */
  readonly need?: string;
  readonly latencyMs: number;
  readonly servedBy?: string;
  readonly session?: ProbeSession;
}

export interface DrillTarget {
  readonly clock: Clock;
  sleep(durationMs: number): Promise<void>;
  readonly client: Client;
  /** One request of a client outside the cluster. */
  send(request: ProbeRequest): ProbeAnswer | Promise<ProbeAnswer>;
  failNode(node: string, how: NodeFailure): Promise<void>;
  healNode(node: string): Promise<void>;
  /** The rows that can be read back from a database; `undefined` while it does not answer. */
  storedRows(namespace: string, service: string): Promise<ReadonlySet<string> | undefined>;
}
