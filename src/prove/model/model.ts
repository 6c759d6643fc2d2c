/**
 * A cluster as the proofs see it: pods in typed arrays, everything that pods share held once. Made by a `ModelBuilder`, and
 * changed by nobody but a `ChangeableModel`. The order of nodes, pods, classes and workloads depends on what they are only, so
 * the same cluster gives the same bytes however its objects were ordered.
 */
import { formatTime } from "../../kube/time.ts";
import type { Node, Pod, PodSpec, ResourceQuota } from "../../kube/types/index.ts";
import type { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import type { Budget } from "./budget.ts";
import { type Grouped, groupBy } from "./grouped.ts";
import type { PodClass } from "./pod-class.ts";
import { withPin } from "./pod-shape.ts";
import { GENERATED, type PodRow, type PodTable, READY, TERMINATING } from "./pod-table.ts";
import type { Unknown } from "./unknown.ts";
import type { Workload } from "./workload.ts";

export interface ModelParts {
  /** In order of name. */
  readonly nodes: readonly Node[];
  /** In order of namespace and name. */
  readonly pods: PodTable;
  /** In order of their first pods; those that a change has brought come last. */
  readonly classes: readonly PodClass[];
  /** In order of namespace, kind and name. */
  readonly workloads: readonly Workload[];
  readonly objects: ClusterObjects;
  /** In order of namespace and name. */
  readonly quotas: readonly ResourceQuota[];
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
  readonly workloads: readonly Workload[];
  readonly objects: ClusterObjects;
  readonly quotas: readonly ResourceQuota[];
  readonly assumed: readonly string[];
  readonly passedOver: ReadonlyMap<string, number>;
  readonly kubernetesMinor: number;

  readonly #nodes: Node[];
  readonly #classes: PodClass[];
  readonly #budgets: Budget[];
  readonly #pods: PodTable;
  #unknowns: readonly Unknown[];
  #realUids: ReadonlyMap<number, string>;
  #nowMs: number;
  #byNode: Grouped | undefined;
  #byClass: Grouped | undefined;
  #budgetsByClass: ReadonlyMap<number, readonly number[]> | undefined;

  constructor({ pods, nodes, classes, budgets, unknowns, realUids, ...rest }: ModelParts) {
    this.workloads = rest.workloads;
    this.objects = rest.objects;
    this.quotas = rest.quotas;
    this.assumed = rest.assumed;
    this.passedOver = rest.passedOver;
    this.kubernetesMinor = rest.kubernetesMinor;
    this.#nodes = [...nodes];
    this.#classes = [...classes];
    this.#budgets = [...budgets];
    this.#pods = pods;
    this.#unknowns = unknowns;
    this.#realUids = realUids;
    this.#nowMs = momentAfter(pods);
  }

  /** In order of name. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  get classes(): readonly PodClass[] {
    return this.#classes;
  }

  get budgets(): readonly Budget[] {
    return this.#budgets;
  }

  get unknowns(): readonly Unknown[] {
    return this.#unknowns;
  }

  get podCount(): number {
    return this.#pods.count;
  }

  /** Per pod, index of its class. This and the other columns are other arrays once a pod has come or gone. */
  get classOf(): Int32Array {
    return this.#pods.classOf;
  }

  /** Per pod, index of its node; -1 when it is bound to none. */
  get nodeOf(): Int32Array {
    return this.#pods.nodeOf;
  }

  /** Per pod, bits of `pod-table.ts`. */
  get flags(): Uint8Array {
    return this.#pods.flags;
  }

  /** Per pod, seconds since the epoch; 0 for one that has not started, which counts as starting at `nowMs`. */
  get startOf(): Uint32Array {
    return this.#pods.startOf;
  }

  /** Later than every start. */
  get nowMs(): number {
    return this.#nowMs;
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
    this.#byNode ??= groupBy(this.nodeOf, this.#nodes.length);
    return this.#byNode.of(node);
  }

  /** Indexes of the pods of a class, ascending. */
  podsOfClass(index: number): Int32Array {
    this.#byClass ??= groupBy(this.classOf, this.#classes.length);
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

  /**
   * For `ChangeableModel` only, as all that follows: a pod comes before another one, or takes the place of one that is the same.
   * @param uid where claims are made for it
   */
  putPod(at: number, row: PodRow, isNew: boolean, uid: string | undefined): void {
    const before = isNew ? undefined : this.#placeOf(at);
    if (isNew) this.#renumberPods(at, 1);
    this.#pods.put(at, row, isNew);
    if (before === undefined || before.node !== row.node) {
      if (before !== undefined && before.node >= 0) this.#byNode?.remove(before.node, at);
      if (row.node >= 0) this.#byNode?.add(row.node, at);
    }
    if (before === undefined || before.podClass !== row.podClass) {
      if (before !== undefined) this.#byClass?.remove(before.podClass, at);
      this.#byClass?.add(row.podClass, at);
    }
    if (uid !== this.#realUids.get(at)) this.#realUids = withUid(this.#realUids, at, uid);
    this.#nowMs = momentAfter(this.#pods);
  }

  removePod(at: number): void {
    const { node, podClass } = this.#placeOf(at);
    if (node >= 0) this.#byNode?.remove(node, at);
    this.#byClass?.remove(podClass, at);
    this.#pods.remove(at);
    this.#realUids = withUid(this.#realUids, at, undefined);
    this.#renumberPods(at, -1);
    this.#nowMs = momentAfter(this.#pods);
  }

  #placeOf(pod: number): { readonly node: number; readonly podClass: number } {
    return { node: this.nodeOf[pod] as number, podClass: this.classOf[pod] as number };
  }

  /** A pod comes to a place, or one has gone from it. */
  #renumberPods(from: number, by: 1 | -1): void {
    this.#byNode?.renumber(from, by);
    this.#byClass?.renumber(from, by);
    if (this.#realUids.size === 0) return;
    const moved = [...this.#realUids].map(([pod, uid]): [number, string] => [
      pod >= from ? pod + by : pod,
      uid,
    ]);
    this.#realUids = new Map(moved);
  }

  /** A node comes before another one, or takes the place of one of its name. */
  putNode(at: number, node: Node, isNew: boolean): void {
    this.#nodes.splice(at, isNew ? 0 : 1, node);
    if (!isNew) return;
    this.#renumberNodes(at, 1);
    this.#byNode?.addGroup(at);
  }

  /** A node goes on which no pod is bound any more. */
  removeNode(at: number): void {
    this.#nodes.splice(at, 1);
    this.#renumberNodes(at, -1);
    this.#byNode?.removeGroup(at);
  }

  #renumberNodes(from: number, by: 1 | -1): void {
    const { nodeOf } = this;
    for (let pod = 0; pod < nodeOf.length; pod++) {
      const node = nodeOf[pod] as number;
      if (node >= from) nodeOf[pod] = node + by;
    }
  }

  addClass(podClass: PodClass): void {
    this.#classes.push(podClass);
    this.#byClass?.addGroup(podClass.index);
  }

  putBudget(index: number, budget: Budget): void {
    if (budget.classes !== this.#budgets[index]?.classes) this.#budgetsByClass = undefined;
    this.#budgets[index] = budget;
  }

  putUnknowns(unknowns: readonly Unknown[]): void {
    this.#unknowns = unknowns;
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

function momentAfter({ startOf }: PodTable): number {
  let latest = 0;
  for (const start of startOf) if (start > latest) latest = start;
  return (latest + 1) * 1_000;
}

function withUid(
  uids: ReadonlyMap<number, string>,
  pod: number,
  uid: string | undefined,
): ReadonlyMap<number, string> {
  const changed = new Map(uids);
  if (uid === undefined) changed.delete(pod);
  else changed.set(pod, uid);
  return changed;
}
