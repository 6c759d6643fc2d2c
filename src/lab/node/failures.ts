import { invariant, unreachable } from "../../base/invariant.ts";
import type { Engine, Timer } from "../../time/engine.ts";
import type { Machines } from "./machines.ts";
import type { FailureControl, FailureKind } from "./world.ts";

/** From power to a running system: firmware, kernel, services. */
const BOOT_MS = [20_000, 60_000] as const;
/** From a running system to a kubelet that has begun: container runtime first, then the kubelet. */
const KUBELET_START_MS = [1_000, 3_000] as const;
const FLAP_DOWN_MS = [5_000, 120_000] as const;
const FLAP_UP_MS = [10_000, 120_000] as const;

interface Trouble {
  readonly faults: Set<FailureKind>;
  /** The next step on the way from "off" to a running kubelet. */
  boot: Timer | undefined;
  /** When a flapping machine goes down or comes up next. */
  flap: Timer | undefined;
}

/** Breaks machines and wires on purpose, and mends them. Faults on one machine add up; `heal` undoes all of them. */
export class Failures implements FailureControl {
  readonly #engine: Engine;
  readonly #machines: Machines;
  readonly #troubles = new Map<string, Trouble>();
  readonly #setApiServerFailed: (failed: boolean) => void;

  /** `setApiServerFailed` makes the API server itself refuse or serve again. */
  constructor(engine: Engine, machines: Machines, setApiServerFailed: (failed: boolean) => void) {
    this.#engine = engine;
    this.#machines = machines;
    this.#setApiServerFailed = setApiServerFailed;
  }

  fail(machine: string, how: FailureKind): void {
    const trouble = this.#trouble(machine);
    if (trouble.faults.has(how)) return;
    trouble.faults.add(how);
    this.#engine.trace(machine, `fails: ${how}`);
    switch (how) {
      case "power-off":
        trouble.flap?.cancel();
        this.#powerOff(machine, trouble);
        break;
      case "partition":
        this.#machines.change(machine, { partitioned: true });
        break;
      case "kubelet-stop":
        this.#machines.change(machine, { kubelet: "stopped" });
        break;
      case "kubelet-hang":
        this.#hang(machine);
        break;
      case "disk-full":
        this.#machines.change(machine, { diskFull: true });
        break;
      case "flap":
        this.#flapDown(machine, trouble);
        break;
      default:
        unreachable(how);
    }
  }

  heal(machine: string): void {
    const trouble = this.#trouble(machine);
    if (trouble.faults.size > 0) this.#engine.trace(machine, `is mended: ${[...trouble.faults].join(", ")}`);
    trouble.faults.clear();
    this.#machines.change(machine, { partitioned: false, diskFull: false, clockOffsetMs: 0 });
    trouble.flap?.cancel();
    if (trouble.boot?.pending) return;
    if (this.#machine(machine).state === "off") {
      const bootMs = this.#random().between(...BOOT_MS);
      trouble.boot = this.#engine.after(bootMs, () => this.#powerOn(machine, trouble));
    } else {
      this.#machines.change(machine, { kubelet: "running" });
    }
  }

  failZone(zone: string, how: FailureKind): void {
    for (const machine of this.#inZone(zone)) this.fail(machine, how);
  }

  healZone(zone: string): void {
    for (const machine of this.#inZone(zone)) this.heal(machine);
  }

  setApiServer(up: boolean): void {
    if (this.#machines.apiServerUp === up) return;
    this.#engine.trace("apiserver", up ? "answers again" : "stops answering");
    // Refuse first and tell later; serve first and tell later: whoever is told may write at once.
    this.#setApiServerFailed(!up);
    this.#machines.setApiServer(up);
  }

  jumpClock(machine: string, byMs: number): void {
    this.#engine.trace(machine, `its clock jumps by ${byMs} ms`);
    this.#machines.change(machine, { clockOffsetMs: this.#machine(machine).clockOffsetMs + byMs });
  }

  #powerOff(machine: string, trouble: Trouble): void {
    trouble.boot?.cancel();
    this.#machines.change(machine, { state: "off", kubelet: "stopped" });
  }

  #powerOn(machine: string, trouble: Trouble): void {
    this.#engine.trace(machine, "has booted");
    this.#machines.change(machine, { state: "on", bootId: this.#machine(machine).bootId + 1 });
    trouble.boot = this.#engine.after(this.#random().between(...KUBELET_START_MS), () => {
      if (trouble.faults.has("kubelet-stop")) return;
      this.#machines.change(machine, { kubelet: trouble.faults.has("kubelet-hang") ? "hung" : "running" });
    });
  }

  #hang(machine: string): void {
    // A process that is not there cannot hang.
    if (this.#machine(machine).kubelet === "running") this.#machines.change(machine, { kubelet: "hung" });
  }

  #flapDown(machine: string, trouble: Trouble): void {
    this.#powerOff(machine, trouble);
    trouble.flap = this.#engine.after(this.#random().between(...FLAP_DOWN_MS), () => {
      this.#powerOn(machine, trouble);
      const upMs = this.#random().between(...FLAP_UP_MS);
      trouble.flap = this.#engine.after(upMs, () => this.#flapDown(machine, trouble));
    });
  }

  #inZone(zone: string): string[] {
    const names = [...this.#machines.machines.values()].filter((m) => m.zone === zone).map((m) => m.name);
    invariant(names.length > 0, `There is no zone ${zone}`);
    return names;
  }

  #machine(name: string) {
    const machine = this.#machines.machines.get(name);
    invariant(machine, `There is no machine ${name}`);
    return machine;
  }

  #trouble(machine: string): Trouble {
    let trouble = this.#troubles.get(machine);
    if (trouble === undefined) {
      trouble = { faults: new Set(), boot: undefined, flap: undefined };
      this.#troubles.set(machine, trouble);
    }
    return trouble;
  }

  #random() {
    return this.#engine.random("failures");
  }
}
