/**
 * What Services are given from pools of the whole cluster: cluster IPs and node ports. What is taken follows from the
 * Services that are stored, so a request that fails on its way has nothing to give back.
 */
import { services } from "../../../kube/kinds.ts";
import type { Service } from "../../../kube/types/index.ts";
import type { Engine } from "../../../time/engine.ts";
import type { Collection } from "../collection.ts";
import { internalError, invalid, invalidValue } from "../errors.ts";
import type { LooseObject } from "../loose.ts";
import { keyOf } from "../object-key.ts";
import type { Store } from "../store.ts";
import { withAddressFamilies, withStoredAllocations } from "./cluster-ips.ts";
import { IpPool } from "./ip-pool.ts";
import { DryPortRequest, RealPortRequest, withNodePorts } from "./node-ports.ts";
import { PortPool } from "./port-pool.ts";

/** kube-apiserver --service-cluster-ip-range. */
export const SERVICE_CIDR = "10.96.0.0/16";

export class ServiceAllocator {
  readonly #engine: Engine;
  readonly #ips = new IpPool(SERVICE_CIDR);
  readonly #ports = new PortPool();

  constructor(engine: Engine, store: Store, collection: Collection) {
    this.#engine = engine;
    store.onCommit(collection, ({ object, previous, type }) => {
      if (previous !== undefined) this.#release(previous as Service);
      if (type !== "DELETED") this.#take(object as Service);
    });
  }

  /** The Service with everything that is handed out; a dry run shows what it was not given. @throws {StatusError} Invalid when what it names cannot be had */
  allocate(object: LooseObject, old: LooseObject | undefined, dryRun: boolean): LooseObject {
    const before = old as unknown as Service | undefined;
    const given = withStoredAllocations(object as unknown as Service, before);
    const addressed = this.#withAddress(withAddressFamilies(given, before), before, dryRun);
    const request = dryRun
      ? new DryPortRequest(this.#ports)
      : new RealPortRequest(this.#ports, this.#engine.random("apiserver/node-ports"));
    return withNodePorts(addressed, before, request) as unknown as LooseObject;
  }

  #withAddress(service: Service, old: Service | undefined, dryRun: boolean): Service {
    const { spec, metadata } = service;
    const isNew = old === undefined || old.spec.type === "ExternalName";
    if (spec.type === "ExternalName" || spec.clusterIP === "None" || !isNew) return service;
    const wanted = spec.clusterIPs?.[0];
    if (wanted !== undefined) {
      const why = dryRun ? this.#ips.dryRefusal(wanted) : this.#ips.refusal(wanted);
      if (why === undefined) return service;
      const problem = `failed to allocate IP ${wanted}: ${why}`;
      throw invalid(services, metadata.name, [invalidValue("spec.clusterIPs", spec.clusterIPs, problem)]);
    }
    // A dry run does not look for one.
    const picked = dryRun ? this.#ips.network : this.#ips.pick(this.#engine.random("apiserver/service-ips"));
    if (picked === undefined) throw internalError("failed to allocate a serviceIP: range is full");
    return { ...service, spec: { ...spec, clusterIP: picked, clusterIPs: [picked] } };
  }

  #take(service: Service): void {
    const owner = keyOf(service);
    for (const address of addressesOf(service)) this.#ips.take(address, owner);
    for (const port of portsOf(service)) this.#ports.take(port, owner);
  }

  #release(service: Service): void {
    const owner = keyOf(service);
    for (const address of addressesOf(service)) this.#ips.release(address, owner);
    for (const port of portsOf(service)) this.#ports.release(port, owner);
  }
}

/** The cluster IPs that a Service holds; a headless one holds none. */
export function addressesOf({ spec }: Service): readonly string[] {
  return (spec.clusterIPs ?? []).filter((address) => address !== "None");
}

function portsOf({ spec }: Service): readonly number[] {
  const nodePorts = spec.ports?.flatMap(({ nodePort }) => nodePort || []) ?? [];
  return spec.healthCheckNodePort ? [...nodePorts, spec.healthCheckNodePort] : nodePorts;
}
