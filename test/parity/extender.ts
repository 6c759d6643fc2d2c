/**
 * A scheduler extender that changes nothing: kube-scheduler tells it which nodes passed every filter for a pod, and which pods
 * could make room for it where. That is how its answers are read node by node.
 *
 * For a replay it may narrow: where the real scheduler chose by chance, the choice of the first time is the only one left.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Pod } from "../../src/kube/types/index.ts";

/** Pods that would have to leave one node. */
export interface RealVictims {
  readonly uids: readonly string[];
  readonly budgetViolations: number;
}

/** What the extender was told about one pod since it was last asked. */
export interface Overheard {
  /** The nodes that passed every filter, once per attempt that had any. */
  readonly feasible: readonly (readonly string[])[];
  /** Every node that preemption could use, once per preemption that had any. */
  readonly candidates: readonly ReadonlyMap<string, RealVictims>[];
}

interface FilterArgs {
  readonly Pod: Pod;
  readonly NodeNames: readonly string[] | null;
}

interface MetaVictims {
  readonly Pods: readonly { readonly UID: string }[] | null;
  readonly NumPDBViolations: number;
}

interface PreemptArgs {
  readonly Pod: Pod;
  readonly NodeNameToMetaVictims: Readonly<Record<string, MetaVictims>>;
}

/** One thing that it was told. */
type Told =
  | { readonly kind: "feasible"; readonly nodes: readonly string[] }
  | { readonly kind: "candidates"; readonly candidates: ReadonlyMap<string, RealVictims> };

export class Extender {
  readonly #server: Server;
  /** By pod, in the order in which it was told. */
  readonly #told = new Map<string, Told[]>();
  #narrowed: ReadonlyMap<string, string> = new Map();

  constructor() {
    this.#server = createServer((request, answer) => {
      void bodyOf(request).then((body) => {
        const reply =
          request.url === "/filter" ? this.#filter(body as FilterArgs) : this.#preempt(body as PreemptArgs);
        answer.setHeader("content-type", "application/json");
        answer.end(JSON.stringify(reply));
      });
    });
  }

  /** Starts to listen on the loopback; returns its URL. */
  async listen(): Promise<string> {
    // Or a connection could be closed just as the scheduler sends something over it.
    this.#server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What was said about the pod of that key, "namespace/name"; it is then forgotten. */
  take(key: string): Overheard {
    return overheard(this.#toldOf(key).splice(0));
  }

  /**
   * The same, but to the end of the first preemption only. What was said afterwards is of the pod's next turn, which may have
   * come before anybody was told that it has been refused.
   */
  takeTurn(key: string): Overheard {
    const told = this.#toldOf(key);
    const end = told.findIndex(({ kind }) => kind === "candidates");
    return overheard(told.splice(0, end < 0 ? told.length : end + 1));
  }

  /** From now on these pods, by key, may go to one node only, where they may go there at all. */
  narrow(choices: ReadonlyMap<string, string>): void {
    this.#narrowed = choices;
  }

  /** Forgets everything. */
  reset(): void {
    this.#told.clear();
    this.#narrowed = new Map();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #filter({ Pod: pod, NodeNames }: FilterArgs): object {
    const names = NodeNames ?? [];
    this.#toldOf(keyOf(pod)).push({ kind: "feasible", nodes: names });
    const only = this.#narrowed.get(keyOf(pod));
    return { NodeNames: only !== undefined && names.includes(only) ? [only] : names };
  }

  #preempt({ Pod: pod, NodeNameToMetaVictims: victims }: PreemptArgs): object {
    const entries = Object.entries(victims);
    const candidates = new Map(
      entries.map(([name, { Pods, NumPDBViolations }]) => [
        name,
        { uids: (Pods ?? []).map(({ UID }) => UID), budgetViolations: NumPDBViolations },
      ]),
    );
    this.#toldOf(keyOf(pod)).push({ kind: "candidates", candidates });
    const only = this.#narrowed.get(keyOf(pod));
    const kept = only !== undefined && only in victims ? { [only]: victims[only] } : victims;
    return { NodeNameToMetaVictims: kept };
  }

  #toldOf(key: string): Told[] {
    const told = this.#told.get(key) ?? [];
    this.#told.set(key, told);
    return told;
  }
}

function overheard(told: readonly Told[]): Overheard {
  return {
    feasible: told.flatMap((one) => (one.kind === "feasible" ? [one.nodes] : [])),
    candidates: told.flatMap((one) => (one.kind === "candidates" ? [one.candidates] : [])),
  };
}

/** "namespace/name". */
export function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
