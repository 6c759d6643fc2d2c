/**
 * A cluster as the proofs see it: pods in typed arrays, everything that pods share held once. Made by a `ModelBuilder`,
 * never changed. The order of nodes, pods, classes and workloads depends on what they are only, so the same cluster gives the
 * same bytes however its objects were ordered.
 */
import { formatTime } from "../../kube/time.ts";
import type { Node, Pod, PodSpec } from "../../kube/types/index.ts";
import type { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import type { Budget } from "./budget.ts";
import { type Grouped, groupBy } from "./grouped.ts";
import type { PodClass } from "./pod-class.ts";
import { withPin } from "./pod-shape.ts";
import { GENERATED, type PodTable, READY, TERMINATING } from "./pod-table.ts";
import type { Unknown } from "./unknown.ts";
import type { Workload } from "./workload.ts";

export interface ModelParts {
  /** In order of name. */
  readonly nodes: readonly Node[];
  /** In order of namespace and name. */
  readonly pods: PodTable;
  /** In order of their first pods. */
  readonly classes: readonly PodClass[];
  /** In order of namespace, kind and name. */
  readonly workloads: readonly Workload[];
  readonly objects: ClusterObjects;
  /** In order of namespace and name. */
  readonly budgets: readonly Budget[];
  /** By index, the uids of pods whose claims are made for them: there they matter. */
  readonly realUids: ReadonlyMap<number, string>;
  readonly unknowns: readonly Unknown[];
  readonly assumed: readonly string[];
  /** How many objects there were of kinds that no answer reads, by "apiVersion/kind". */
  readonly passedOver: ReadonlyMap<string, number>;
  readonly kubernetesMinor: number;
}

export class Model {
  readonly nodes: readonly Node[];
  readonly classes: readonly PodClass[];
  readonly workloads: readonly Workload[];
  readonly objects: ClusterObjects;
  readonly budgets: readonly Budget[];
  readonly unknowns: readonly Unknown[];
  readonly assumed: readonly string[];
  readonly passedOver: ReadonlyMap<string, number>;
  readonly kubernetesMinor: number;

  readonly podCount: number;
  /** Per pod, index of its class. */
  readonly classOf: Int32Array;
  /** Per pod, index of its node; -1 when it is bound to none. */
  readonly nodeOf: Int32Array;
  /** Per pod, bits of `pod-table.ts`. */
  readonly flags: Uint8Array;
  /** Per pod, seconds since the epoch; 0 for one that has not started, which counts as starting at `nowMs`. */
  readonly startOf: Uint32Array;
  /** Later than every start. */
  readonly nowMs: number;

  readonly #pods: PodTable;
  readonly #realUids: ReadonlyMap<number, string>;
  #byNode: Grouped | undefined;
  #byClass: Grouped | undefined;
  #budgetsByClass: ReadonlyMap<number, readonly number[]> | undefined;

  constructor({ pods, realUids, ...rest }: ModelParts) {
    this.nodes = rest.nodes;
    this.classes = rest.classes;
    this.workloads = rest.workloads;
    this.objects = rest.objects;
    this.budgets = rest.budgets;
    this.unknowns = rest.unknowns;
    this.assumed = rest.assumed;
    this.passedOver = rest.passedOver;
    this.kubernetesMinor = rest.kubernetesMinor;
    this.podCount = pods.count;
    this.classOf = pods.classOf;
    this.nodeOf = pods.nodeOf;
    this.flags = pods.flags;
    this.startOf = pods.startOf;
    this.#pods = pods;
    this.#realUids = realUids;
    let latest = 0;
    for (const start of this.startOf) if (start > latest) latest = start;
    this.nowMs = (latest + 1) * 1_000;
  }

  /** The pods as they are kept, for another thread. */
  get podTable(): PodTable {
    return this.#pods;
  }

  /** By index, the uids of pods whose claims are made for them. */
  get realUids(): ReadonlyMap<number, string> {
    return this.#realUids;
  }

  /** Bytes that the pods have of their own: what classes, workloads and nodes hold comes on top. */
  get podBytes(): number {
    return this.#pods.bytes;
  }

  /** Indexes of the pods on a node, ascending: bound ones only. */
  podsOn(node: number): Int32Array {
    this.#byNode ??= groupBy(this.nodeOf, this.nodes.length);
    return this.#byNode.of(node);
  }

  /** Indexes of the pods of a class, ascending. */
  podsOfClass(index: number): Int32Array {
    this.#byClass ??= groupBy(this.classOf, this.classes.length);
    return this.#byClass.of(index);
  }

  /** The class of a pod. */
  podClass(pod: number): PodClass {
    return this.classes[this.classOf[pod] as number] as PodClass;
  }

  /** Indexes of the budgets that select a pod, ascending. */
  budgetsOf(pod: number): readonly number[] {
    this.#budgetsByClass ??= budgetsByClass(this.budgets);
    return this.#budgetsByClass.get(this.classOf[pod] as number) ?? NO_BUDGETS;
  }

  /** The workload of a pod. */
  workloadOf(pod: number): Workload {
    return this.workloads[this.podClass(pod).workload] as Workload;
  }

  nameOf(pod: number): string {
    const kept = this.#pods.nameOf(pod);
    const { metadata } = this.podClass(pod).prototype;
    return (this.flags[pod] as number) & GENERATED ? `${metadata.generateName}${kept}` : kept;
  }

  namespaceOf(pod: number): string {
    return this.podClass(pod).prototype.metadata.namespace ?? "";
  }

  /** "namespace/name" */
  keyOf(pod: number): string {
    return `${this.namespaceOf(pod)}/${this.nameOf(pod)}`;
  }

  isReady(pod: number): boolean {
    return ((this.flags[pod] as number) & READY) !== 0;
  }

  isTerminating(pod: number): boolean {
    return ((this.flags[pod] as number) & TERMINATING) !== 0;
  }

  uidOf(pod: number): string {
    return this.#realUids.get(pod) ?? `pod-${pod}`;
  }

  /** The pod as an object, with everything that the scheduler reads of it. */
  podAt(pod: number): Pod {
    const { prototype } = this.podClass(pod);
    const { metadata, status } = prototype;
    const start = this.startOf[pod] as number;
    return {
      ...prototype,
      metadata: {
        ...metadata,
        name: this.nameOf(pod),
        uid: this.uidOf(pod),
        ...(this.isTerminating(pod) && { deletionTimestamp: formatTime(this.nowMs) }),
      },
      spec: this.#specOf(pod),
      status: start === 0 ? status : { ...status, startTime: formatTime(start * 1_000) },
    };
  }

  #specOf(pod: number): PodSpec {
    const { prototype, isPinned } = this.podClass(pod);
    const { spec } = prototype;
    const nodeName = this.nodes[this.nodeOf[pod] as number]?.metadata.name;
    if (nodeName === undefined) return spec;
    return isPinned
      ? { ...spec, affinity: withPin(spec.affinity, nodeName), nodeName }
      : { ...spec, nodeName };
  }
}

const NO_BUDGETS: readonly number[] = Object.freeze([]);

function budgetsByClass(budgets: readonly Budget[]): ReadonlyMap<number, readonly number[]> {
  const byClass = new Map<number, number[]>();
  for (const [i, { classes }] of budgets.entries()) {
    for (const index of classes) {
      const known = byClass.get(index);
      if (known === undefined) byClass.set(index, [i]);
      else known.push(i);
    }
  }
  return byClass;
}
