/**
 * Makes a `Model` of objects that come one at a time, in any order. Whatever is wrong with one is noted and named; nothing
 * that an object says makes this fail, and none is dropped without a word.
 */
import { controllerOf } from "../../kube/owners.ts";
import type { KubeObject, Node, Pod, PodSpec, PodStatus, ResourceQuota } from "../../kube/types/index.ts";
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
import { claimingUid, flagsAndName, hasEnded, type PodFacts, podFacts } from "./pod-facts.ts";
import { METADATA_PARTS, type PartName, type PodPart, type PodParts, partOf } from "./pod-parts.ts";
import { type ShapeInput, shapeFrom } from "./pod-shape.ts";
import { PodTable } from "./pod-table.ts";
import { READ_KINDS, WORKLOAD_KINDS } from "./read-kinds.ts";
import { slimObject } from "./slim.ts";
import { typeError } from "./type-error.ts";
import { describeObject, type Unknown } from "./unknown.ts";
import { withoutNulls } from "./without-nulls.ts";

export interface BuilderOptions {
  /** 34 for Kubernetes 1.34, which is also what is taken when nobody knows. */
  readonly kubernetesMinor?: number;
}

const tables = new Map(WATCHED_KINDS.map(({ kind, table }) => [`${kind.group}/${kind.kind}`, table]));

export class ModelBuilder {
  readonly #interner = new Interner();
  readonly #objects = new ClusterObjects();
  readonly #nodes = new Map<string, Node>();
  /** Workloads by "group/Kind namespace/name". */
  readonly #workloads = new Map<string, KubeObject>();
  /** By "namespace/name". */
  readonly #quotas = new Map<string, ResourceQuota>();
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
    const kind = groupKindOf(given);
    if (!READ_KINDS.has(kind)) {
      this.#passOver(given, kind);
      return;
    }
    const object = withoutNulls(given);
    const error = typeError(object);
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
      case "/ResourceQuota":
        this.#addQuota(object as ResourceQuota);
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

  /**
   * What a class keeps of one field of a pod, for `classOfParts`. None when it cannot be read, or holds something that
   * `classOf` has to see with the whole pod.
   * @param value as it stands in an object
   */
  partOf(name: PartName, value: unknown): PodPart | undefined {
    const field = { [name]: withoutNulls(value) };
    const isOfMetadata = (METADATA_PARTS as readonly string[]).includes(name);
    const pod = isOfMetadata
      ? { ...HOLDER, metadata: { ...HOLDER.metadata, ...field } }
      : { ...HOLDER, spec: { ...HOLDER.spec, ...field } };
    if (typeError(pod as unknown as Pod) !== undefined) return undefined;
    const part = partOf(name, field[name], this.#interner);
    return part.problems.length > 0 ? undefined : part;
  }

  /** The class of a pod that is not pinned to its node, from its parts. @param name needed for a pod without a controller */
  classOfParts(name: string, parts: PodParts, given: PodStatus | undefined): number | undefined {
    const status = withoutNulls(given);
    if (status !== undefined && typeError({ ...HOLDER, status } as unknown as Pod) !== undefined)
      return undefined;
    const asking = {
      containers: parts.containers?.value,
      initContainers: parts.initContainers?.value,
    } as Partial<PodSpec>;
    const input = { name, parts, asking: asking as ShapeInput["asking"], status, isPinned: false };
    return this.#classes.numberOfShape(shapeFrom(input, this.#interner));
  }

  /** Whether the pods of a class that `classOf` gave are each bound to their node, which is not part of the class. */
  isPinned(number: number): boolean {
    return this.#classes.draft(number).isPinned;
  }

  /** Whether the pods of a class have a controller other than their node; one that has not is like no other. */
  isOwned(number: number): boolean {
    const owner = controllerOf(this.#classes.draft(number).prototype);
    return owner !== undefined && owner.kind !== "Node";
  }

  /** Adds a pod of a class that `classOf` gave. */
  addPodOf(number: number, facts: PodFacts): number {
    const { flags, name } = flagsAndName(this.#classes.draft(number).prototype, facts);
    const node = facts.nodeName ? this.#numberOf(facts.nodeName) : -1;
    return this.#pods.add(number, node, facts.startSeconds, flags, name);
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
      quotas: [...this.#quotas.values()],
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
    if (hasEnded(pod)) return;
    const number = this.#classes.numberOf(pod, error);
    const index = this.addPodOf(number, podFacts(pod, error === undefined));
    const uid = error === undefined ? claimingUid(pod) : undefined;
    if (uid !== undefined) this.#realUids.set(index, uid);
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

  #addQuota(quota: ResourceQuota): void {
    const key = `${quota.metadata.namespace}/${quota.metadata.name}`;
    if (this.#quotas.has(key)) this.#notes.add(TWICE, nameOf(quota));
    this.#quotas.set(key, slimObject(quota, this.#interner) as ResourceQuota);
  }

  /** Of a kind that no answer reads counts whom it owns, and that it is there. */
  #passOver({ apiVersion, kind, metadata }: KubeObject, groupKind: string): void {
    if (!PASSING_KINDS.has(groupKind))
      this.#owners.add({ apiVersion, kind, metadata: withoutNulls(metadata) });
    const key = `${apiVersion}/${kind}`;
    this.#passedOver.set(key, (this.#passedOver.get(key) ?? 0) + 1);
  }

  #addOther(object: KubeObject, kind: string): void {
    const table = tables.get(kind)?.(this.#objects);
    const isWorkload = WORKLOAD_KINDS.has(kind);
    const slim = slimObject(object, this.#interner);
    if (isWorkload) this.#owners.add(slim);
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

/** A pod to hold one field that is looked at. */
const HOLDER = { apiVersion: "v1", kind: "Pod", metadata: { name: "x" }, spec: { containers: [] } };

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
