import { invariant } from "../../../base/invariant.ts";
import type { RandomStream } from "../../../base/random.ts";
import type { Container as ContainerSpec, Pod } from "../../../kube/types/index.ts";
import type { Engine } from "../../../time/engine.ts";
import type { Agenda } from "../agenda.ts";
import { Process, type ProcessPlan } from "../apps/process.ts";
import type { Routine } from "../routine.ts";
import type { Container, ContainerPlace, RuntimePod, Sandbox } from "./container.ts";
import { imageDigest, qualifiedImage } from "./image-names.ts";

/** What containerd reports of containers that were there when the power went. */
const LOST_EXIT_CODE = 255;

/** Who wants to know what happens to a machine's containers. */
export interface RuntimeListener {
  /** A sandbox or a container of the pod started, or a container ended: what the kubelet finds out when it looks next. */
  onLifecycle(podUid: string): void;
  /** A process of the pod began or ceased to answer. */
  onHealth(podUid: string): void;
}

interface Entry extends RuntimePod {
  readonly sandboxes: Sandbox[];
  containers: Container[];
}

/**
 * A machine's container runtime: sandboxes, containers and the processes in them. It lives by itself, without a kubelet;
 * its records survive a loss of power, its processes do not.
 */
export class ContainerRuntime {
  readonly #engine: Engine;
  readonly #machine: string;
  readonly #random: RandomStream;
  readonly #machineIp: string;
  readonly #podNetwork: string;
  readonly #listeners: RuntimeListener[] = [];
  readonly #pods = new Map<string, Entry>();
  readonly #podsByIp = new Map<string, string>();
  /** Who waits for the end of a container, by its id. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #lastHost = 1;

  /** `podNetwork` is the beginning of the pods' addresses, such as "10.244.1". */
  constructor(engine: Engine, machine: string, machineIp: string, podNetwork: string) {
    this.#engine = engine;
    this.#machine = machine;
    this.#random = engine.random(`containers/${machine}`);
    this.#machineIp = machineIp;
    this.#podNetwork = podNetwork;
  }

  listen(listener: RuntimeListener): void {
    this.#listeners.push(listener);
  }

  /** Uids of all pods that it has anything of. */
  podUids(): string[] {
    return [...this.#pods.keys()];
  }

  pod(uid: string): RuntimePod {
    return this.#pods.get(uid) ?? { uid, sandboxes: [], containers: [] };
  }

  /** The pod that has this address now. */
  podAt(ip: string): RuntimePod | undefined {
    const uid = this.#podsByIp.get(ip);
    return uid === undefined ? undefined : this.#pods.get(uid);
  }

  /** Full names of the images that containers were made of. */
  usedImages(): Set<string> {
    const used = new Set<string>();
    for (const { containers } of this.#pods.values()) for (const { image } of containers) used.add(image);
    return used;
  }

  createSandbox(pod: Pod): Sandbox {
    const entry = this.#entry(pod.metadata.uid);
    const sandbox: Sandbox = {
      id: this.#id(),
      podUid: entry.uid,
      ip: pod.spec.hostNetwork ? this.#machineIp : this.#allocateIp(entry.uid),
      attempt: entry.sandboxes.length,
      createdAtMs: this.#engine.now(),
      ready: true,
    };
    entry.sandboxes.unshift(sandbox);
    this.#tellLifecycle(entry.uid);
    return sandbox;
  }

  /** Takes the pod's network away; its containers have to be gone by then. */
  stopSandbox(podUid: string): void {
    for (const sandbox of this.pod(podUid).sandboxes) {
      sandbox.ready = false;
      if (this.#podsByIp.get(sandbox.ip) === podUid) this.#podsByIp.delete(sandbox.ip);
    }
  }

  /** Creates and starts a container; the process in it begins at once. */
  startContainer(
    pod: Pod,
    spec: ContainerSpec,
    place: ContainerPlace,
    attempt: number,
    plan: ProcessPlan,
  ): Container {
    const entry = this.#entry(pod.metadata.uid);
    const now = this.#engine.now();
    const process = new Process(this.#engine, plan, {
      onChange: () => this.#tellHealth(entry.uid),
      onExit: (exitCode) => this.#ended(container, exitCode),
    });
    const container: Container = {
      id: this.#id(),
      pod,
      spec,
      place,
      name: spec.name,
      image: qualifiedImage(spec.image),
      imageId: imageDigest(spec.image),
      attempt,
      createdAtMs: now,
      process,
      state: "running",
      startedAtMs: now,
      finishedAtMs: 0,
      exitCode: 0,
      reason: "",
    };
    const earlier = entry.containers.find((other) => other.name === spec.name);
    entry.containers = [container, ...entry.containers.filter((c) => c.name !== spec.name || c === earlier)];
    this.#trace(container, "starts");
    process.start();
    this.#tellLifecycle(entry.uid);
    return container;
  }

  /** Asks the container's process to end, kills it when that takes too long, and goes on when it has ended. */
  *stop(agenda: Agenda, container: Container, graceMs: number): Routine {
    if (container.state === "exited") return;
    yield (wake) => {
      const deadline = agenda.after(graceMs, () => container.process.kill());
      this.onceEnded(container, () => {
        deadline.cancel();
        wake();
      });
      container.process.terminate();
    };
  }

  /** Tells when a container that runs has ended. */
  onceEnded(container: Container, handler: () => void): void {
    const waiting = this.#waiting.get(container.id) ?? [];
    this.#waiting.set(container.id, [...waiting, handler]);
  }

  /** Forgets a pod of which nothing runs. */
  remove(podUid: string): void {
    const running = this.pod(podUid).containers.some((container) => container.state === "running");
    invariant(!running, `Pod ${podUid} is removed while its containers run`);
    this.stopSandbox(podUid);
    this.#pods.delete(podUid);
  }

  /** Every process ends at once and nobody notices; what is on disk stays. */
  losePower(): void {
    for (const entry of this.#pods.values()) {
      for (const container of entry.containers) {
        if (container.state === "running") container.process.kill(LOST_EXIT_CODE);
      }
      this.stopSandbox(entry.uid);
    }
  }

  #ended(container: Container, exitCode: number): void {
    container.state = "exited";
    container.finishedAtMs = this.#engine.now();
    container.exitCode = exitCode;
    container.reason = exitCode === 0 ? "Completed" : exitCode === LOST_EXIT_CODE ? "Unknown" : "Error";
    this.#trace(container, `ends with ${exitCode}`);
    this.#tellHealth(container.pod.metadata.uid);
    this.#tellLifecycle(container.pod.metadata.uid);
    const waiting = this.#waiting.get(container.id) ?? [];
    this.#waiting.delete(container.id);
    for (const handler of waiting) handler();
  }

  #entry(uid: string): Entry {
    let entry = this.#pods.get(uid);
    if (entry === undefined) {
      entry = { uid, sandboxes: [], containers: [] };
      this.#pods.set(uid, entry);
    }
    return entry;
  }

  /** As the host-local plugin deals addresses out: the next free one after the last, so that none is used again soon. */
  #allocateIp(podUid: string): string {
    for (let tries = 0; tries < 253; tries++) {
      this.#lastHost = this.#lastHost >= 254 ? 2 : this.#lastHost + 1;
      const ip = `${this.#podNetwork}.${this.#lastHost}`;
      if (this.#podsByIp.has(ip)) continue;
      this.#podsByIp.set(ip, podUid);
      return ip;
    }
    invariant(false, `Every address of ${this.#podNetwork}.0/24 is in use`);
  }

  #trace({ pod: { metadata }, name }: Container, what: string): void {
    const title = `${metadata.namespace}/${metadata.name}`;
    this.#engine.trace(title, `container ${name} ${what} on ${this.#machine}`);
  }

  #tellLifecycle(podUid: string): void {
    for (const listener of this.#listeners) listener.onLifecycle(podUid);
  }

  #tellHealth(podUid: string): void {
    for (const listener of this.#listeners) listener.onHealth(podUid);
  }

  #id(): string {
    let id = "";
    for (let i = 0; i < 8; i++) id += this.#random.below(0x1_0000_0000).toString(16).padStart(8, "0");
    return id;
  }
}
