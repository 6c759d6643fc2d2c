import type { FarEnd, Network } from "./proxy/network.ts";
import type { Connection } from "./traffic.ts";
import type { Place } from "./world.ts";

/** What has become of a connection that a client wants to use again. */
export type ConnectionState =
  | { readonly kind: "usable"; readonly end: FarEnd }
  | { readonly kind: "reset"; readonly why: string }
  | { readonly kind: "silent"; readonly why: string };

/** What stands behind a client's handle: it is there for as long as the client holds it. */
class OpenConnection implements Connection {
  readonly id: number;
  readonly end: FarEnd;
  /** The machine whose rules the connection went through, if any did, and that machine's boot. */
  readonly via: string | undefined;
  readonly viaBootId: number;
  isClosed = false;

  constructor(id: number, end: FarEnd, via: string | undefined, viaBootId: number) {
    this.id = id;
    this.end = end;
    this.via = via;
    this.viaBootId = viaBootId;
  }
}

/**
 * Connections that clients keep. What a proxy does to its rules does not touch them: they go on to where they once went, for as
 * long as the process there lives and the wires hold.
 */
export class Connections {
  readonly #network: Network;
  readonly #bootId: (machine: string) => number;
  #lastId = 0;

  constructor(network: Network, bootId: (machine: string) => number) {
    this.#network = network;
    this.#bootId = bootId;
  }

  keep(end: FarEnd, via: string | undefined): Connection {
    return new OpenConnection(++this.#lastId, end, via, via === undefined ? 0 : this.#bootId(via));
  }

  look(connection: Connection, from: Place): ConnectionState {
    if (!(connection instanceof OpenConnection) || connection.isClosed) {
      return { kind: "reset", why: "the connection is not known any more" };
    }
    const { end, via, viaBootId } = connection;
    if (!this.#network.isWireUp(from, via, end.host.name)) {
      return { kind: "silent", why: `${end.host.name} does not answer on a connection that was open` };
    }
    const { process } = end.container;
    const hasForgotten = via !== undefined && this.#bootId(via) !== viaBootId;
    if (hasForgotten || !process.isRunning) {
      connection.isClosed = true;
      const why = hasForgotten
        ? `${via} has forgotten the connection`
        : "the process at the other end has ended";
      return { kind: "reset", why };
    }
    if (process.isHung) return { kind: "silent", why: "the process at the other end hangs" };
    return { kind: "usable", end };
  }
}
