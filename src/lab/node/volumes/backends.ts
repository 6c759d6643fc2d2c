import type { RandomStream } from "../../../base/random.ts";
import type { Clock } from "../../../time/engine.ts";
import type { IoState } from "../apps/data-store.ts";
import type { World } from "../world.ts";
import type { VolumeBackend } from "./data-volume.ts";

/** A directory of one machine: there as long as the machine is, for nobody else. */
export function localDisk(world: World, owner: string): VolumeBackend {
  const readState = (machine: string): IoState =>
    machine === owner && world.machines.get(owner)?.state === "on" ? "ok" : "error";
  return {
    readState,
    writeState: (machine) => (world.machines.get(machine)?.diskFull ? "error" : readState(machine)),
    wrote: () => {},
  };
}

/**
 * Blocks that are kept on several machines at once, as Longhorn and Ceph keep them.
 *
 * Modelled: a write is acknowledged when every copy that the writer reaches has it, so a loss of power loses nothing that was
 * acknowledged; a writer needs a copy on another machine, unless its own is the only one there is, so a machine that is cut
 * off gets errors; a copy that missed writes does not count until a whole one can be reached, and is whole again then.
 * Not modelled: the time that rebuilding takes, and how full the disks are.
 */
export class ReplicatedBlocks implements VolumeBackend {
  readonly #world: World;
  readonly #copies: readonly string[];
  #whole: ReadonlySet<string>;

  constructor(world: World, copies: readonly string[]) {
    this.#world = world;
    this.#copies = copies;
    this.#whole = new Set(copies);
  }

  readState(machine: string): IoState {
    return this.#reachable(machine).some((copy) => this.#whole.has(copy)) ? "ok" : "error";
  }

  writeState(machine: string): IoState {
    const reachable = this.#reachable(machine);
    if (!reachable.some((copy) => this.#whole.has(copy))) return "error";
    const isCutOff = reachable.every((copy) => copy === machine);
    return isCutOff && this.#copies.length > 1 ? "error" : "ok";
  }

  wrote(machine: string): void {
    this.#whole = new Set(this.#reachable(machine));
  }

  #reachable(machine: string): string[] {
    return this.#copies.filter((copy) => this.#world.reaches({ machine }, { machine: copy }));
  }
}

/** From the loss of the server to another one that has taken over: noticed, started elsewhere, clients let in again. */
const FAIL_OVER_MS = [20_000, 90_000] as const;

/**
 * Files behind one server, which runs on one of the machines. Mounts are hard: while no server answers, whoever touches a file
 * waits. A server that is lost comes up on another machine after a while; nothing that was acknowledged is lost with it.
 */
export class ShareServer implements VolumeBackend {
  readonly #world: World;
  readonly #clock: Clock;
  readonly #random: RandomStream;
  #server: string;
  #movesAtMs: number | undefined;

  constructor(world: World, clock: Clock, random: RandomStream, server: string) {
    this.#world = world;
    this.#clock = clock;
    this.#random = random;
    this.#server = server;
  }

  /** The wires have changed: the server is found lost, or back; the moment at which that is to be looked at again. */
  lookAgainMs(): number | undefined {
    const others = [...this.#world.machines.keys()].filter((name) => name !== this.#server);
    const isSeen = others.some((machine) => this.#world.reaches({ machine }, { machine: this.#server }));
    const isAlive = others.length === 0 ? this.#world.machines.get(this.#server)?.state === "on" : isSeen;
    if (isAlive) this.#movesAtMs = undefined;
    else if (this.#movesAtMs === undefined) {
      this.#movesAtMs = this.#clock.now() + this.#random.between(...FAIL_OVER_MS);
    } else if (this.#clock.now() >= this.#movesAtMs) {
      const next = others.find((name) => {
        const machine = this.#world.machines.get(name);
        return machine?.state === "on" && !machine.partitioned;
      });
      this.#movesAtMs = undefined;
      if (next !== undefined) this.#server = next;
    }
    return this.#movesAtMs;
  }

  readState(machine: string): IoState {
    return this.#world.reaches({ machine }, { machine: this.#server }) ? "ok" : "stalled";
  }

  writeState(machine: string): IoState {
    return this.readState(machine);
  }

  wrote(): void {}
}
