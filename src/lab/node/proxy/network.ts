import type { RandomStream } from "../../../base/random.ts";
import { type Step, unanswered, went, wentWrong } from "../apps/outcome.ts";
import type { Container, RuntimePod } from "../host/container.ts";
import type { Host } from "../host/host.ts";
import type { Place, World } from "../world.ts";
import type { NodeProxy } from "./node-proxy.ts";
import { findPort, isHeadless, type ServicePortTable, type ServiceTable } from "./service-table.ts";
import type { Side } from "./usable-backends.ts";

/** The far end of a connection. */
export interface FarEnd {
  readonly host: Host;
  readonly container: Container;
  readonly port: number;
}

/** One way through a machine and, on it, within a rack. */
const HOP_MS = [0.1, 0.6] as const;

/** What packets pass. */
export interface NetworkOptions {
  readonly world: World;
  readonly random: RandomStream;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly proxies: ReadonlyMap<string, NodeProxy>;
  /** Machines by their own addresses, and by the beginnings of their pods' addresses, such as "10.244.1". */
  readonly addresses: ReadonlyMap<string, string>;
}

/** Packets from somewhere to a process: wires, service rules, addresses. It knows nothing of what the process answers. */
export class Network {
  readonly #options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** To a node's own port, and through its rules to a pod. */
  toNodePort(from: Place, machine: string, port: number, clientIp: string): Step<FarEnd> {
    const { world, proxies } = this.#options;
    if (!world.reaches(from, { machine })) return unanswered(`${machine} does not answer`);
    const proxy = proxies.get(machine);
    const found = proxy?.tableOfNodePort(port);
    if (proxy === undefined || found === undefined) {
      return wentWrong("refused", `nothing listens on port ${port} of ${machine}`, this.#hopMs());
    }
    // What a machine sends to its own port counts as traffic from inside, whatever the policy for outsiders is.
    const side = from !== "outside" && from.machine === machine ? "internal" : "external";
    return this.#through(machine, proxy, found.table, found.port, side, clientIp);
  }

  /** To a Service's name, from a machine and by its own rules. */
  toService(
    machine: string,
    key: string,
    wanted: number | string | undefined,
    clientIp: string,
  ): Step<FarEnd> {
    const proxy = this.#options.proxies.get(machine);
    const table = proxy?.table(key);
    if (proxy === undefined || table === undefined) {
      return wentWrong("refused", `${machine} knows no Service ${key}`, this.#hopMs());
    }
    const port = findPort(table, wanted);
    if (port === undefined) return unanswered(`Service ${key} has no port ${wanted ?? ""}`);
    if (table.service.spec.type === "ExternalName")
      return unanswered(`Service ${key} is outside the cluster`);
    if (isHeadless(table)) return this.#toHeadless(machine, table, port);
    return this.#through(machine, proxy, table, port, "internal", clientIp);
  }

  /** To a pod's address. */
  toAddress(from: Place, ip: string, port: number): Step<FarEnd> {
    const { world, hosts } = this.#options;
    const machine = this.#machineOf(ip);
    if (machine === undefined || !world.reaches(from, { machine })) {
      return unanswered(`${machine ?? ip} does not answer`);
    }
    const host = hosts.get(machine);
    const pods = host?.podsAt(ip) ?? [];
    if (host === undefined || pods.length === 0) return unanswered(`no pod has the address ${ip} any more`);
    const container = findListener(pods, port);
    if (container === undefined) {
      return wentWrong("refused", `nothing listens on ${ip}:${port}`, this.#hopMs());
    }
    if (container.process.isHung) return unanswered(`${titleOf(container)} hangs`);
    return went({ host, container, port }, this.#hopMs());
  }

  /** Whether what was connected before can still talk. */
  isWireUp(from: Place, via: string | undefined, to: string): boolean {
    const { world } = this.#options;
    if (via === undefined) return world.reaches(from, { machine: to });
    return world.reaches(from, { machine: via }) && world.reaches({ machine: via }, { machine: to });
  }

  #through(
    machine: string,
    proxy: NodeProxy,
    table: ServiceTable,
    port: ServicePortTable,
    side: Side,
    clientIp: string,
  ): Step<FarEnd> {
    const choice = proxy.choose(table, port, side, clientIp);
    const hopMs = this.#hopMs();
    if (choice.kind === "refused")
      return wentWrong("refused", `Service ${table.key} has no endpoints`, hopMs);
    if (choice.kind === "dropped") return unanswered(`Service ${table.key} has no endpoint on ${machine}`);
    const { ip, port: target } = choice.backend;
    const step = this.toAddress({ machine }, ip, target);
    return { ...step, tookMs: step.tookMs + hopMs };
  }

  /** A headless Service is a name for its pods: one of the ready ones is taken, as a resolver deals them out. */
  #toHeadless(machine: string, table: ServiceTable, port: ServicePortTable): Step<FarEnd> {
    const { publishNotReadyAddresses } = table.service.spec;
    const named = port.backends.filter(({ ready }) => ready || publishNotReadyAddresses === true);
    if (named.length === 0)
      return wentWrong("refused", `the name ${table.key} has no addresses`, this.#hopMs());
    const { ip, port: target } = this.#options.random.pick(named);
    return this.toAddress({ machine }, ip, target);
  }

  #machineOf(ip: string): string | undefined {
    const { addresses } = this.#options;
    return addresses.get(ip) ?? addresses.get(ip.slice(0, ip.lastIndexOf(".")));
  }

  #hopMs(): number {
    return this.#options.random.between(...HOP_MS);
  }
}

/** The program that takes connections on that port: one that is known to, rather than one that might. */
function findListener(pods: readonly RuntimePod[], port: number): Container | undefined {
  let found: Container | undefined;
  for (const { containers } of pods) {
    for (const container of containers) {
      const { process, state } = container;
      if (state !== "running" || !process.listensOn(port)) continue;
      if (process.plan.ports !== "any") return container;
      found ??= container;
    }
  }
  return found;
}

/** "namespace/pod" of a container. */
export function titleOf({ pod }: Container): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}
