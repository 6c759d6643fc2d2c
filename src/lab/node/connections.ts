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

/**
 * Connections that clients keep. What a proxy does to its rules does not touch them: they go on to where they once went, for as
 * long as the process there lives and the wires hold.
 */
export class Connections {
  readonly #network: Network;
  readonly #bootId: (machine: string) => number;
  /** By the client's own object: a connection is there for as long as its client is. */
  readonly #kept = new WeakMap<Connection, Kept>();
  #lastId = 0;

  constructor(network: Network, bootId: (machine: string) => number) {
    this.#network = network;
    this.#bootId = bootId;
  }

  keep(end: FarEnd, via: string | undefined): Connection {
    const connection: Connection = { id: ++this.#lastId };
    this.#kept.set(connection, { ...end, via, viaBootId: via === undefined ? 0 : this.#bootId(via) });
    return connection;
  }

  look(connection: Connection, from: Place): ConnectionState {
    const kept = this.#kept.get(connection);
    if (kept === undefined) return { kind: "reset", why: "the connection is not known any more" };
    const { host, container, via, viaBootId } = kept;
    if (!this.#network.isWireUp(from, via, host.name)) {
      return { kind: "silent", why: `${host.name} does not answer on a connection that was open` };
    }
    if (via !== undefined && this.#bootId(via) !== viaBootId) {
      this.#kept.delete(connection);
      return { kind: "reset", why: `${via} has forgotten the connection` };
    }
    const { process } = container;
    if (!process.isRunning) {
      this.#kept.delete(connection);
      return { kind: "reset", why: "the process at the other end has ended" };
    }
    if (process.isHung) return { kind: "silent", why: "the process at the other end hangs" };
    return { kind: "usable", end: kept };
  }
}
