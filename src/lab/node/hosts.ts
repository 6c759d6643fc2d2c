import { invariant } from "../../base/invariant.ts";
import { pods, storageClasses } from "../../kube/kinds.ts";
import { storageTraitsOfClass } from "../../kube/storage-kinds.ts";
import type { Timing } from "../../kube/timing.ts";
import type { Container as ContainerSpec, Node, Pod, StorageClass } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import type { Api, Draft } from "../apiserver/api.ts";
import { createEventRecorder } from "../apiserver/event-recorder.ts";
import { Applications } from "./apps/application.ts";
import { AssumedNeeds } from "./apps/assumed-needs.ts";
import type { Need } from "./apps/needs.ts";
import { type Step, unanswered } from "./apps/outcome.ts";
import { checkProbe } from "./apps/probe-check.ts";
import { processPlanner } from "./apps/process-planner.ts";
import { workloadNameOf, workloadProfile } from "./apps/workload-profile.ts";
import { Host } from "./host/host.ts";
import { pullProblem } from "./host/registries.ts";
import { reachesApiServer } from "./machines.ts";
import type { ProfileFile, WorkloadProfile } from "./profile.ts";
import { type FarEnd, Network } from "./proxy/network.ts";
import { NodeProxy } from "./proxy/node-proxy.ts";
import type { ServiceLog } from "./proxy/service-log.ts";
import type { Volumes } from "./volumes/volumes.ts";
import type { Machine, World } from "./world.ts";

/** What all machines are made of. */
export interface HostsOptions {
  readonly engine: Engine;
  /** As kubelets use it. */
  readonly api: Api;
  readonly timing: Timing;
  readonly world: World;
  readonly volumes: Volumes;
  readonly services: ServiceLog;
  readonly profile: ProfileFile | undefined;
  readonly cpu: string;
  readonly memory: string;
  /** Nodes that some of the machines are made like. */
  readonly likeNodes: readonly Node[];
  /** By machine. */
  readonly staticPods: Readonly<Record<string, readonly Draft<Pod>[]>>;
}

/** A proxy's log entries are kept until all have read them; every so many entries somebody looks how far they are. */
const LOG_LOOK_EVERY = 256;

/** All machines with what runs on them, and what connects them. */
export class Hosts {
  readonly byName = new Map<string, Host>();
  readonly network: Network;
  readonly applications: Applications;
  readonly #options: HostsOptions;
  readonly #like: ReadonlyMap<string, Node>;
  readonly #proxies = new Map<string, NodeProxy>();
  /** Hosts on which a readiness probe looks, or has looked, at what the application needs. */
  readonly #watching = new Set<Host>();
  readonly #csiDrivers = new Set<string>();
  #assumed: AssumedNeeds | undefined;

  constructor(options: HostsOptions) {
    this.#options = options;
    this.#like = new Map(options.likeNodes.map((node) => [node.metadata.name, node]));
    const { engine, world, services } = options;
    const addresses = new Map<string, string>();
    let index = 0;
    for (const machine of world.machines.values()) {
      const network = podNetwork(index++);
      addresses.set(network, machine.name).set(machine.ip, machine.name);
      this.byName.set(machine.name, this.#host(machine, network));
      const place = { nodeName: machine.name, zone: machine.zone };
      this.#proxies.set(machine.name, new NodeProxy(engine, services, place));
    }
    this.network = new Network({
      world,
      random: engine.random("network"),
      hosts: this.byName,
      proxies: this.#proxies,
      addresses,
    });
    this.applications = new Applications(
      {
        needsOf: (end) => this.#needsOf(end),
        connect: (end, need) => this.#connect(end, need),
      },
      engine.random("applications"),
    );
  }

  /** Guesses about applications so far. */
  get assumptions(): readonly string[] {
    return this.#assumed?.sentences ?? [];
  }

  /** Everything on the machines begins. */
  start(): void {
    const { api, world, services, volumes } = this.#options;
    this.#assumed = new AssumedNeeds({ api, services, profileOf: (pod, spec) => this.#profileOf(pod, spec) });
    const seen = new Map(world.machines);
    world.onChange((name) => {
      for (const machine of name === undefined ? world.machines.keys() : [name]) {
        this.#followMachine(machine, seen.get(machine));
        const now = world.machines.get(machine);
        if (now !== undefined) seen.set(machine, now);
      }
      this.#networkChanged();
    });
    volumes.onChange(() => this.#networkChanged());
    services.onAppend(() => this.#servicesChanged());
    for (const storageClass of api.list(storageClasses)) this.#addCsiDriver(storageClass);
    api.onChange(storageClasses, ({ type, object }) => {
      if (type === "ADDED") this.#addCsiDriver(object);
    });
    api.onChange(pods, ({ type, object, previous }) => {
      const host = this.#hostOf(object);
      if (host === undefined) return;
      if (type === "DELETED") host.podRemoved(object);
      else if (object !== previous) host.podChanged(object);
    });
    for (const host of this.byName.values()) host.start();
  }

  /** Whoever installs a class of storage that is attached to nodes installs its driver on all of them too. */
  #addCsiDriver(storageClass: StorageClass): void {
    const { provisioner } = storageClass;
    if (!storageTraitsOfClass(storageClass).attachable || this.#csiDrivers.has(provisioner)) return;
    this.#csiDrivers.add(provisioner);
    for (const host of this.byName.values()) host.csiDriversChanged();
  }

  #followMachine(name: string, before: Machine | undefined): void {
    const { world } = this.#options;
    const machine = world.machines.get(name);
    const proxy = this.#proxies.get(name);
    invariant(machine !== undefined && proxy !== undefined, `There is no machine ${name}`);
    if (before?.state === "on" && machine.state === "off") proxy.losePower();
    if (before?.state === "off" && machine.state === "on") proxy.boot();
    if (reachesApiServer(world, name)) proxy.connected();
    else proxy.cutOff();
    this.byName.get(name)?.worldChanged();
  }

  #servicesChanged(): void {
    const { services, engine } = this.#options;
    if (services.end % LOG_LOOK_EVERY === 0) {
      for (const proxy of this.#proxies.values()) proxy.catchUp();
      services.dropBefore(Math.min(...[...this.#proxies.values()].map(({ readUpTo }) => readUpTo)));
    }
    for (const host of this.#watching) engine.after(0, () => this.#watchProxy(host));
  }

  /** Where a readiness probe looks at Services, every write of the rules is news for it. */
  #watchProxy(host: Host): void {
    const nextMs = this.#proxies.get(host.name)?.catchUp();
    host.networkChanged();
    if (nextMs !== undefined) this.#options.engine.at(nextMs, () => this.#watchProxy(host));
  }

  #networkChanged(): void {
    for (const host of this.#watching) host.networkChanged();
  }

  #hostOf(pod: Pod): Host | undefined {
    return pod.spec.nodeName === undefined ? undefined : this.byName.get(pod.spec.nodeName);
  }

  #host(machine: Machine, network: string): Host {
    const { engine, api, timing, world, volumes, cpu, memory } = this.#options;
    const like = this.#like.get(machine.name);
    const recorder = { engine, api, component: "kubelet", host: machine.name };
    const host: Host = new Host({
      context: { engine, api, timing, events: createEventRecorder(recorder) },
      world,
      machine,
      traits: { cpu, memory, podCidr: `${network}.0/24`, ...(like !== undefined && { like }) },
      podNetwork: network,
      volumes,
      csiDrivers: () => [...this.#csiDrivers],
      staticPods: this.#options.staticPods[machine.name] ?? [],
      pullSeconds: (pod, spec) => this.#profileOf(pod, spec).pullSeconds,
      pullProblem: (pod, spec) => {
        const { unavailable = false } = this.#profileOf(pod, spec);
        return pullProblem(world, machine.name, spec.image, unavailable);
      },
      plan: processPlanner({
        machine: machine.name,
        hasRoom: () => !world.machines.get(machine.name)?.diskFull,
        onWatchesNeeds: () => this.#watching.add(host),
        random: engine.random(`processes/${machine.name}`),
        profileOf: (pod, spec) => this.#profileOf(pod, spec),
        hasNeeds: (pod, spec) => this.#checkNeeds(host, pod, spec).ok,
      }),
      ask: (pod, spec, kind, probe) =>
        checkProbe({
          pod,
          spec,
          kind,
          probe,
          runtime: host.runtime.pod(pod.metadata.uid),
          hostIp: machine.ip,
          needs: () => this.#checkNeeds(host, pod, spec),
        }),
    });
    host.runtime.listen({
      onLifecycle: () => {},
      onHealth: () => this.#networkChanged(),
    });
    return host;
  }

  /** Whether all that a container of a pod needs answers now. */
  #checkNeeds(host: Host, pod: Pod, spec: ContainerSpec): Step<unknown> {
    const container = host.runtime.pod(pod.metadata.uid).containers.find(({ name }) => name === spec.name);
    if (container === undefined) return unanswered("the container does not run");
    return this.applications.checkNeeds({ host, container, port: 0 });
  }

  #profileOf(pod: Pod, container: ContainerSpec): WorkloadProfile {
    const namespace = pod.metadata.namespace ?? "default";
    return workloadProfile(this.#options.profile, { namespace, workload: workloadNameOf(pod), container });
  }

  #needsOf({ container: { pod, process } }: FarEnd): readonly Need[] {
    const { needs, profile } = process.plan;
    if (needs.length > 0 || profile.role !== "web") return needs;
    return this.#assumed?.of(pod, workloadNameOf(pod)) ?? [];
  }

  #connect({ host, container }: FarEnd, need: Need): Step<FarEnd> {
    const sandbox = host.runtime.pod(container.pod.metadata.uid).sandboxes[0];
    const ip = sandbox?.ip ?? "";
    if (need.kind === "neighbour") return this.network.toAddress({ machine: host.name }, ip, need.port);
    return this.network.toService(host.name, `${need.namespace}/${need.name}`, need.port, ip);
  }
}

/** "10.244.7" for the eighth machine. */
function podNetwork(index: number): string {
  return `10.${244 + Math.floor(index / 256)}.${index % 256}`;
}
