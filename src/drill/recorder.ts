import type { Client } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import { daemonSets, deployments, nodes, pods, statefulSets } from "../kube/kinds.ts";
import type { DaemonSet, KubeObject, Node, Pod } from "../kube/types/index.ts";
import type { Lane, Span, SpanState } from "../report/timeline.ts";
import type { Clock } from "../time/engine.ts";
import { follow } from "./follow.ts";
import { isSystemNamespace, refOf, type Workload, type WorkloadRef } from "./subject.ts";

/** From `atMs` on, until the next change of the same lane. `undefined` ends the lane: the object is gone. */
interface Change {
  readonly atMs: number;
  readonly state: { readonly state: SpanState; readonly label: string } | undefined;
}

interface LaneRecord {
  readonly kind: Lane["kind"];
  readonly name: string;
  readonly changes: Change[];
}

/**
 * Watches nodes, pods and workloads as the API tells them, and remembers when each changed. It sees what operators see:
 * a pod on a node that has just died is still "Ready" here until somebody notices.
 */
export class Recorder {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #lanes = new Map<string, LaneRecord>();
  readonly #incomplete = new Set<string>();
  readonly #stops: (() => void)[] = [];
  /** Moments at which the set of workloads that lack ready pods became empty or not. */
  readonly #wholeness: { readonly atMs: number; readonly whole: boolean }[] = [];

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Takes the state as it is and follows it until `stop`. */
  async start(): Promise<void> {
    await this.#follow(nodes, (node) => `node ${node.metadata.name}`, this.#seeNode);
    await this.#follow(pods, (pod) => `pod ${pod.metadata.uid}`, this.#seePod);
    const see = (workload: Workload | undefined, key: string) => this.#seeWorkload(workload, key);
    const keyOf = (workload: Workload) => workloadKey(refOf(workload));
    await this.#follow(deployments, keyOf, see);
    await this.#follow(statefulSets, keyOf, see);
    await this.#follow(daemonSets, keyOf, see);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** Whether every workload now has the ready pods that it wants. */
  get whole(): boolean {
    return this.#incomplete.size === 0;
  }

  /** The last moment up to `untilMs` at which some workload lacked ready pods, from `fromMs` on; `undefined` when never. */
  lastIncompleteMs(fromMs: number, untilMs: number): number | undefined {
    let last: number | undefined;
    for (let i = 0; i < this.#wholeness.length; i++) {
      const entry = this.#wholeness[i];
      if (entry === undefined || entry.whole || entry.atMs > untilMs) continue;
      const endMs = Math.min(this.#wholeness[i + 1]?.atMs ?? untilMs, untilMs);
      if (endMs >= fromMs) last = endMs;
    }
    return last;
  }

  /** Lanes from `fromMs` to `untilMs`, in seconds relative to `zeroMs`: nodes first, then the pods that lived in that time. */
  lanes(fromMs: number, untilMs: number, zeroMs: number): Lane[] {
    const lanes: Lane[] = [];
    for (const record of this.#lanes.values()) {
      const spans = spansOf(record.changes, fromMs, untilMs, zeroMs);
      // What has ended before and only lies there says nothing about the failure.
      if (spans.some((span) => span.state !== "idle"))
        lanes.push({ kind: record.kind, name: record.name, spans });
    }
    const rank = (lane: Lane) => (lane.kind === "node" ? 0 : 1);
    return lanes.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  async #follow<T extends KubeObject>(
    kind: Kind<T>,
    keyOf: (object: T) => string,
    see: (object: T | undefined, key: string) => void,
  ): Promise<void> {
    const tell = (object: T, gone: boolean) => see.call(this, gone ? undefined : object, keyOf(object));
    this.#stops.push(await follow(this.#client, kind, tell));
  }

  #seeNode(node: Node | undefined, key: string): void {
    this.#change(key, "node", node?.metadata.name ?? key, node && nodeState(node));
  }

  #seePod(pod: Pod | undefined, key: string): void {
    if (pod !== undefined && isSystemNamespace(pod.metadata.namespace ?? "")) return;
    this.#change(key, "pod", pod === undefined ? key : shortName(pod), pod && podState(pod));
  }

  #seeWorkload(workload: Workload | undefined, key: string): void {
    const before = this.whole;
    if (workload === undefined || readyEnough(workload)) this.#incomplete.delete(key);
    else this.#incomplete.add(key);
    if (this.whole !== before || this.#wholeness.length === 0) {
      this.#wholeness.push({ atMs: this.#clock.now(), whole: this.whole });
    }
  }

  #change(key: string, kind: Lane["kind"], name: string, state: Change["state"]): void {
    let record = this.#lanes.get(key);
    if (record === undefined) {
      if (state === undefined) return;
      record = { kind, name, changes: [] };
      this.#lanes.set(key, record);
    }
    const last = record.changes.at(-1)?.state;
    if (last?.label === state?.label && last?.state === state?.state) return;
    record.changes.push({ atMs: this.#clock.now(), state });
  }
}

function spansOf(changes: readonly Change[], fromMs: number, untilMs: number, zeroMs: number): Span[] {
  return changes.flatMap((change, i) => {
    const startMs = Math.max(change.atMs, fromMs);
    const endMs = Math.min(changes[i + 1]?.atMs ?? untilMs, untilMs);
    if (change.state === undefined || endMs <= startMs) return [];
    return [{ fromSeconds: seconds(startMs - zeroMs), toSeconds: seconds(endMs - zeroMs), ...change.state }];
  });
}

/** Milliseconds as seconds with at most three decimals, so that the same run prints the same text. */
export function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** What a node looks like to an operator. */
export function nodeState(node: Node): { state: SpanState; label: string } {
  const ready = node.status.conditions?.find((condition) => condition.type === "Ready")?.status;
  if (ready !== "True") return { state: "bad", label: "NotReady" };
  return node.spec.unschedulable === true
    ? { state: "partial", label: "Ready, cordoned" }
    : { state: "good", label: "Ready" };
}

/** What a pod looks like to an operator, with the node that it is on. */
export function podState(pod: Pod): { state: SpanState; label: string } {
  const on = pod.spec.nodeName === undefined ? "" : ` on ${pod.spec.nodeName}`;
  const ready = pod.status.conditions?.find((condition) => condition.type === "Ready")?.status === "True";
  if (pod.metadata.deletionTimestamp !== undefined) return { state: "off", label: `Terminating${on}` };
  if (pod.status.phase === "Succeeded" || pod.status.phase === "Failed")
    return { state: "idle", label: pod.status.phase };
  if (ready) return { state: "good", label: `Ready${on}` };
  const waiting = pod.status.containerStatuses?.find((status) => status.state.waiting)?.state.waiting?.reason;
  if (pod.status.phase === "Pending") return { state: "bad", label: `${waiting ?? "Pending"}${on}` };
  return { state: "partial", label: `${waiting ?? "not ready"}${on}` };
}

/** "web xkgvf" for web-57d989bdd4-xkgvf: the hash of the template is of no interest beside the others. */
function shortName(pod: Pod): string {
  const hash = pod.metadata.labels?.["pod-template-hash"];
  return hash === undefined ? pod.metadata.name : pod.metadata.name.replace(`-${hash}-`, " ");
}

/** Whether a workload has as many ready pods of its current template as it wants, by its own status. */
function readyEnough(workload: Workload): boolean {
  if (isSystemNamespace(workload.metadata.namespace ?? "")) return true;
  if (workload.status.observedGeneration !== workload.metadata.generation) return false;
  if (isDaemonSet(workload)) {
    const { numberReady, desiredNumberScheduled } = workload.status;
    return numberReady >= desiredNumberScheduled;
  }
  const { readyReplicas = 0, updatedReplicas = 0 } = workload.status;
  return readyReplicas >= workload.spec.replicas && updatedReplicas >= workload.spec.replicas;
}

function isDaemonSet(workload: Workload): workload is DaemonSet {
  return workload.kind === "DaemonSet";
}

function workloadKey(ref: WorkloadRef): string {
  return `${ref.kind} ${ref.namespace}/${ref.name}`;
}
