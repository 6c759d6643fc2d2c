import type { RandomStream } from "../../../base/random.ts";
import { services } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Service, ServicePort } from "../../../kube/types/index.ts";
import { internalError, invalid, invalidValue } from "../errors.ts";
import { needsHealthCheckNodePort, needsNodePorts } from "../strategies/service-strategy.ts";
import { PORT_TAKEN, type PortPool } from "./port-pool.ts";

/** What one request takes from the pool, before anything is committed. */
export interface PortRequest {
  /** Takes that very port; answers why it cannot be had. */
  take(port: number): string | undefined;
  /** Takes some port; `undefined` when none is left. */
  takeAny(): number | undefined;
}

/** A request whose ports are kept. */
export class RealPortRequest implements PortRequest {
  readonly #pool: PortPool;
  readonly #random: RandomStream;
  readonly #taken = new Set<number>();

  constructor(pool: PortPool, random: RandomStream) {
    this.#pool = pool;
    this.#random = random;
  }

  take(port: number): string | undefined {
    if (this.#taken.has(port)) return PORT_TAKEN;
    const why = this.#pool.refusal(port);
    if (why === undefined) this.#taken.add(port);
    return why;
  }

  takeAny(): number | undefined {
    const port = this.#pool.pick(this.#random, this.#taken);
    if (port !== undefined) this.#taken.add(port);
    return port;
  }
}

/** What a dry run says that it took when nobody asks for a certain port: beyond the range (portallocator.StartOperation). */
const DRY_PORT = 32_769;

/** A dry run's: it asks who holds a port and not whether there is such a port, and makes up those that nobody names. */
export class DryPortRequest implements PortRequest {
  readonly #pool: PortPool;
  readonly #taken = new Set<number>();

  constructor(pool: PortPool) {
    this.#pool = pool;
  }

  take(port: number): string | undefined {
    if (this.#pool.has(port) || this.#taken.has(port)) return PORT_TAKEN;
    this.#taken.add(port);
    return undefined;
  }

  takeAny(): number {
    const port = this.#taken.size === 0 ? DRY_PORT : Math.max(...this.#taken) + 1;
    this.#taken.add(port);
    return port;
  }
}

/** The Service with the node ports it needs: its own where it names them, others by chance. */
export function withNodePorts(service: Service, old: Service | undefined, request: PortRequest): Service {
  const ported = withServicePorts(service, old, request);
  return withHealthCheckPort(ported, old, request);
}

function withServicePorts(service: Service, old: Service | undefined, request: PortRequest): Service {
  const { spec } = service;
  if (!needsNodePorts(spec) || spec.ports === undefined) return service;
  const held = new Set(old?.spec.ports?.map((port) => port.nodePort));
  const isUpdate = held.size > 0 && old !== undefined && needsNodePorts(old.spec);
  const ports = isUpdate ? updatedPorts(service, held, request) : firstPorts(service, request);
  return { ...service, spec: { ...spec, ports } };
}

/** Of a new Service, ports of one number share a node port over all protocols. */
function firstPorts(service: Service, request: PortRequest): readonly ServicePort[] {
  const { ports = [] } = service.spec;
  const shared = new Map<number, number>();
  return ports.map((port, i) => {
    if (!port.nodePort && !allocatesPorts(service)) return port;
    const present = shared.get(port.port);
    if (present !== undefined) {
      if (port.nodePort && port.nodePort !== present) takeNamed(service, request, i, port.nodePort);
      return { ...port, nodePort: port.nodePort || present };
    }
    const named = ports.slice(i).find((other) => other.port === port.port && other.nodePort)?.nodePort;
    const nodePort = named ?? takeAny(request);
    if (named !== undefined) takeNamed(service, request, i, named);
    shared.set(port.port, nodePort);
    return { ...port, nodePort };
  });
}

function updatedPorts(
  service: Service,
  held: ReadonlySet<number | undefined>,
  request: PortRequest,
): readonly ServicePort[] {
  const fresh = new Set<number>();
  const taken = new Set<string>();
  return (service.spec.ports ?? []).map((port, i) => {
    if (!port.nodePort) return allocatesPorts(service) ? { ...port, nodePort: takeAny(request) } : port;
    const place = `${port.protocol ?? "TCP"} ${port.nodePort}`;
    if (taken.has(place)) throw new StatusError("Unknown", `duplicate nodePort: {${place}}`);
    taken.add(place);
    if (!held.has(port.nodePort) && !fresh.has(port.nodePort)) {
      takeNamed(service, request, i, port.nodePort);
      fresh.add(port.nodePort);
    }
    return port;
  });
}

function withHealthCheckPort(service: Service, old: Service | undefined, request: PortRequest): Service {
  const { spec } = service;
  const held = old !== undefined && needsHealthCheckNodePort(old.spec);
  if (!needsHealthCheckNodePort(spec) || held) return service;
  const wanted = spec.healthCheckNodePort;
  if (!wanted) return { ...service, spec: { ...spec, healthCheckNodePort: takeAny(request) } };
  const why = request.take(wanted);
  if (why === undefined) return service;
  throw internalError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${why}`);
}

/** A balancer that brings its own way to the nodes asks for no ports. */
function allocatesPorts({ spec }: Service): boolean {
  return spec.type === "NodePort" || spec.allocateLoadBalancerNodePorts !== false;
}

function takeNamed(service: Service, request: PortRequest, i: number, nodePort: number): void {
  const why = request.take(nodePort);
  if (why === undefined) return;
  throw invalid(services, service.metadata.name, [invalidValue(`spec.ports[${i}].nodePort`, nodePort, why)]);
}

function takeAny(request: PortRequest): number {
  const port = request.takeAny();
  if (port === undefined) throw internalError("failed to allocate a nodePort: range is full");
  return port;
}
