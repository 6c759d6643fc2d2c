import type { Pod, StatefulSet } from "../../kube/types/index.ts";
import { replacementPod } from "../literal/replacement.ts";
import { returnsAfterEviction, waitingBefore } from "../model/after-loss.ts";
import { groupKindOf } from "../model/owners.ts";
import type { QuotaRefusal, Unplaced } from "./change-outcome.ts";
import type { ChangingCluster, Standing } from "./changing-cluster.ts";

/** Pods that are to be made again after they have left, and find a node as soon as there is one. */
export class WaitingRoom {
  readonly #cluster: ChangingCluster;
  #waiting: number[] = [];
  readonly #messages = new Map<number, string>();
  /** Of those that wait, the ones that have been made: each stays the same pod however often it is tried, as its claims are its own. */
  readonly #made = new Map<number, Pod>();
  readonly #refusals = new Map<number, QuotaRefusal>();

  /** Pods that have waited since before: they take whatever becomes free, but nothing waits for them. */
  #old: readonly number[];

  constructor(cluster: ChangingCluster) {
    this.#cluster = cluster;
    this.#old = waitingBefore(cluster.model);
  }

  /** Pods that have waited since before and wait no more: they have a node, or are not wanted any longer. */
  forget(pods: readonly number[]): void {
    this.#old = this.#old.filter((pod) => !pods.includes(pod));
  }

  /** Its controller makes another, if it is one that does so. */
  left({ index }: Standing): void {
    if (returnsAfterEviction(this.#cluster.model.podClass(index))) this.#waiting.push(index);
  }

  /** Places whatever can be placed, the more important first, and says whether anything was. Victims of preemption join. */
  settle(): boolean {
    let isPlaced = false;
    for (let goesOn = true; goesOn; ) {
      goesOn = false;
      for (const index of this.#inTurn()) {
        if (!this.#place(index)) continue;
        goesOn = true;
        isPlaced = true;
      }
    }
    return isPlaced;
  }

  /** Among pods of one priority, those that have waited longest come first. */
  #inTurn(): readonly number[] {
    const { model } = this.#cluster;
    const priority = (pod: number) => model.podClass(pod).prototype.spec.priority ?? 0;
    return [...this.#old, ...this.#waiting.toSorted((a, b) => a - b)].sort(
      (a, b) => priority(b) - priority(a),
    );
  }

  /** Those that found no node. One that is not made before another is ready is not among them. */
  get unplaced(): readonly Unplaced[] {
    return this.#waiting
      .toSorted((a, b) => a - b)
      .flatMap((pod) => {
        const message = this.#messages.get(pod);
        return message === undefined ? [] : [{ pod, message }];
      });
  }

  /** Those that were not let in when they were last tried. */
  get notAdmitted(): readonly QuotaRefusal[] {
    return [...this.#refusals.values()].sort((a, b) => a.pod - b.pod);
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  #place(index: number): boolean {
    const cluster = this.#cluster;
    const pod = isNextInOrder(cluster, index) ? this.#make(index) : undefined;
    if (pod === undefined) return false;
    const placing = cluster.place(pod, index);
    for (const victim of placing.victims) this.left(victim);
    if (placing.kind === "unplaced") {
      this.#messages.set(index, placing.message);
      return false;
    }
    this.#waiting = this.#waiting.filter((other) => other !== index);
    this.forget([index]);
    this.#made.delete(index);
    this.#messages.delete(index);
    return true;
  }

  /** The pod to be placed, unless a quota does not let it in. */
  #make(index: number): Pod | undefined {
    const known = this.#made.get(index);
    if (known !== undefined) return known;
    // One that has waited since before is there, and counted.
    const refusal = this.#old.includes(index) ? undefined : this.#cluster.make(index);
    if (refusal !== undefined) {
      this.#refusals.set(index, refusal);
      return undefined;
    }
    this.#refusals.delete(index);
    const pod = madeAgain(this.#cluster, index);
    this.#made.set(index, pod);
    return pod;
  }
}

/** The pod as its controller makes it again, under a uid of its own. */
export function madeAgain(cluster: ChangingCluster, index: number): Pod {
  const pod = replacementPod(cluster.model, index);
  return { ...pod, metadata: { ...pod.metadata, uid: `${pod.metadata.uid}/${cluster.nextName()}` } };
}

/** Whether a StatefulSet that goes in order would make the pod now: all before it are ready. Others do not ask. */
function isNextInOrder(cluster: ChangingCluster, index: number): boolean {
  const { model } = cluster;
  const { object, index: workload } = model.workloadOf(index);
  if (object === undefined || groupKindOf(object) !== "apps/StatefulSet") return true;
  if ((object as StatefulSet).spec.podManagementPolicy === "Parallel") return true;
  const ordinal = ordinalOf(model.nameOf(index));
  const ready = cluster
    .of(workload)
    .filter(({ isReady }) => isReady)
    .map((other) => ordinalOf(model.nameOf(other.index)));
  const first = (object as StatefulSet).spec.ordinals?.start ?? 0;
  const before = new Set(ready.filter((other) => other < ordinal));
  return before.size === ordinal - first;
}

/** The number at the end of the name of a StatefulSet's pod. */
export function ordinalOf(name: string): number {
  return Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
}
