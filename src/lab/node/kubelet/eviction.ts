import type { Pod } from "../../../kube/types/index.ts";
import type { Timer } from "../../../time/engine.ts";
import { CRITICAL_PRIORITY } from "./admission.ts";
import type { KubeletContext } from "./kubelet-context.ts";
import type { Ending } from "./pod-worker.ts";

/** kubelet.go: evictionMonitoringPeriod. */
const PERIOD_MS = 10_000;
/** --eviction-pressure-transition-period: a pressure is told for so long after it was last seen. */
const TRANSITION_MS = 300_000;
/** eviction_manager.go: how long one eviction is waited for before the next is looked at. */
const CLEANUP_MS = 30_000;

/** Whom an eviction concerns. */
export interface EvictionOptions {
  readonly activePods: () => readonly Pod[];
  readonly evict: (pod: Pod, ending: Ending) => void;
  /** Frees what can be freed without touching a pod: images that no container uses. */
  readonly reclaim: () => void;
  readonly onPressureChange: () => void;
}

/** Keeps a node with a full disk alive by failing its pods, one after the other. It looks only while there is a pressure. */
export class Eviction {
  readonly #context: KubeletContext;
  readonly #options: EvictionOptions;
  readonly #phaseMs: number;
  #lastSeenMs: number | undefined;
  #next: Timer | undefined;

  constructor(context: KubeletContext, options: EvictionOptions) {
    this.#context = context;
    this.#options = options;
    this.#phaseMs = context.random.between(0, PERIOD_MS);
  }

  get isUnderPressure(): boolean {
    return this.#lastSeenMs !== undefined;
  }

  /** The disk has run full or has room again: that is found at the next look. */
  look(): void {
    if (this.#next?.pending) return;
    if (!this.#context.machine().diskFull && !this.isUnderPressure) return;
    this.#plan(0);
  }

  #plan(pauseMs: number): void {
    const { agenda } = this.#context;
    const earliest = agenda.engine.now() + pauseMs;
    const dueMs = Math.ceil((earliest - this.#phaseMs) / PERIOD_MS) * PERIOD_MS + this.#phaseMs;
    this.#next = agenda.at(dueMs, () => this.#synchronize());
  }

  #synchronize(): void {
    const { agenda, machine } = this.#context;
    const now = agenda.engine.now();
    const was = this.isUnderPressure;
    if (machine().diskFull) this.#lastSeenMs = now;
    else if (this.#lastSeenMs !== undefined && now - this.#lastSeenMs >= TRANSITION_MS) {
      this.#lastSeenMs = undefined;
    }
    if (was !== this.isUnderPressure) this.#options.onPressureChange();
    if (machine().diskFull) this.#evictOne();
    else if (this.#lastSeenMs !== undefined) this.#plan(this.#lastSeenMs + TRANSITION_MS - now);
  }

  #evictOne(): void {
    const { tell, nodeName } = this.#context;
    const resource = "ephemeral-storage";
    const node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { ...NO_METADATA, name: nodeName, uid: nodeName },
    };
    tell(node, "Warning", "EvictionThresholdMet", `Attempting to reclaim ${resource}`);
    this.#options.reclaim();
    const victim = this.#victim();
    // As real ones do, it first waits until the last one is gone; with nobody left it still looks, at its period.
    this.#plan(victim === undefined ? PERIOD_MS : CLEANUP_MS);
    if (victim === undefined) return;
    const message = `The node was low on resource: ${resource}. Threshold quantity: 10262418417, available: 0. `;
    tell(victim, "Warning", "Evicted", message);
    this.#options.evict(victim, {
      graceSeconds: 1,
      failure: { reason: "Evicted", message, disruption: message },
    });
  }

  /** Lowest priority first; then the one that uses most, for which its age stands in: what ran longest wrote most. */
  #victim(): Pod | undefined {
    const priority = (pod: Pod) => pod.spec.priority ?? 0;
    const candidates = this.#options
      .activePods()
      .filter((pod) => priority(pod) < CRITICAL_PRIORITY && pod.status.phase === "Running")
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return [...candidates].sort(
      (a, b) =>
        priority(a) - priority(b) ||
        Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp),
    )[0];
  }
}

const NO_METADATA = { resourceVersion: "", creationTimestamp: "" };
