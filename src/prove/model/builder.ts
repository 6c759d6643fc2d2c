/**
 * Makes a `Model` of objects that come one at a time, in any order. Whatever is wrong with one is noted and named; nothing
 * that an object says makes this fail, and none is dropped without a word.
 */
import { findKind } from "../../kube/kinds.ts";
import { controllerOf } from "../../kube/owners.ts";
import { checkFields } from "../../kube/schema/check-fields.ts";
import { parseTime } from "../../kube/time.ts";
import type { KubeObject, Node, Pod } from "../../kube/types/index.ts";
import { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import { WATCHED_KINDS } from "../../scheduler/feed.ts";
import { checkAmounts } from "./amounts.ts";
import { assemble } from "./assemble.ts";
import { TWICE } from "./builder-notes.ts";
import { ClassDrafts } from "./class-drafts.ts";
import { Interner } from "./interner.ts";
import type { Model } from "./model.ts";
import { Notes } from "./notes.ts";
import { groupKindOf, Owners } from "./owners.ts";
import { DAEMON, GENERATED, PodTable, READY, STATIC, TERMINATING } from "./pod-table.ts";
import { slimObject } from "./slim.ts";
import { describeObject, type Unknown } from "./unknown.ts";
import { withoutNulls } from "./without-nulls.ts";

export interface BuilderOptions {
  /** 34 for Kubernetes 1.34, which is also what is taken when nobody knows. */
  readonly kubernetesMinor?: number;
}

/** What a pod has that others of its class may not have. */
export interface PodFacts {
  readonly name: string;
  readonly nodeName?: string | undefined;
  readonly isReady: boolean;
  readonly isTerminating: boolean;
  /** Seconds since the epoch; 0 for a pod that has not started. */
  readonly startSeconds: number;
}

/** Kinds of workloads. Pods are followed up to one of these, or to whatever else is at the top. */
const WORKLOAD_KINDS = new Set([
  "apps/Deployment",
  "apps/ReplicaSet",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "/ReplicationController",
  "batch/Job",
  "batch/CronJob",
]);

const READ_KINDS = new Set([
  "/Pod",
  "/Node",
  ...WORKLOAD_KINDS,
  ...WATCHED_KINDS.map(({ kind }) => `${kind.group}/${kind.kind}`),
]);

const tables = new Map(WATCHED_KINDS.map(({ kind, table }) => [`${kind.group}/${kind.kind}`, table]));

export class ModelBuilder {
  readonly #interner = new Interner();
  readonly #objects = new ClusterObjects();
  readonly #nodes = new Map<string, Node>();
  /** Workloads by "group/Kind namespace/name". */
  readonly #workloads = new Map<string, KubeObject>();
  readonly #owners = new Owners();
  readonly #pods = new PodTable();
  readonly #classes = new ClassDrafts(this.#interner);
  /** Nodes by the number that pods are noted with, in the order in which pods named them. */
  readonly #nodeNumbers = new Map<string, number>();
  readonly #realUids = new Map<number, string>();
  readonly #unknowns: Unknown[] = [];
  readonly #notes = new Notes();
  readonly #passedOver = new Map<string, number>();
  readonly #kubernetesMinor: number;

  constructor({ kubernetesMinor = 34 }: BuilderOptions = {}) {
    this.#kubernetesMinor = kubernetesMinor;
  }

  /** Takes an object of any kind. Objects are not changed, and what matters of them is not held on to twice. */
  add(given: KubeObject): void {
    const object = withoutNulls(given);
    const error = typeError(object);
    const kind = groupKindOf(object);
    if (error !== undefined && kind !== "/Pod") {
      this.#unknowns.push({ object: nameOf(object), why: `cannot be read: ${error}` });
      return;
    }
    switch (kind) {
      case "/Pod":
        this.#addPod(object as Pod, error);
        break;
      case "/Node":
        this.#addNode(object as Node);
        break;
      default:
        this.#addOther(object, kind);
    }
  }

  /**
   * The class of a pod, as a number for `addPodOf`; equal pods have equal numbers. None when the pod cannot be read: `add`
   * makes the best of it.
   * @param pod may lack what a class does not read, its name included for a pod that has a controller
   */
  classOf(pod: Pod): number | undefined {
    const whole = withoutNulls(pod);
    if (whole.spec === undefined || typeError(whole) !== undefined) return undefined;
    return this.#classes.numberOf(whole, undefined);
  }

  /** Whether the pods of a class that `classOf` gave are each bound to their node, which is not part of the class. */
  isPinned(number: number): boolean {
    return this.#classes.draft(number).isPinned;
  }

  /** Adds a pod of a class that `classOf` gave. */
  addPodOf(number: number, { name, nodeName, isReady, isTerminating, startSeconds }: PodFacts): number {
    const { prototype } = this.#classes.draft(number);
    const { generateName } = prototype.metadata;
    const owner = controllerOf(prototype);
    const isGenerated = generateName !== undefined && name.startsWith(generateName);
    const flags =
      (isReady ? READY : 0) |
      (isTerminating ? TERMINATING : 0) |
      (owner?.kind === "Node" ? STATIC : 0) |
      (owner?.kind === "DaemonSet" ? DAEMON : 0) |
      (isGenerated ? GENERATED : 0);
    const kept = isGenerated ? name.slice(generateName.length) : name;
    const node = nodeName ? this.#numberOf(nodeName) : -1;
    return this.#pods.add(number, node, startSeconds, flags, kept);
  }

  /**
   * The model of everything that was added. Nothing may be added after.
   * @param kubernetesMinor where that became known only while objects were added
   */
  build(kubernetesMinor = this.#kubernetesMinor): Model {
    return assemble({
      objects: this.#objects,
      nodes: this.#nodes,
      workloads: this.#workloads,
      owners: this.#owners,
      pods: this.#pods,
      drafts: this.#classes.drafts,
      nodeNames: [...this.#nodeNumbers.keys()],
      realUids: this.#realUids,
      unknowns: this.#unknowns,
      notes: this.#notes,
      passedOver: this.#passedOver,
      kubernetesMinor,
    });
  }

  #addPod(pod: Pod, error: string | undefined): void {
    const { metadata, spec, status } = pod;
    // A pod that has ended holds nothing any more, though its object may stay for long.
    if (status?.phase === "Succeeded" || status?.phase === "Failed") return;
    const number = this.#classes.numberOf(pod, error);
    const start = error === undefined ? parseTime(status?.startTime ?? "") : undefined;
    const index = this.addPodOf(number, {
      name: metadata.name,
      nodeName: typeof spec?.nodeName === "string" ? spec.nodeName : undefined,
      isReady: error === undefined && isReady(pod),
      isTerminating: metadata.deletionTimestamp != null,
      startSeconds: start === undefined ? 0 : Math.max(0, Math.floor(start / 1_000)),
    });
    if (error === undefined && spec?.volumes?.some(({ ephemeral }) => ephemeral) && metadata.uid)
      this.#realUids.set(index, metadata.uid);
  }

  #addNode(node: Node): void {
    const name = nameOf(node);
    const slim = slimObject(node, this.#interner) as Node;
    const { list: allocatable, problems } = checkAmounts(slim.status.allocatable);
    for (const problem of problems) {
      this.#unknowns.push({ object: name, why: `status.allocatable.${problem}: nothing is placed by it` });
    }
    if (allocatable === undefined) {
      this.#unknowns.push({ object: name, why: "says no status.allocatable: no pod is placed on it" });
    }
    if (this.#nodes.has(node.metadata.name)) this.#notes.add(TWICE, name);
    const status = { ...slim.status, ...(allocatable && { allocatable }) };
    this.#nodes.set(node.metadata.name, problems.length === 0 ? slim : { ...slim, status });
    this.#owners.add(slim);
  }

  #addOther(object: KubeObject, kind: string): void {
    const table = tables.get(kind)?.(this.#objects);
    const isWorkload = WORKLOAD_KINDS.has(kind);
    const slim = table || isWorkload ? slimObject(object, this.#interner) : object;
    if (isWorkload || (table === undefined && !PASSING_KINDS.has(kind))) this.#owners.add(slim);
    if (table === undefined && !isWorkload) {
      const key = `${object.apiVersion}/${object.kind}`;
      this.#passedOver.set(key, (this.#passedOver.get(key) ?? 0) + 1);
      return;
    }
    const { namespace, name: ownName } = object.metadata;
    const key = `${kind} ${namespace ?? ""}/${ownName}`;
    if (this.#workloads.has(key) || table?.get(namespace, ownName)) this.#notes.add(TWICE, nameOf(object));
    if (isWorkload) this.#workloads.set(key, slim);
    table?.set(slim);
  }

  #numberOf(nodeName: string): number {
    const known = this.#nodeNumbers.get(nodeName);
    if (known !== undefined) return known;
    const number = this.#nodeNumbers.size;
    this.#nodeNumbers.set(nodeName, number);
    return number;
  }
}

/** Kinds that own nothing and come in numbers. */
const PASSING_KINDS = new Set([
  "/ConfigMap",
  "/Endpoints",
  "/Event",
  "/Secret",
  "coordination.k8s.io/Lease",
  "discovery.k8s.io/EndpointSlice",
  "events.k8s.io/Event",
]);

function nameOf({ kind, metadata }: KubeObject): string {
  return describeObject(kind, metadata?.namespace, metadata?.name);
}

/** Why an object of a built-in kind cannot be what it says, in the words of a real API server. */
function typeError(object: KubeObject): string | undefined {
  const kind = findKind(object.apiVersion, object.kind);
  if (kind === undefined) {
    const isRead = READ_KINDS.has(groupKindOf(object));
    return isRead ? `Kubernetes 1.34 serves no ${object.kind} in version ${object.apiVersion}` : undefined;
  }
  const { error } = checkFields(kind, object);
  return error;
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
}
