import { TAINT_UNSCHEDULABLE } from "../../kube/taints.ts";
import type { Node, Pod, Taint } from "../../kube/types/index.ts";
import { NodeRanking } from "../../scheduler/node-ranking.ts";
import type { PodInfo } from "../../scheduler/pod-info.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import { loadModel } from "../literal/loaded-model.ts";
import { Placer } from "../literal/placer.ts";
import { isHealthy } from "../model/after-loss.ts";
import { type Budget, withHealthy } from "../model/budget.ts";
import type { Model } from "../model/model.ts";
import { ORPHANED } from "../model/pod-table.ts";
import type { QuotaRefusal } from "./change-outcome.ts";
import { QuotaUse } from "./quota-use.ts";

/** What the node lifecycle controller adds to a node that is cordoned. */
const CORDON: Taint = { key: TAINT_UNSCHEDULABLE, effect: "NoSchedule" };

/** A pod that stands on a node. */
export interface Standing {
  /** Index in the model of the pod that it is, or that it was made in the place of. */
  readonly index: number;
  readonly pod: Pod;
  /** Index of its node. */
  readonly node: number;
  readonly isReady: boolean;
  /** Made during the change, not part of the model. */
  readonly isNew: boolean;
}

/** What became of a pod that was to be placed. */
export type Placing = (
  | { readonly kind: "placed"; readonly standing: Standing }
  /** In the scheduler's words. */
  | { readonly kind: "unplaced"; readonly message: string }
) & {
  /** Whoever has left for it. */
  readonly victims: readonly Standing[];
};

/**
 * The model's cluster while something is changed on purpose: pods leave and come, nodes are cordoned, budgets are counted
 * along. Every step can be taken back, so that one cluster serves for any number of changes.
 */
export class ChangingCluster {
  readonly model: Model;
  readonly #snapshot: Snapshot;
  readonly #placer: Placer;
  readonly #nodeIndex: ReadonlyMap<string, number>;
  readonly #undo: (() => void)[] = [];
  /** By uid. */
  readonly #standing = new Map<string, Standing>();
  /** By index of the budget, where it is not as in the model. */
  readonly #healthy = new Map<number, number>();
  readonly #new = new Set<Standing>();
  readonly #quotas: QuotaUse;
  #classes: ReadonlyMap<number, readonly number[]> | undefined;
  #made = 0;

  constructor(model: Model, { seed }: { readonly seed: number }) {
    this.model = model;
    this.#quotas = new QuotaUse(model);
    const { snapshot, nodeIndex, podIndex } = loadModel(model);
    this.#snapshot = snapshot;
    this.#nodeIndex = nodeIndex;
    const ranking = new NodeRanking(seed);
    this.#placer = new Placer({ snapshot, ranking, nowMs: model.nowMs, undo: this.#undo });
    for (const [uid, index] of podIndex) {
      const { pod } = snapshot.pod(uid) as PodInfo;
      const node = model.nodeOf[index] as number;
      this.#standing.set(uid, { index, pod, node, isReady: isHealthy(model, index), isNew: false });
    }
  }

  /** What stands on a node. */
  on(node: number): readonly Standing[] {
    const { name } = (this.model.nodes[node] as Node).metadata;
    const pods = this.#snapshot.node(name)?.pods ?? [];
    return pods.map(({ uid }) => this.#standing.get(uid) as Standing).sort((a, b) => a.index - b.index);
  }

  /** Pods of a workload, in the model's order; what is new last. */
  of(workload: number): readonly Standing[] {
    const { model } = this;
    const found: Standing[] = [];
    for (const podClass of this.#classesOf(workload)) {
      for (const pod of model.podsOfClass(podClass)) {
        const standing = this.#standing.get(model.uidOf(pod));
        if (standing !== undefined) found.push(standing);
      }
    }
    found.sort((a, b) => a.index - b.index);
    for (const standing of this.#new) {
      if (model.podClass(standing.index).workload === workload) found.push(standing);
    }
    return found;
  }

  /** Indexes of the workload's pods that have waited for a node since before the change. */
  unboundOf(workload: number): readonly number[] {
    const { model } = this;
    const unbound: number[] = [];
    for (const podClass of this.#classesOf(workload)) {
      for (const pod of model.podsOfClass(podClass)) {
        const isOrphaned = ((model.flags[pod] as number) & ORPHANED) !== 0;
        if ((model.nodeOf[pod] as number) < 0 && !isOrphaned) unbound.push(pod);
      }
    }
    return unbound.sort((a, b) => a - b);
  }

  #classesOf(workload: number): readonly number[] {
    this.#classes ??= groupClasses(this.model);
    return this.#classes.get(workload) ?? [];
  }

  /** How many healthy pods a budget counts now. */
  healthyIn(budget: number): number {
    return this.#healthy.get(budget) ?? (this.model.budgets[budget] as Budget).healthy;
  }

  /** From now on the node takes no pods that do not tolerate it. */
  cordon(index: number): void {
    const node = this.model.nodes[index] as Node;
    const taints = [...(node.spec.taints ?? []), CORDON];
    this.#snapshot.setNode({ ...node, spec: { ...node.spec, unschedulable: true, taints } });
    this.#undo.push(() => this.#snapshot.setNode(node));
  }

  uncordon(index: number): void {
    const cordoned = this.#snapshot.node((this.model.nodes[index] as Node).metadata.name)?.node as Node;
    this.#snapshot.setNode(this.model.nodes[index] as Node);
    this.#undo.push(() => this.#snapshot.setNode(cordoned));
  }

  /** A pod is made in the place of the one of that index, without a node yet; not where a quota does not let it in. */
  make(index: number): QuotaRefusal | undefined {
    const refusal = this.#quotas.admit(index);
    if (refusal === undefined) this.#undo.push(() => this.#quotas.release(index));
    return refusal;
  }

  /** One that had no node is no more. */
  unmake(index: number): void {
    this.#quotas.release(index);
    this.#undo.push(() => this.#quotas.restore(index));
  }

  /** The pod has left. */
  remove(standing: Standing): void {
    const { uid } = standing.pod.metadata;
    this.unmake(standing.index);
    this.#snapshot.removePod(uid);
    this.#standing.delete(uid);
    this.#new.delete(standing);
    if (standing.isReady) this.#count(standing.index, -1);
    this.#undo.push(() => {
      this.#standing.set(uid, standing);
      if (standing.isNew) this.#new.add(standing);
      this.#snapshot.assume(standing.pod, (this.model.nodes[standing.node] as Node).metadata.name);
    });
  }

  /**
   * Finds a node for a pod that was made for the one of that index, if need be by preemption: its victims have left then. It is
   * ready at once unless that is said to be otherwise.
   */
  place(pod: Pod, index: number, isReady = true): Placing {
    const victims: Standing[] = [];
    const placed = this.#placer.place(pod, ({ uid }) => {
      const victim = this.#standing.get(uid) as Standing;
      victims.push(victim);
      this.remove(victim);
    });
    if (placed.kind === "unplaced") return { kind: "unplaced", message: placed.message(), victims };
    const { nodeName } = placed;
    const { uid } = pod.metadata;
    const standing = {
      index,
      pod: { ...pod, spec: { ...pod.spec, nodeName } },
      node: this.#nodeIndex.get(nodeName) as number,
      isReady,
      isNew: true,
    };
    this.#standing.set(uid, standing);
    this.#new.add(standing);
    this.#undo.push(() => {
      this.#standing.delete(uid);
      this.#new.delete(standing);
    });
    if (isReady) this.#count(index, 1);
    return { kind: "placed", standing, victims };
  }

  /** A pod that stood without being ready is so from now on. */
  becomeReady(before: Standing): Standing {
    const after = { ...before, isReady: true };
    const { uid } = before.pod.metadata;
    this.#standing.set(uid, after);
    if (this.#new.delete(before)) this.#new.add(after);
    this.#undo.push(() => {
      this.#standing.set(uid, before);
      if (this.#new.delete(after)) this.#new.add(before);
    });
    this.#count(before.index, 1);
    return after;
  }

  /** The claim of that name, and what is bound to it. */
  storageOf(namespace: string | undefined, name: string) {
    const { claims, volumes, storageClasses } = this.#snapshot.objects;
    const claim = claims.get(namespace, name);
    return {
      claim,
      volume: volumes.get(undefined, claim?.spec.volumeName),
      storageClass: storageClasses.get(undefined, claim?.spec.storageClassName),
    };
  }

  /** A name that no other pod has, for one that is made. */
  nextName(): string {
    return `next-${++this.#made}`;
  }

  /** What to go back to. */
  get mark(): number {
    return this.#undo.length;
  }

  /** Takes back everything since the mark. */
  goBack(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
  }

  /** A pod of the class of that index becomes healthy, or is no more: every budget of it is counted anew. */
  #count(index: number, change: 1 | -1): void {
    const { budgets } = this.#snapshot.objects;
    for (const number of this.model.budgetsOf(index)) {
      const budget = this.model.budgets[number] as Budget;
      const { namespace, name } = budget.object.metadata;
      const before = budgets.get(namespace, name) ?? budget.object;
      const healthy = this.healthyIn(number);
      this.#healthy.set(number, healthy + change);
      budgets.set(withHealthy(budget, healthy + change));
      this.#undo.push(() => {
        this.#healthy.set(number, healthy);
        budgets.set(before);
      });
    }
  }
}

function groupClasses({ classes }: Model): ReadonlyMap<number, readonly number[]> {
  const byWorkload = new Map<number, number[]>();
  for (const { index, workload } of classes) {
    const known = byWorkload.get(workload);
    if (known === undefined) byWorkload.set(workload, [index]);
    else known.push(index);
  }
  return byWorkload;
}
