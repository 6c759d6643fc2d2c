import type { RandomStream } from "../../base/random.ts";
import type { Timing } from "../../kube/timing.ts";
import type { Engine, Timer } from "../../time/engine.ts";
import type { Heartbeats } from "../heartbeats.ts";
import { reachesApiServer } from "./machines.ts";
import type { World } from "./world.ts";

/** component-helpers, apimachinery/lease/controller.go: each pause is up to so much longer. */
const JITTER = 0.04;
/** From the start of a kubelet to its first renewal. */
const FIRST_MS = [100, 500] as const;

interface Renewals {
  readonly random: RandomStream;
  nextMs: number;
  lastMs: number | undefined;
  /** Renewals reach the API server now. */
  arriving: boolean;
  /** What the kubelet process was when last looked at. */
  kubelet: "running" | "hung" | "stopped";
  first: Timer | undefined;
}

/** When kubelets have renewed their Leases: worked out when somebody asks, never stored while it goes on. */
export class LeaseRenewals implements Heartbeats {
  readonly #engine: Engine;
  readonly #world: World;
  readonly #periodMs: number;
  readonly #nodes = new Map<string, Renewals>();
  readonly #handlers: ((nodeName: string) => void)[] = [];

  constructor(engine: Engine, world: World, timing: Timing) {
    this.#engine = engine;
    this.#world = world;
    this.#periodMs = timing.leaseRenewMs;
    world.onChange((machine) => {
      for (const name of machine === undefined ? this.#nodes.keys() : [machine]) this.#look(name);
    });
  }

  /** The lab has begun: kubelets that run begin to renew. */
  start(): void {
    for (const { name } of this.#world.machines.values()) {
      this.#nodes.set(name, {
        random: this.#engine.random(`lease/${name}`),
        nextMs: 0,
        lastMs: undefined,
        arriving: false,
        kubelet: "stopped",
        first: undefined,
      });
      this.#look(name);
    }
  }

  lastRenewMs(nodeName: string): number | undefined {
    const node = this.#nodes.get(nodeName);
    if (node === undefined) return undefined;
    this.#advance(node);
    return node.lastMs;
  }

  /** When the next renewal will reach the API server; `undefined` while none does. */
  nextRenewMs(nodeName: string): number | undefined {
    const node = this.#nodes.get(nodeName);
    if (node === undefined) return undefined;
    this.#advance(node);
    return node.arriving ? node.nextMs : undefined;
  }

  /** How far the clock is ahead that the node dates its renewals by. */
  clockOffsetMs(nodeName: string): number {
    return this.#world.machines.get(nodeName)?.clockOffsetMs ?? 0;
  }

  onChange(handler: (nodeName: string) => void): () => void {
    this.#handlers.push(handler);
    return () => {
      const index = this.#handlers.indexOf(handler);
      if (index >= 0) this.#handlers.splice(index, 1);
    };
  }

  #look(name: string): void {
    const node = this.#nodes.get(name);
    const machine = this.#world.machines.get(name);
    if (node === undefined || machine === undefined) return;
    this.#advance(node);
    if (machine.kubelet !== node.kubelet) {
      // One that was held up renews at once; one that is new does so when it is ready to.
      const isNew = node.kubelet === "stopped";
      node.kubelet = machine.kubelet;
      node.nextMs = this.#engine.now() + (isNew ? node.random.between(...FIRST_MS) : 0);
    }
    const arriving = machine.kubelet === "running" && reachesApiServer(this.#world, name);
    if (arriving === node.arriving) return;
    node.arriving = arriving;
    node.first?.cancel();
    if (!arriving) this.#tell(name);
    else node.first = this.#engine.at(node.nextMs, () => this.#tell(name));
  }

  /** Goes through the renewals that were due since somebody asked last. Those that did not arrive keep their pace. */
  #advance(node: Renewals): void {
    if (node.kubelet !== "running") return;
    const now = this.#engine.now();
    while (node.nextMs <= now) {
      if (node.arriving) node.lastMs = node.nextMs;
      node.nextMs += node.random.jitter(this.#periodMs, JITTER);
    }
  }

  #tell(name: string): void {
    for (const handler of [...this.#handlers]) handler(name);
  }
}
