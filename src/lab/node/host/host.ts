import type { Container as ContainerSpec, Pod, Probe } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import type { LabContext } from "../../context.ts";
import { Agenda } from "../agenda.ts";
import type { ImageManagerOptions } from "../kubelet/image-manager.ts";
import { Kubelet } from "../kubelet/kubelet.ts";
import type { KubeletContext } from "../kubelet/kubelet-context.ts";
import type { NodeTraits } from "../kubelet/node-object.ts";
import type { PlanProcess } from "../kubelet/pod-services.ts";
import type { ProbeAnswer, ProbeKind } from "../kubelet/probe-worker.ts";
import { reachesApiServer } from "../machines.ts";
import type { Volumes } from "../volumes/volumes.ts";
import type { Machine, World } from "../world.ts";
import { type Container, type RuntimePod, readySandbox } from "./container.ts";
import { ContainerRuntime } from "./container-runtime.ts";
import { ImageStore } from "./image-store.ts";

/** What one machine is made of. */
export interface HostOptions {
  /** The kubelet's. */
  readonly context: LabContext;
  readonly world: World;
  readonly machine: Machine;
  readonly traits: NodeTraits;
  /** The beginning of its pods' addresses, such as "10.244.1". */
  readonly podNetwork: string;
  readonly volumes: Volumes;
  readonly csiDrivers: () => readonly string[];
  readonly staticPods: readonly Draft<Pod>[];
  readonly pullSeconds: ImageManagerOptions["pullSeconds"];
  readonly pullProblem: ImageManagerOptions["pullProblem"];
  readonly plan: PlanProcess;
  readonly ask: (pod: Pod, container: ContainerSpec, kind: ProbeKind, probe: Probe) => ProbeAnswer;
}

const NO_PODS: readonly RuntimePod[] = [];

/** One machine with its container runtime, its images and, while one runs, its kubelet. */
export class Host {
  readonly name: string;
  readonly runtime: ContainerRuntime;
  readonly images = new ImageStore();
  readonly #options: HostOptions;
  readonly #agenda: Agenda;
  #kubelet: Kubelet | undefined;
  #starts = 0;
  /** The machine as it was when last looked at. */
  #seen: Machine;
  #wasConnected: boolean;

  constructor(options: HostOptions) {
    const { context, machine, podNetwork } = options;
    this.name = machine.name;
    this.#options = options;
    this.#agenda = new Agenda(context.engine);
    this.runtime = new ContainerRuntime(context.engine, machine.name, machine.ip, podNetwork);
    this.#seen = machine;
    this.#wasConnected = this.#isConnected();
    this.runtime.listen({
      onLifecycle: (uid) => this.#kubelet?.lifecycleChanged(uid),
      onHealth: (uid) => this.#kubelet?.healthChanged(uid),
    });
  }

  /** Everything on the machine begins. */
  start(): void {
    if (this.#machine().kubelet === "running") this.#startKubelet();
  }

  /** The world has changed: follows it. */
  worldChanged(): void {
    const before = this.#seen;
    const machine = this.#machine();
    this.#seen = machine;
    if (before.state === "on" && machine.state === "off") this.runtime.losePower();
    if (before.kubelet !== machine.kubelet) this.#followKubelet(machine.kubelet);
    if (before.diskFull !== machine.diskFull) this.#kubelet?.diskChanged();
    const isConnected = this.#isConnected();
    if (isConnected !== this.#wasConnected) this.#kubelet?.connectionChanged();
    this.#wasConnected = isConnected;
  }

  podChanged(pod: Pod): void {
    this.#kubelet?.observe(pod);
  }

  podRemoved(pod: Pod): void {
    this.#kubelet?.observeRemoval(pod);
  }

  /** A CSI driver runs on every node now. */
  csiDriversChanged(): void {
    this.#kubelet?.csiDriversChanged();
  }

  /** The pods that have this address: one, or all that share the machine's own. */
  podsAt(ip: string): readonly RuntimePod[] {
    if (ip === this.#options.machine.ip) {
      const pods = this.runtime.podUids().map((uid) => this.runtime.pod(uid));
      return pods.filter((pod) => readySandbox(pod)?.ip === ip);
    }
    const pod = this.runtime.podAt(ip);
    return pod === undefined ? NO_PODS : [pod];
  }

  /** Every running container. */
  *running(): Iterable<Container> {
    for (const uid of this.runtime.podUids()) {
      for (const container of this.runtime.pod(uid).containers)
        if (container.state === "running") yield container;
    }
  }

  /** What applications on the machine can reach may have changed. */
  networkChanged(): void {
    for (const { process, pod } of this.running()) {
      if (process.plan.profile.readinessChecksNeeds) this.#kubelet?.healthChanged(pod.metadata.uid);
    }
  }

  #followKubelet(state: Machine["kubelet"]): void {
    if (state === "stopped") this.#stopKubelet();
    else if (state === "hung") this.#agenda.pause();
    else {
      // Also where none ran: one that was to hang from its first moment has held up nothing but its own start.
      this.#agenda.resume();
      if (this.#kubelet === undefined) this.#startKubelet();
    }
  }

  #startKubelet(): void {
    const { traits, volumes, csiDrivers, staticPods, plan, ask } = this.#options;
    const { engine, api, timing, events } = this.#options.context;
    this.#starts++;
    const context: KubeletContext = {
      nodeName: this.name,
      agenda: this.#agenda,
      api,
      timing,
      random: engine.random(`kubelet/${this.name}/${this.#starts}`),
      runtime: this.runtime,
      tell: (object, type, reason, message, fieldPath) => {
        if (this.#isConnected()) events.event(object, type, reason, message, fieldPath);
      },
      machine: () => this.#machine(),
      isConnected: () => this.#isConnected(),
    };
    this.#kubelet = new Kubelet({
      context,
      traits,
      volumes,
      csiDrivers,
      staticPods,
      plan,
      ask,
      images: {
        images: this.images,
        pullSeconds: this.#options.pullSeconds,
        pullProblem: this.#options.pullProblem,
      },
    });
    this.#kubelet.start();
  }

  #stopKubelet(): void {
    this.#agenda.clear();
    this.#kubelet = undefined;
  }

  #machine(): Machine {
    return this.#options.world.machines.get(this.name) ?? this.#options.machine;
  }

  #isConnected(): boolean {
    return reachesApiServer(this.#options.world, this.name);
  }
}
