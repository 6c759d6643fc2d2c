import type { RandomStream } from "../../../base/random.ts";

// kube-apiserver --service-node-port-range.
const FIRST = 30_000;
const LAST = 32_767;
/** pkg/registry/core/service/portallocator: min(max(16, size / 32), 128) ports for those who name theirs themselves. */
const STATIC_PORTS = Math.floor((LAST - FIRST + 1) / 32);

/** Why a port cannot be given out twice, in the allocator's words. */
export const PORT_TAKEN = "provided port is already allocated";

/** The ports that Services take on every node. Protocols share them: a number belongs to one Service. */
export class PortPool {
  readonly #owners = new Map<number, string>();

  /** Why the port cannot be given to anyone, or `undefined` if it can. */
  refusal(port: number): string | undefined {
    if (port < FIRST || port > LAST) {
      return `provided port is not in the valid range. The range of valid ports is ${FIRST}-${LAST}`;
    }
    return this.has(port) ? PORT_TAKEN : undefined;
  }

  /** Whether a Service holds the port. */
  has(port: number): boolean {
    return this.#owners.has(port);
  }

  /** A free port by chance that is not among `besides` either. `undefined` when there is none. */
  pick(random: RandomStream, besides: ReadonlySet<number>): number | undefined {
    const dynamic = this.#pickBetween(FIRST + STATIC_PORTS, LAST, random, besides);
    return dynamic ?? this.#pickBetween(FIRST, FIRST + STATIC_PORTS - 1, random, besides);
  }

  take(port: number, owner: string): void {
    this.#owners.set(port, owner);
  }

  /** Frees the port if it is this owner's. */
  release(port: number, owner: string): void {
    if (this.#owners.get(port) === owner) this.#owners.delete(port);
  }

  #pickBetween(
    first: number,
    last: number,
    random: RandomStream,
    besides: ReadonlySet<number>,
  ): number | undefined {
    const size = last - first + 1;
    const start = random.below(size);
    for (let i = 0; i < size; i++) {
      const port = first + ((start + i) % size);
      if (!this.#owners.has(port) && !besides.has(port)) return port;
    }
    return undefined;
  }
}
