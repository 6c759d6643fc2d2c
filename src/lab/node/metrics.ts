import { milliValue, wholeValue } from "../../base/quantity.ts";
import type { Clock } from "../../time/engine.ts";
import type { ContainerUsage, PodMetrics } from "../pod-metrics.ts";
import type { Container } from "./host/container.ts";
import type { Host } from "./host/host.ts";

/** metrics-server scrapes every 15 s and needs two looks to tell a rate. */
const FIRST_MS = 30_000;
/** Requests are counted over this long. */
const WINDOW_MS = 60_000;
/** A program that nobody asks anything uses a part of what it requested. */
const IDLE_CPU_SHARE = 0.1;
const MEMORY_SHARE = 0.6;
const CPU_MS_PER_REQUEST = 10;
const DEFAULT_CPU_MILLICORES = 50;
const DEFAULT_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Made-up usage: a constant part of what is requested, and CPU time for each request that was served lately. Good for trying
 * autoscalers out, not for sizing anything.
 */
export class RequestMetrics implements PodMetrics {
  readonly #clock: Clock;
  readonly #hosts: ReadonlyMap<string, Host>;
  /** Moments of requests, the newest last. */
  readonly #served = new WeakMap<Container, number[]>();

  constructor(clock: Clock, hosts: ReadonlyMap<string, Host>) {
    this.#clock = clock;
    this.#hosts = hosts;
  }

  /** A request has reached the container. */
  count(container: Container): void {
    const moments = this.#served.get(container) ?? [];
    moments.push(this.#clock.now());
    this.#served.set(container, moments);
    if (moments.length > 1 && (moments[0] as number) < this.#clock.now() - 2 * WINDOW_MS) {
      this.#served.set(container, this.#recent(moments));
    }
  }

  usageOf(namespace: string, pod: string): readonly ContainerUsage[] | undefined {
    const usages: ContainerUsage[] = [];
    for (const host of this.#hosts.values()) {
      for (const container of host.running()) {
        const { metadata } = container.pod;
        if (metadata.namespace !== namespace || metadata.name !== pod) continue;
        if (this.#clock.now() - container.startedAtMs < FIRST_MS) return undefined;
        usages.push(this.#usage(container));
      }
    }
    return usages.length === 0 ? undefined : usages;
  }

  #usage(container: Container): ContainerUsage {
    const { requests } = container.spec.resources;
    const cpu = requests?.cpu === undefined ? DEFAULT_CPU_MILLICORES : milliValue(requests.cpu);
    const memory = requests?.memory === undefined ? DEFAULT_MEMORY_BYTES : wholeValue(requests.memory);
    const perSecond = this.#recent(this.#served.get(container) ?? []).length / (WINDOW_MS / 1000);
    return {
      name: container.name,
      cpuMillicores: Math.round(cpu * IDLE_CPU_SHARE + perSecond * CPU_MS_PER_REQUEST),
      memoryBytes: Math.round(memory * MEMORY_SHARE),
    };
  }

  #recent(moments: readonly number[]): number[] {
    const since = this.#clock.now() - WINDOW_MS;
    return moments.filter((moment) => moment > since);
  }
}
