import { leases } from "../../kube/kinds.ts";
import type { Engine, Timer } from "../../time/engine.ts";
import type { Api } from "../apiserver/api.ts";
import type { Part } from "../context.ts";
import type { LeaseRenewals } from "./lease-renewals.ts";

/** Where kubelets keep their Leases. */
export const NODE_LEASES = "kube-node-lease";

/** What the writer works with. */
export interface LeaseWriterOptions {
  readonly engine: Engine;
  readonly api: Api;
  readonly renewals: LeaseRenewals;
  readonly nodes: readonly string[];
}

/**
 * Writes every renewal of a Lease when it comes. A lab with controllers of its own works renewals out instead; controllers
 * outside know nothing but what they watch.
 */
export class LeaseWriter implements Part {
  readonly name = "lease-writer";
  readonly #options: LeaseWriterOptions;
  readonly #next = new Map<string, Timer>();

  constructor(options: LeaseWriterOptions) {
    this.#options = options;
  }

  start(): void {
    const { renewals, nodes } = this.#options;
    renewals.onChange((name) => this.#arm(name));
    for (const name of nodes) this.#arm(name);
  }

  #arm(name: string): void {
    const { engine, renewals } = this.#options;
    this.#next.get(name)?.cancel();
    const nextMs = renewals.nextRenewMs(name);
    if (nextMs === undefined) return;
    this.#next.set(
      name,
      engine.at(nextMs, () => {
        this.#write(name);
        this.#arm(name);
      }),
    );
  }

  /** The object that is read has the renewal in it already. */
  #write(name: string): void {
    const { api } = this.#options;
    const lease = api.get(leases, NODE_LEASES, name);
    if (lease !== undefined) api.update(leases, lease);
  }
}
