import { type HostPort, UsedPorts } from "../../scheduler/host-ports.ts";
import { podInfo } from "../../scheduler/pod-info.ts";
import type { PodClass } from "../model/pod-class.ts";

/** The host ports that pods take, numbered, and which of them keep each other off a node. */
export class Ports {
  readonly #indexOf = new Map<string, number>();
  readonly #ports: HostPort[] = [];
  readonly #takenBy: (readonly number[])[];

  constructor(classes: readonly PodClass[]) {
    this.#takenBy = classes.map(({ prototype }) =>
      podInfo(prototype).hostPorts.map((port) => this.#number(port)),
    );
  }

  get count(): number {
    return this.#ports.length;
  }

  /** The ports of a class. */
  takenBy(podClass: number): readonly number[] {
    return this.#takenBy[podClass] as readonly number[];
  }

  /** The ports that must be free for a pod of the class; nothing for a pod without ports. */
  conflictsOf(podClass: number): readonly number[] | undefined {
    const own = this.takenBy(podClass);
    if (own.length === 0) return undefined;
    const wanted = own.map((port) => this.#ports[port] as HostPort);
    return [...this.#ports.keys()].filter((port) => {
      const used = new UsedPorts();
      used.add([this.#ports[port] as HostPort]);
      return used.conflictsWith(wanted);
    });
  }

  #number(port: HostPort): number {
    const key = `${port.ip} ${port.port}`;
    let index = this.#indexOf.get(key);
    if (index === undefined) {
      index = this.#ports.push(port) - 1;
      this.#indexOf.set(key, index);
    }
    return index;
  }
}
