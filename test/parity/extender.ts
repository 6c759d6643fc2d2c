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

interface Recorded {
  readonly feasible: (readonly string[])[];
  readonly candidates: ReadonlyMap<string, RealVictims>[];
}

export class Extender {
  readonly #server: Server;
  readonly #records = new Map<string, Recorded>();
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
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What was said about the pod of that key, "namespace/name"; it is then forgotten. */
  take(key: string): Overheard {
    const record = this.#recordOf(key);
    this.#records.delete(key);
    return record;
  }

  /** From now on these pods, by key, may go to one node only, where they may go there at all. */
  narrow(choices: ReadonlyMap<string, string>): void {
    this.#narrowed = choices;
  }

  /** Forgets everything. */
  reset(): void {
    this.#records.clear();
    this.#narrowed = new Map();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #filter({ Pod: pod, NodeNames }: FilterArgs): object {
    const names = NodeNames ?? [];
    this.#recordOf(keyOf(pod)).feasible.push(names);
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
    this.#recordOf(keyOf(pod)).candidates.push(candidates);
    const only = this.#narrowed.get(keyOf(pod));
    const kept = only !== undefined && only in victims ? { [only]: victims[only] } : victims;
    return { NodeNameToMetaVictims: kept };
  }

  #recordOf(key: string): Recorded {
    let record = this.#records.get(key);
    if (record === undefined) {
      record = { feasible: [], candidates: [] };
      this.#records.set(key, record);
    }
    return record;
  }
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
