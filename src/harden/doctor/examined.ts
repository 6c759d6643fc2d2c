/** What the doctor looks at: a cluster's objects with who belongs to whom, and what was asked for besides. Reads no clock. */
import * as kinds from "../../kube/kinds.ts";
import { controllerOf } from "../../kube/owners.ts";
import { parseTime } from "../../kube/time.ts";
import type { Event, KubeObject, Node, Pod, ReplicaSet } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { nameOf, nameText, type ObjectName } from "../checks/check.ts";
import { type Subject, SubjectFinder } from "../checks/subject.ts";
import type { Hardenable, Traits } from "../traits.ts";
import { type LogWish, logKey } from "./log-wish.ts";

export interface Gathered {
  readonly view: ClusterView;
  /** `undefined` where nobody keeps any, or they could not be read. */
  readonly events: readonly Event[] | undefined;
  /** By `logKey`, oldest line first. */
  readonly logs?: ReadonlyMap<string, readonly string[]>;
  /** Whether the cluster answers, so that logs could be asked for. */
  readonly isLive: boolean;
  /** What is known of a workload beyond its manifest. */
  readonly traitsOf: (workload: Hardenable) => Partial<Traits>;
  /** What could not be read. */
  readonly omitted?: readonly string[];
}

export class Examined {
  readonly view: ClusterView;
  /** Deployments and StatefulSets, with what concerns each. */
  readonly subjects: readonly Subject[];
  readonly isLive: boolean;
  readonly hasEvents: boolean;
  /** The newest moment that the cluster itself speaks of, ms since the epoch: its own clock, whatever ours shows. */
  readonly nowMs: number;
  readonly #events: ReadonlyMap<string, readonly Event[]>;
  readonly #logs: ReadonlyMap<string, readonly string[]>;
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #owners: ReadonlyMap<string, KubeObject>;
  readonly #podsByNode: ReadonlyMap<string, readonly Pod[]>;
  readonly #subjects: ReadonlyMap<string, Subject>;

  constructor({ view, events, logs = new Map(), isLive, traitsOf }: Gathered) {
    this.view = view;
    this.isLive = isLive;
    this.hasEvents = events !== undefined;
    this.#logs = logs;
    this.#events = grouped(
      [...(events ?? [])].sort((a, b) => seenMs(a) - seenMs(b)),
      ({ involvedObject: { kind = "", namespace, name = "" } }) =>
        nameText({ kind, ...(namespace && { namespace }), name }),
    );
    this.#nodes = new Map(view.list(kinds.nodes).map((node) => [node.metadata.name, node]));
    this.#podsByNode = grouped(view.list(kinds.pods), ({ spec }) => spec.nodeName ?? "");
    const finder = new SubjectFinder(view, traitsOf);
    const workloads = [...view.list(kinds.deployments), ...view.list(kinds.statefulSets)];
    this.subjects = workloads.map((workload) => finder.subjectOf(workload));
    this.#subjects = new Map(this.subjects.map((subject) => [nameText(nameOf(subject.workload)), subject]));
    const owners = [
      ...workloads,
      ...view.list(kinds.replicaSets),
      ...view.list(kinds.daemonSets),
      ...view.list(kinds.jobs),
    ];
    this.#owners = new Map(owners.map((owner) => [owner.metadata.uid ?? "", owner]));
    this.nowMs = newestMoment(view, events ?? []);
  }

  /** What the cluster told about an object, oldest first. */
  eventsOf(object: ObjectName): readonly Event[] {
    return this.#events.get(nameText(object)) ?? [];
  }

  /** The newest of an object's events with one of these reasons. */
  lastEvent(object: ObjectName, ...reasons: readonly string[]): Event | undefined {
    return this.eventsOf(object).findLast(({ reason = "" }) => reasons.includes(reason));
  }

  log(wish: LogWish): readonly string[] | undefined {
    return this.#logs.get(logKey(wish));
  }

  node(name: string | undefined): Node | undefined {
    return this.#nodes.get(name ?? "");
  }

  podsOn(node: string): readonly Pod[] {
    return this.#podsByNode.get(node) ?? [];
  }

  /** The objects that made a pod, nearest first: ReplicaSet, Deployment. */
  ancestorsOf(pod: Pod): KubeObject[] {
    const found: KubeObject[] = [];
    for (let object: KubeObject = pod; ; ) {
      const owner = this.#owners.get(controllerOf(object)?.uid ?? "-");
      if (owner === undefined) return found;
      found.push(owner);
      object = owner;
    }
  }

  /** The workload that a pod belongs to in the end; the pod itself where there is none. */
  ownerOf(pod: Pod): KubeObject {
    return this.ancestorsOf(pod).at(-1) ?? pod;
  }

  subjectOf(pod: Pod): Subject | undefined {
    return this.#subjects.get(nameText(nameOf(this.ownerOf(pod))));
  }

  replicaSetsOf(workload: KubeObject): readonly ReplicaSet[] {
    return this.view
      .list(kinds.replicaSets, workload.metadata.namespace)
      .filter((set) => controllerOf(set)?.uid === workload.metadata.uid)
      .sort((a, b) => revisionOf(a) - revisionOf(b));
  }
}

export function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
}

/** When an event was last seen, ms since the epoch. */
export function seenMs({ lastTimestamp, eventTime, firstTimestamp, metadata }: Event): number {
  const text = lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp;
  return text === undefined || text === null ? 0 : (parseTime(text) ?? 0);
}

function newestMoment(view: ClusterView, events: readonly Event[]): number {
  const conditions = [...view.list(kinds.nodes), ...view.list(kinds.pods)].flatMap(
    ({ status }) => status?.conditions ?? [],
  );
  const texts = [
    ...view.list(kinds.leases).map(({ spec }) => spec?.renewTime),
    ...view.list(kinds.pods).map(({ metadata }) => metadata.creationTimestamp),
    ...conditions.flatMap(({ lastTransitionTime, ...rest }) => [
      lastTransitionTime,
      (rest as { lastHeartbeatTime?: string }).lastHeartbeatTime,
    ]),
  ];
  const moments = texts.map((text) => (text ? (parseTime(text) ?? 0) : 0));
  return [...moments, ...events.map(seenMs)].reduce((newest, moment) => Math.max(newest, moment), 0);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = found.get(key);
    if (list === undefined) found.set(key, [item]);
    else list.push(item);
  }
  return found;
}
