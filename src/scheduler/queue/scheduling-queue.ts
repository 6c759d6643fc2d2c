/**
 * Pods waiting for a node, as kube-scheduler 1.34 holds them: the active ones are tried in order of priority and waiting
 * time; the unschedulable ones wait for an event that their rejectors find promising, or for five minutes; those that come
 * back too soon back off first.
 *
 * The queue has no timers: `nextDueMs` tells when `flush` has something to do. An attempt is taken to happen in one moment,
 * between `pop` and `addUnschedulable`, so that no event can fall into it.
 */
import type { Pod } from "../../kube/types/index.ts";
import type { Clock } from "../../time/engine.ts";
import type { Nominator } from "../nominator.ts";
import type { PluginName } from "../plugin.ts";
import { isGated } from "../plugins/scheduling-gates.ts";
import { REQUEUE_PLUGINS } from "../profile.ts";
import { BackoffQueue } from "./backoff.ts";
import { type ClusterEvent, isInterestedIn, podUpdateEvents } from "./cluster-event.ts";
import { KeyedHeap } from "./keyed-heap.ts";
import { comparePrioritySort, type QueuedPod } from "./queued-pod.ts";

export interface SchedulingQueueOptions {
  readonly clock: Clock;
  readonly nominator: Nominator;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** Pods are tried again after so long even if nothing has happened. */
  readonly unschedulableMaxMs: number;
  /** Whether pods are being evicted for this one: until that is done there is no use in trying it. */
  readonly isPreempting?: (uid: string) => boolean;
}

/** How often unschedulable pods are looked through for those that have waited too long. */
const LEFTOVER_PERIOD_MS = 30_000;

export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions;
  readonly #startMs: number;
  readonly #active = new KeyedHeap<QueuedPod>(comparePrioritySort);
  readonly #backoff: BackoffQueue;
  /** In the order in which they were rejected. */
  readonly #unschedulable = new Map<string, QueuedPod>();
  /** Pods that are not even let try. */
  readonly #gated = new Map<string, QueuedPod>();

  constructor(options: SchedulingQueueOptions) {
    this.#options = options;
    this.#startMs = options.clock.now();
    this.#backoff = new BackoffQueue({ initialMs: options.backoffMs, maxMs: options.backoffMaxMs });
  }

  /** Whether `pop` would give a pod. */
  get hasNext(): boolean {
    return this.#active.size > 0 || this.#backoff.hasEager;
  }

  /** How many pods wait, by where. */
  get sizes(): Readonly<Record<"active" | "backoff" | "unschedulable" | "gated", number>> {
    return {
      active: this.#active.size,
      backoff: this.#backoff.size,
      unschedulable: this.#unschedulable.size,
      gated: this.#gated.size,
    };
  }

  /** Whether an event could move any pod. */
  get awaitsEvents(): boolean {
    return this.#unschedulable.size > 0 || this.#gated.size > 0;
  }

  /** Takes in a pod that is new. */
  add(pod: Pod): void {
    this.#activate(this.#newcomer(pod));
    this.#options.nominator.add(pod);
  }

  /** Follows an update of a pod that has no node. Its update may be what it waited for. */
  update(before: Pod, after: Pod): void {
    const { uid } = after.metadata;
    const queued = this.#active.get(uid) ?? this.#backoff.get(uid);
    const waiting = this.#unschedulable.get(uid) ?? this.#gated.get(uid);
    if (queued === undefined && waiting === undefined) {
      this.add(after);
      return;
    }
    this.#options.nominator.update(before, after);
    if (queued !== undefined) queued.pod = after;
    if (waiting === undefined) return;
    waiting.pod = after;
    const events = podUpdateEvents(before, after);
    if (events.some((event) => isWorthRequeuing(waiting, event))) this.#requeue(waiting);
  }

  /** Forgets a pod that is gone or has a node. */
  delete({ metadata: { uid } }: Pod): void {
    this.#options.nominator.delete(uid);
    this.#active.delete(uid);
    this.#backoff.delete(uid);
    this.#unschedulable.delete(uid);
    this.#gated.delete(uid);
  }

  /** The next pod to try: the most important active one, or when there is none the one whose back-off ends first. */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#backoff.popEager();
    if (queued !== undefined) {
      queued.attempts++;
      queued.rejectors = NOBODY;
    }
    return queued;
  }

  /** Takes back a pod whose attempt ended without a node: rejected by plugins, or by none when something failed. */
  addUnschedulable(queued: QueuedPod, pod: Pod, rejectors: ReadonlySet<PluginName>): void {
    queued.pod = pod;
    queued.rejectors = rejectors;
    queued.timestampMs = this.#options.clock.now();
    if (rejectors.size === 0) {
      queued.errorCount++;
      this.#requeue(queued);
    } else {
      queued.unschedulableCount++;
      queued.errorCount = 0;
      this.#unschedulable.set(queued.uid, queued);
    }
  }

  /** Lets every pod try again for which one of its rejectors finds the event promising. */
  move(event: ClusterEvent, isConcerned: (pod: Pod) => boolean = () => true): void {
    for (const queued of [...this.#unschedulable.values(), ...this.#gated.values()]) {
      if (queued.gate !== undefined && !isOfInterestTo(queued.gate, event)) continue;
      if (isConcerned(queued.pod) && isWorthRequeuing(queued, event)) this.#requeue(queued);
    }
  }

  /** Lets a pod try again at once: what it waited for went wrong. */
  activate({ metadata: { uid } }: Pod): void {
    const queued = this.#unschedulable.get(uid) ?? this.#gated.get(uid) ?? this.#backoff.get(uid);
    if (queued !== undefined) this.#activate(queued);
  }

  /** When `flush` has something to do next. */
  nextDueMs(): number | undefined {
    const backoffMs = this.#backoff.nextDueMs();
    const [oldest] = this.#unschedulable.values();
    if (oldest === undefined) return backoffMs;
    return Math.min(this.#leftoverDueMs(oldest), backoffMs ?? Number.POSITIVE_INFINITY);
  }

  /** Lets pods try again whose back-off is over, or who have waited too long for an event. */
  flush(): void {
    const nowMs = this.#options.clock.now();
    for (const queued of this.#backoff.popExpired(nowMs)) this.#enter(queued);
    for (const queued of [...this.#unschedulable.values()]) {
      if (nowMs < this.#leftoverDueMs(queued)) break;
      this.#requeue(queued);
    }
  }

  /** When a pod has waited too long for an event, and somebody looks. */
  #leftoverDueMs({ timestampMs }: QueuedPod): number {
    const overdueMs = timestampMs + this.#options.unschedulableMaxMs - this.#startMs;
    return this.#startMs + (Math.floor(overdueMs / LEFTOVER_PERIOD_MS) + 1) * LEFTOVER_PERIOD_MS;
  }

  #newcomer(pod: Pod): QueuedPod {
    return {
      pod,
      uid: pod.metadata.uid,
      priority: pod.spec.priority ?? 0,
      timestampMs: this.#options.clock.now(),
      attempts: 0,
      unschedulableCount: 0,
      errorCount: 0,
      rejectors: NOBODY,
    };
  }

  /** Back among those that are tried, after its back-off where that is not over. */
  #requeue(queued: QueuedPod): void {
    if (!this.#backoff.isBackingOff(queued, this.#options.clock.now())) this.#activate(queued);
    else if (this.#passesGates(queued)) this.#backoff.add(queued);
  }

  #activate(queued: QueuedPod): void {
    if (this.#passesGates(queued)) this.#enter(queued);
  }

  #enter(queued: QueuedPod): void {
    this.#backoff.delete(queued.uid);
    this.#active.set(queued.uid, queued);
  }

  /** Takes the pod out of those that wait, or leaves it there when it may not even try. */
  #passesGates(queued: QueuedPod): boolean {
    const { uid, pod } = queued;
    this.#unschedulable.delete(uid);
    this.#gated.delete(uid);
    queued.gate = isGated(pod)
      ? "SchedulingGates"
      : this.#options.isPreempting?.(uid)
        ? "DefaultPreemption"
        : undefined;
    if (queued.gate === undefined) return true;
    queued.rejectors = new Set([...queued.rejectors, queued.gate]);
    this.#backoff.delete(uid);
    this.#gated.set(uid, queued);
    return false;
  }
}

const NOBODY: ReadonlySet<PluginName> = new Set();

/** Whether one of the pod's rejectors finds the event promising. A pod that nobody rejected may try whatever happens. */
function isWorthRequeuing({ pod, rejectors }: QueuedPod, event: ClusterEvent): boolean {
  if (rejectors.size === 0) return true;
  for (const name of rejectors) {
    for (const interest of REQUEUE_PLUGINS.get(name)?.events ?? []) {
      if (isInterestedIn(interest, event) && (interest.hint?.(pod, event) ?? true)) return true;
    }
  }
  return false;
}

function isOfInterestTo(name: PluginName, event: ClusterEvent): boolean {
  return REQUEUE_PLUGINS.get(name)?.events.some((interest) => isInterestedIn(interest, event)) ?? false;
}
