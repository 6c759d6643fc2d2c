import { invariant } from "../../base/invariant.ts";
import type { Machine, Place, World } from "./world.ts";

/** The world's state. Only failures change it; everybody else reads it as `World`. */
export class Machines implements World {
  readonly #machines = new Map<string, Machine>();
  readonly #handlers: ((machine: string | undefined) => void)[] = [];
  #apiServerUp = true;

  constructor(machines: readonly Machine[]) {
    for (const machine of machines) this.#machines.set(machine.name, machine);
  }

  get machines(): ReadonlyMap<string, Machine> {
    return this.#machines;
  }

  get apiServerUp(): boolean {
    return this.#apiServerUp;
  }

  reaches(from: Place, to: Place): boolean {
    if (from === "outside" && to === "outside") return true;
    const source = from === "outside" ? undefined : this.#machine(from.machine);
    const target = to === "outside" ? undefined : this.#machine(to.machine);
    if (source?.state === "off" || target?.state === "off") return false;
    return source === target || !(source?.partitioned || target?.partitioned);
  }

  onChange(handler: (machine: string | undefined) => void): () => void {
    this.#handlers.push(handler);
    return () => {
      const index = this.#handlers.indexOf(handler);
      if (index >= 0) this.#handlers.splice(index, 1);
    };
  }

  /** Changes a machine and tells everybody, if that makes a difference. */
  change(name: string, change: Partial<Machine>): void {
    const before = this.#machine(name);
    const after = { ...before, ...change };
    if (Object.keys(change).every((key) => before[key as keyof Machine] === after[key as keyof Machine]))
      return;
    this.#machines.set(name, Object.freeze(after));
    this.#tell(name);
  }

  setApiServer(up: boolean): void {
    if (this.#apiServerUp === up) return;
    this.#apiServerUp = up;
    this.#tell(undefined);
  }

  #machine(name: string): Machine {
    const machine = this.#machines.get(name);
    invariant(machine, `There is no machine ${name}`);
    return machine;
  }

  #tell(name: string | undefined): void {
    for (const handler of [...this.#handlers]) handler(name);
  }
}

/** Whether what runs on the machine can talk to the API server now. */
export function reachesApiServer(world: World, machine: string): boolean {
  return world.apiServerUp && world.reaches({ machine }, "outside");
}
