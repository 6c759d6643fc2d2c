import type { FarEnd, Network } from "./proxy/network.ts";
import type { Connection } from "./traffic.ts";
import type { Place } from "./world.ts";

interface Kept extends FarEnd {
  /** The machine whose rules the connection went through, if it was not the one at its end. */
  readonly via: string | undefined;
  readonly viaBootId: number;
}

/** What has become of a connection that a client wants to use again. */
export type ConnectionState =
  | { readonly kind: "usable"; readonly end: FarEnd }
  | { readonly kind: "reset"; readonly why: string }
  | { readonly kind: "silent"; readonly why: string };

/** How many connections are remembered: clients that keep more have lost the oldest. */
const KEPT_MAX = 10_000;

/**
 * Connections that clients keep. What a proxy does to its rules does not touch them: they go on to where they once went, for as
 * long as the process there lives and the wires hold.
 */
export class Connections {
  readonly #network: Network;
  readonly #bootId: (machine: string) => number;
  readonly #kept = new Map<number, Kept>();
  #lastId = 0;

  constructor(network: Network, bootId: (machine: string) => number) {
    this.#network = network;
    this.#bootId = bootId;
  }

  keep(end: FarEnd, via: string | undefined): Connection {
    const id = ++this.#lastId;
    this.#kept.set(id, { ...end, via, viaBootId: via === undefined ? 0 : this.#bootId(via) });
    if (this.#kept.size > KEPT_MAX) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return { id };
  }

  look(connection: Connection, from: Place): ConnectionState {
    const kept = this.#kept.get(connection.id);
    if (kept === undefined) return { kind: "reset", why: "the connection is not known any more" };
    const { host, container, via, viaBootId } = kept;
    if (!this.#network.isWireUp(from, via, host.name)) {
      return { kind: "silent", why: `${host.name} does not answer on a connection that was open` };
    }
    if (via !== undefined && this.#bootId(via) !== viaBootId) {
      this.#kept.delete(connection.id);
      return { kind: "reset", why: `${via} has forgotten the connection` };
    }
    const { process } = container;
    if (!process.isRunning) {
      this.#kept.delete(connection.id);
      return { kind: "reset", why: "the process at the other end has ended" };
    }
    if (process.isHung) return { kind: "silent", why: "the process at the other end hangs" };
    return { kind: "usable", end: kept };
  }
}
