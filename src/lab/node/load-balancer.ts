import type { RandomStream } from "../../base/random.ts";
import type { Clock } from "../../time/engine.ts";
import type { ServiceTable } from "./proxy/service-table.ts";
import type { World } from "./world.ts";

/** A node that does not answer any more gets traffic for so long: three health checks, two seconds apart. */
const NOTICE_MS = 6_000;

/**
 * What stands before Services of type LoadBalancer: it deals connections out over the nodes that pass its health checks.
 * With externalTrafficPolicy Local only nodes with an endpoint of their own pass.
 */
export class LoadBalancer {
  readonly #clock: Clock;
  readonly #random: RandomStream;
  readonly #world: World;
  readonly #lostMs = new Map<string, number>();

  constructor(clock: Clock, random: RandomStream, world: World) {
    this.#clock = clock;
    this.#random = random;
    this.#world = world;
    world.onChange((machine) => {
      if (machine === undefined) return;
      if (world.reaches("outside", { machine })) this.#lostMs.delete(machine);
      else if (!this.#lostMs.has(machine)) this.#lostMs.set(machine, clock.now());
    });
  }

  /** The machine that a new connection goes to; nothing when none passes. */
  pick(table: ServiceTable): string | undefined {
    const isLocal = table.service.spec.externalTrafficPolicy === "Local";
    const machines = [...this.#world.machines.keys()].filter((name) => {
      const lostMs = this.#lostMs.get(name);
      if (lostMs !== undefined && this.#clock.now() - lostMs >= NOTICE_MS) return false;
      return !isLocal || hasEndpointOn(table, name);
    });
    return machines.length === 0 ? undefined : this.#random.pick(machines);
  }
}

function hasEndpointOn(table: ServiceTable, machine: string): boolean {
  return table.ports.some(({ backends }) =>
    backends.some(({ nodeName, ready }) => ready && nodeName === machine),
  );
}
