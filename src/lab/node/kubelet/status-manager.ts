import { deepEqual } from "../../../base/deep.ts";
import { pods } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Condition, Pod, PodStatus } from "../../../kube/types/index.ts";
import type { Timer } from "../../../time/engine.ts";
import { type KubeletContext, machineNow } from "./kubelet-context.ts";
import { isOwnedByKubelet } from "./pod-conditions.ts";
import { withContainerReady, withContainerStarted } from "./pod-status.ts";
import { isMirror, localUid } from "./static-pods.ts";

/** How often statuses that could not be written, or that others have changed, are looked at (status_manager.go). */
const SYNC_PERIOD_MS = 10_000;

interface Cached {
  pod: Pod;
  status: PodStatus;
  /** The pod's containers and volumes are gone: its object may go too. */
  finished: boolean;
  /** The API server has it. */
  written: boolean;
}

/** What a kubelet says about its pods: kept here, written to the API server, and put right when others change it. */
export class StatusManager {
  readonly #context: KubeletContext;
  readonly #cache = new Map<string, Cached>();
  readonly #phaseMs: number;
  /** Whether containers of the pod might still run: then it is not reported as finished. */
  readonly #mayRun: (podUid: string) => boolean;
  #next: Timer | undefined;
  #writing = false;

  constructor(context: KubeletContext, mayRun: (podUid: string) => boolean) {
    this.#context = context;
    this.#mayRun = mayRun;
    this.#phaseMs = context.random.between(0, SYNC_PERIOD_MS);
  }

  /** The status reported last, or the one that the API has of it when there is none. */
  get(pod: Pod): PodStatus {
    return this.#cache.get(pod.metadata.uid)?.status ?? pod.status;
  }

  has(podUid: string): boolean {
    return this.#cache.has(podUid);
  }

  set(pod: Pod, status: PodStatus): void {
    // A pod that is being deleted needs the write even when nothing changed: it may be what lets its object go.
    this.#update(pod, status, pod.metadata.deletionTimestamp !== undefined, false);
  }

  setContainerReady(pod: Pod, containerId: string, isReady: boolean): void {
    const cached = this.#cache.get(pod.metadata.uid);
    if (cached === undefined) return;
    const status = withContainerReady(pod, cached.status, containerId, isReady, machineNow(this.#context));
    this.#update(pod, status, false, false);
  }

  setContainerStarted(pod: Pod, containerId: string, started: boolean): void {
    const cached = this.#cache.get(pod.metadata.uid);
    if (cached === undefined) return;
    this.#update(pod, withContainerStarted(cached.status, containerId, started), false, false);
  }

  /** Everything of the pod is gone from the node: says how it ended, and lets its object be deleted. */
  finish(pod: Pod): void {
    const status = this.get(pod);
    const isTerminal = status.phase === "Succeeded" || status.phase === "Failed";
    this.#update(pod, isTerminal ? status : { ...status, phase: "Failed" }, true, true);
  }

  forget(podUid: string): void {
    this.#cache.delete(podUid);
  }

  /** What changes now is its own doing. */
  get isWriting(): boolean {
    return this.#writing;
  }

  /** The pod was seen to have changed: if somebody else has changed its status, that will be put right. */
  observe(pod: Pod): void {
    const cached = this.#cache.get(localUid(pod));
    if (cached === undefined) return;
    if (!isMirror(pod)) cached.pod = pod;
    const differs = !isSameByKubelet(pod.status, cached.status);
    const canGo = cached.finished && pod.metadata.deletionTimestamp !== undefined;
    if (!differs && !canGo) return;
    cached.written = false;
    this.#plan();
  }

  /** The API server can be reached again: what could not be told will be. */
  reconnect(): void {
    if ([...this.#cache.values()].some(({ written }) => !written)) this.#plan();
  }

  #update(pod: Pod, status: PodStatus, force: boolean, finished: boolean): void {
    const uid = pod.metadata.uid;
    const old = this.#cache.get(uid);
    if (old !== undefined && !force && deepEqual(old.status, status)) return;
    this.#traceReadiness(pod, old?.status ?? pod.status, status);
    const cached = { pod, status, finished: finished || (old?.finished ?? false), written: false };
    this.#cache.set(uid, cached);
    this.#write(cached);
  }

  #traceReadiness({ metadata }: Pod, before: PodStatus, after: PodStatus): void {
    if (isReady(before) === isReady(after)) return;
    const what = isReady(after) ? "is ready" : "is not ready any more";
    this.#context.agenda.engine.trace(`${metadata.namespace}/${metadata.name}`, what);
  }

  #plan(): void {
    if (this.#next?.pending) return;
    const { agenda } = this.#context;
    const now = agenda.engine.now();
    const periods = Math.floor((now - this.#phaseMs) / SYNC_PERIOD_MS) + 1;
    const dueMs = periods * SYNC_PERIOD_MS + this.#phaseMs;
    this.#next = agenda.at(dueMs, () => {
      for (const cached of [...this.#cache.values()]) if (!cached.written) this.#write(cached);
    });
  }

  #write(cached: Cached): void {
    if (!this.#context.isConnected()) {
      this.#plan();
      return;
    }
    this.#writing = true;
    try {
      this.#send(cached);
      cached.written = true;
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason === "Invalid") throw error;
      this.#plan();
    } finally {
      this.#writing = false;
    }
  }

  #send(cached: Cached): void {
    const { api } = this.#context;
    const { namespace, name, uid } = cached.pod.metadata;
    let stored = api.get(pods, namespace, name);
    if (stored === undefined || localUid(stored) !== uid) return;
    const status = merge(stored, cached.status, this.#mayRun(uid));
    if (!deepEqual(stored.status, status)) {
      stored = api.updateStatus(pods, { ...stored, status });
    }
    if (!cached.finished || stored.metadata.deletionTimestamp === undefined || isMirror(stored)) return;
    if (stored.status.phase !== "Succeeded" && stored.status.phase !== "Failed") return;
    api.delete(pods, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
    this.#cache.delete(uid);
  }
}

/** What is to be stored: conditions of others stay, and a pod is not called finished before it is. */
function merge(stored: Pod, status: PodStatus, mayRun: boolean): PodStatus {
  const foreign = (stored.status.conditions ?? []).filter(({ type }) => !isOwnedByKubelet(type));
  const own = (status.conditions ?? []).filter(({ type }) => isOwnedByKubelet(type));
  const becomesTerminal = !isTerminal(stored.status) && isTerminal(status);
  const disruption = status.conditions?.find(({ type }) => type === "DisruptionTarget");
  const conditions: Condition[] = [...foreign, ...own];
  if (disruption !== undefined && becomesTerminal && !mayRun) {
    const others = conditions.filter(({ type }) => type !== disruption.type);
    return { ...status, conditions: [disruption, ...others] };
  }
  if (!becomesTerminal || !mayRun) return { ...status, conditions };
  const { reason: _, message: __, ...rest } = status;
  const { phase, reason, message } = stored.status;
  return {
    ...rest,
    phase,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    conditions,
  };
}

function isReady({ conditions }: PodStatus): boolean {
  return conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

function isTerminal(status: PodStatus): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}

/** Whether two statuses say the same, but for conditions of others and for when conditions changed. */
function isSameByKubelet(a: PodStatus, b: PodStatus): boolean {
  const { conditions: left = [], ...restOfA } = a;
  const { conditions: right = [], ...restOfB } = b;
  const own = (list: readonly Condition[]) =>
    list
      .filter(({ type }) => isOwnedByKubelet(type))
      .map(({ type, status, reason, message }) => ({ type, status, reason, message }))
      .sort((x, y) => (x.type < y.type ? -1 : 1));
  return deepEqual(own(left), own(right)) && deepEqual(restOfA, restOfB);
}
