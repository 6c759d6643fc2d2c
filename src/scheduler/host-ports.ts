import type { Container, PodSpec } from "../kube/types/index.ts";

/** A port of the node that a pod takes for itself. */
export interface HostPort {
  /** "0.0.0.0" for every address of the node. */
  readonly ip: string;
  /** Protocol and number, "TCP/443". */
  readonly port: string;
}

const EVERY_ADDRESS = "0.0.0.0";
const NO_PORTS: readonly HostPort[] = Object.freeze([]);

/** The node's ports that a pod takes for as long as it runs: those of containers and sidecars. */
export function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  let ports: HostPort[] | undefined;
  const collect = (container: Container) => {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort === undefined || hostPort <= 0) continue;
      ports ??= [];
      ports.push({ ip: hostIP || EVERY_ADDRESS, port: `${protocol || "TCP"}/${hostPort}` });
    }
  };
  for (const container of spec.initContainers ?? [])
    if (container.restartPolicy === "Always") collect(container);
  for (const container of spec.containers) collect(container);
  return ports ?? NO_PORTS;
}

/** The ports that are taken on a node. Two pods with the same port count once, as in kube-scheduler's HostPortInfo. */
export class UsedPorts {
  readonly #byAddress = new Map<string, Set<string>>();

  add(ports: readonly HostPort[]): void {
    for (const { ip, port } of ports) {
      const taken = this.#byAddress.get(ip);
      if (taken === undefined) this.#byAddress.set(ip, new Set([port]));
      else taken.add(port);
    }
  }

  remove(ports: readonly HostPort[]): void {
    for (const { ip, port } of ports) {
      const taken = this.#byAddress.get(ip);
      if (taken?.delete(port) && taken.size === 0) this.#byAddress.delete(ip);
    }
  }

  /** Whether one of the ports is taken already: on the same address, or where either side means every address. */
  conflictsWith(ports: readonly HostPort[]): boolean {
    if (this.#byAddress.size === 0) return false;
    return ports.some(({ ip, port }) => {
      if (ip !== EVERY_ADDRESS) {
        return this.#has(ip, port) || this.#has(EVERY_ADDRESS, port);
      }
      for (const taken of this.#byAddress.values()) if (taken.has(port)) return true;
      return false;
    });
  }

  fork(): UsedPorts {
    const copy = new UsedPorts();
    for (const [ip, taken] of this.#byAddress) copy.#byAddress.set(ip, new Set(taken));
    return copy;
  }

  #has(ip: string, port: string): boolean {
    return this.#byAddress.get(ip)?.has(port) ?? false;
  }
}
