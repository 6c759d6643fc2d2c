import { labelsContain } from "../../kube/selectors.ts";
import type { Answer, Applications } from "./apps/application.ts";
import { type Step, unanswered, went, wentWrong } from "./apps/outcome.ts";
import { Connections } from "./connections.ts";
import type { Host } from "./host/host.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { type FarEnd, type Network, titleOf } from "./proxy/network.ts";
import type { ServiceLog } from "./proxy/service-log.ts";
import type { AppRequest, RequestOutcome, StoredRows, Target, Traffic } from "./traffic.ts";
import type { World } from "./world.ts";

/** What a request passes on its way. */
export interface ClientTrafficOptions {
  readonly world: World;
  readonly network: Network;
  readonly applications: Applications;
  readonly services: ServiceLog;
  readonly balancer: LoadBalancer;
  readonly hosts: ReadonlyMap<string, Host>;
  /** Told of every request that reached a process. */
  readonly onServed: (end: FarEnd) => void;
}

/** Requests of clients, from the wire to the row and back. */
export class ClientTraffic implements Traffic {
  readonly #options: ClientTrafficOptions;
  readonly #connections: Connections;

  constructor(options: ClientTrafficOptions) {
    this.#options = options;
    const { world, network } = options;
    this.#connections = new Connections(network, (name) => world.machines.get(name)?.bootId ?? 0);
  }

  request(request: AppRequest): RequestOutcome {
    const connected = this.#connect(request);
    if (!connected.ok) return failed(connected, request.timeoutMs, connected.tookMs);
    const { end, via } = connected.value;
    this.#options.onServed(end);
    const answer = this.#options.applications.answer(end, request.action, request.session);
    const tookMs = connected.tookMs + answer.tookMs;
    const servedBy = titleOf(end.container);
    if (!answer.ok) return { ...failed(answer, request.timeoutMs, tookMs), servedBy };
    if (tookMs > request.timeoutMs) {
      return failed(unanswered(`${servedBy} was too slow`), request.timeoutMs, tookMs);
    }
    const connection = request.connection ?? this.#connections.keep(end, via);
    return succeeded(answer.value, tookMs, servedBy, connection);
  }

  storedRows(namespace: string, databaseService: string): StoredRows | undefined {
    const selector = this.#options.services.current(`${namespace}/${databaseService}`)?.service.spec.selector;
    if (selector === undefined) return undefined;
    let rows: ReadonlySet<string> | undefined;
    let corrupted = false;
    for (const host of this.#options.hosts.values()) {
      for (const { pod, process } of host.running()) {
        const { store, profile } = process.plan;
        if (profile.role !== "database" || pod.metadata.namespace !== namespace) continue;
        if (!labelsContain(pod.metadata.labels, selector)) continue;
        if (!process.isListening || process.isHung || store.readState() !== "ok") continue;
        // With several that do not share their data only what each of them has can be relied on.
        const known = rows;
        rows = known === undefined ? store.rows : new Set([...store.rows].filter((row) => known.has(row)));
        corrupted ||= store.corrupted;
      }
    }
    return rows && { rows: new Set(rows), corrupted };
  }

  #connect(request: AppRequest): Step<{ readonly end: FarEnd; readonly via: string | undefined }> {
    const { connection, from } = request;
    if (connection !== undefined) {
      const state = this.#connections.look(connection, from);
      if (state.kind === "usable") return went({ end: state.end, via: undefined }, 0.2);
      return state.kind === "silent" ? unanswered(state.why) : wentWrong("reset", state.why, 0.5);
    }
    const { via, step } = this.#toTarget(request);
    return step.ok ? { ...step, value: { end: step.value, via } } : step;
  }

  #toTarget({ from, target, clientIp }: AppRequest): { via: string | undefined; step: Step<FarEnd> } {
    const { network } = this.#options;
    switch (target.kind) {
      case "node-port":
        return {
          via: target.machine,
          step: network.toNodePort(from, target.machine, target.port, clientIp),
        };
      case "service": {
        if (from === "outside") return this.#throughBalancer(target, clientIp);
        const key = `${target.namespace}/${target.name}`;
        return { via: from.machine, step: network.toService(from.machine, key, target.port, clientIp) };
      }
      case "pod":
        return { via: undefined, step: this.#toPod(from, target) };
    }
  }

  #throughBalancer(
    target: Extract<Target, { kind: "service" }>,
    clientIp: string,
  ): { via: string | undefined; step: Step<FarEnd> } {
    const { network, services, balancer } = this.#options;
    const key = `${target.namespace}/${target.name}`;
    const table = services.current(key);
    if (table?.service.spec.type !== "LoadBalancer") {
      const why = `the cluster address of Service ${key} cannot be reached from outside`;
      return { via: undefined, step: unanswered(why) };
    }
    const machine = balancer.pick(table);
    const found = table.ports.find(({ port }) => port.port === target.port || port.name === target.port);
    if (machine === undefined || found?.port.nodePort === undefined) {
      return { via: undefined, step: wentWrong("refused", `no node serves Service ${key}`, 1) };
    }
    const step = network.toNodePort("outside", machine, found.port.nodePort, clientIp);
    return { via: machine, step };
  }

  #toPod(from: AppRequest["from"], target: Extract<Target, { kind: "pod" }>): Step<FarEnd> {
    const title = `${target.namespace}/${target.name}`;
    for (const host of this.#options.hosts.values()) {
      for (const container of host.running()) {
        if (titleOf(container) !== title) continue;
        const ip = host.runtime.pod(container.pod.metadata.uid).sandboxes[0]?.ip;
        if (ip !== undefined) return this.#options.network.toAddress(from, ip, target.port);
      }
    }
    return unanswered(`pod ${title} does not run`);
  }
}

function succeeded(
  { session }: Answer,
  latencyMs: number,
  servedBy: string,
  connection: RequestOutcome["connection"],
): RequestOutcome {
  return {
    ok: true,
    latencyMs,
    servedBy,
    ...(session !== undefined && { session }),
    ...(connection !== undefined && { connection }),
  };
}

/** A client that gets no answer gives up when its time is over. */
function failed(
  { failure, why, need }: Extract<Step<unknown>, { ok: false }>,
  timeoutMs: number,
  tookMs: number,
): RequestOutcome {
  const behind = need === undefined ? {} : { need };
  if (failure === "timeout" || tookMs > timeoutMs) {
    return { ok: false, failure: "timeout", why, latencyMs: timeoutMs, ...behind };
  }
  return { ok: false, failure, why, latencyMs: tookMs, ...behind };
}
