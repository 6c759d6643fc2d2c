import { invariant } from "../../base/invariant.ts";
import { formatTime } from "../../kube/time.ts";
import type { Node, Pod } from "../../kube/types/index.ts";
import type { NodeRanking } from "../../scheduler/node-ranking.ts";
import type { PodInfo } from "../../scheduler/pod-info.ts";
import { healthyAfter, isHealthy, isReplaced, lostNode, returnsAfterEviction } from "../model/after-loss.ts";
import { type Budget, withHealthy } from "../model/budget.ts";
import type { Model } from "../model/model.ts";
import { type Outcome, type Placement, UNPLACED } from "../outcome.ts";
import type { LoadedModel } from "./loaded-model.ts";
import { Placer } from "./placer.ts";
import { type Turn, tryAll, type Waiting, type WaitingQueue } from "./queue.ts";
import { replacementPod } from "./replacement.ts";

/** The snapshot is in the model's state, and in it again once the run is undone. */
export interface LossRunInput extends LoadedModel {
  readonly model: Model;
  readonly ranking: NodeRanking;
  /** In which order displaced pods come; by priority unless told otherwise. */
  readonly turn?: Turn | undefined;
  /** Where to say why pods find no node, by index; absent when nobody wants to know. */
  readonly messages: Map<number, string> | undefined;
}

/** A pod, or a replacement of one, that had to make room. */
export interface Eviction {
  /** Index in the model. */
  readonly pod: number;
  readonly node: number;
  /** It was being deleted already. */
  readonly wasTerminating: boolean;
  /** It had come to the node during the loss. */
  readonly wasArrival: boolean;
}

/** What became of one attempt to place a pod. */
export interface Step {
  readonly node: number | typeof UNPLACED;
  readonly evictions: readonly Eviction[];
}

/** One loss, played out on a snapshot. Every step knows how to take itself back. */
export class LossRun {
  readonly #input: LossRunInput;
  readonly #placer: Placer;
  readonly #undo: (() => void)[] = [];
  readonly #displaced: number[] = [];
  /** By uid, the index of the pod that a replacement stands for. */
  readonly #replaced = new Map<string, number>();
  /** By index of the budget, where it is not as in the model. */
  readonly #healthy = new Map<number, number>();
  readonly #placements: Placement[] = [];
  readonly #evictions: Eviction[] = [];

  constructor(input: LossRunInput) {
    this.#input = input;
    const { snapshot, ranking, model } = input;
    this.#placer = new Placer({ snapshot, ranking, nowMs: model.nowMs, undo: this.#undo });
  }

  /** The state once the nodes are known to be lost and their pods have been told to leave. */
  lose(lost: readonly number[]): void {
    const { model, snapshot } = this.#input;
    for (const index of lost) {
      const node = model.nodes[index] as Node;
      snapshot.setNode(lostNode(node));
      this.#undo.push(() => snapshot.setNode(node));
      for (const pod of model.podsOn(index)) this.#evictFromLost(pod);
    }
    for (const [budget, healthy] of healthyAfter(model, lost)) this.#setHealthy(budget, healthy);
  }

  /** The state once a pod has gone from a node that stays. */
  losePod(pod: number): void {
    const { model, snapshot } = this.#input;
    const uid = model.uidOf(pod);
    const before = snapshot.pod(uid)?.pod;
    if (before === undefined) return;
    snapshot.removePod(uid);
    this.#undo.push(() => snapshot.setPod(before));
    if (returnsAfterEviction(model.podClass(pod))) this.#displaced.push(pod);
    if (!isHealthy(model, pod)) return;
    for (const budget of model.budgetsOf(pod))
      this.#setHealthy(budget, (model.budgets[budget] as Budget).healthy - 1);
  }

  /** Tries every pod in turn, and those that found no node again for as long as that places another. */
  placeAll(waitingBefore: readonly number[]): Outcome {
    const unplaced = tryAll(this.#input.model, {
      displaced: this.#displaced,
      waitingBefore,
      turn: this.#input.turn,
      place: (waiting, queue) => this.#place(waiting, queue),
    });
    return { placements: [...this.#placements, ...unplaced], victims: this.#evictions.map(({ pod }) => pod) };
  }

  /** Tries one pod; those who have to come back because of it join the queue. */
  place(waiting: Waiting, queue: WaitingQueue): Step {
    const evicted = this.#evictions.length;
    const isPlaced = this.#place(waiting, queue);
    const node = isPlaced ? (this.#placements.at(-1) as Placement).node : UNPLACED;
    return { node, evictions: this.#evictions.slice(evicted) };
  }

  /** Takes over a placement that somebody else has decided. */
  adopt(waiting: Waiting, node: number): void {
    const { model } = this.#input;
    const pod = this.#podOf(waiting);
    this.#placer.bind(pod, (model.nodes[node] as Node).metadata.name);
    this.#note(waiting.pod, pod, node);
  }

  /** Whether a replacement of the pod would find a node as things stand. */
  fits(index: number): boolean {
    return this.#placer.fits(replacementPod(this.#input.model, index));
  }

  /** Why a replacement of the pod finds no node as things stand, in the scheduler's words; empty when it would find one. */
  reasonFor(index: number): string {
    const placed = this.#placer.place(replacementPod(this.#input.model, index), (victim, node) =>
      this.#evictVictim(victim, node, undefined),
    );
    return placed.kind === "unplaced" ? placed.message() : "";
  }

  /** Takes over an eviction that somebody else has decided. Whoever has to come back because of it is that one's business. */
  adoptEviction(
    { pod, isOld, isArrival }: { pod: number; isOld: boolean; isArrival: boolean },
    node: number,
  ): void {
    const { model, snapshot } = this.#input;
    const { uid } = isArrival && !isOld ? replacementPod(model, pod).metadata : { uid: model.uidOf(pod) };
    const info = snapshot.pod(uid);
    invariant(info !== undefined, `Pod ${uid} is not among those that stand somewhere`);
    this.#evictVictim(info, (model.nodes[node] as Node).metadata.name, undefined);
  }

  /** Brings the snapshot back to the model's state. */
  undo(): void {
    for (let step = this.#undo.pop(); step !== undefined; step = this.#undo.pop()) step();
  }

  #evictFromLost(pod: number): void {
    const { model, snapshot } = this.#input;
    const podClass = model.podClass(pod);
    if (model.isTerminating(pod) || !podClass.leavesLostNode) return;
    const before = snapshot.pod(model.uidOf(pod))?.pod as Pod;
    const deletionTimestamp = formatTime(model.nowMs);
    snapshot.setPod({ ...before, metadata: { ...before.metadata, deletionTimestamp } });
    this.#undo.push(() => snapshot.setPod(before));
    if (isReplaced(podClass)) this.#displaced.push(pod);
  }

  /** Whether the pod found a node. */
  #place(waiting: Waiting, queue: WaitingQueue): boolean {
    const { messages, nodeIndex } = this.#input;
    const pod = this.#podOf(waiting);
    const placed = this.#placer.place(pod, (victim, node) => this.#evictVictim(victim, node, queue));
    if (placed.kind === "unplaced") {
      messages?.set(waiting.pod, placed.message());
      return false;
    }
    this.#note(waiting.pod, pod, nodeIndex.get(placed.nodeName) as number);
    return true;
  }

  #note(index: number, pod: Pod, node: number): void {
    this.#replaced.set(pod.metadata.uid, index);
    this.#placements.push({ pod: index, node });
    this.#input.messages?.delete(index);
  }

  #podOf({ pod, isOld }: Waiting): Pod {
    const { model } = this.#input;
    return isOld ? model.podAt(pod) : replacementPod(model, pod);
  }

  #evictVictim({ pod, uid }: PodInfo, nodeName: string, queue: WaitingQueue | undefined): void {
    const { model, snapshot, podIndex, nodeIndex } = this.#input;
    const replaced = this.#replaced.get(uid);
    const index = replaced ?? (podIndex.get(uid) as number);
    snapshot.removePod(uid);
    this.#undo.push(() => snapshot.assume(pod, nodeName));
    const wasTerminating = pod.metadata.deletionTimestamp !== undefined;
    this.#evictions.push({
      pod: index,
      node: nodeIndex.get(nodeName) as number,
      wasTerminating,
      wasArrival: replaced !== undefined,
    });
    // One that was on its way out already has been replaced, where it is to be.
    if (wasTerminating) return;
    if (returnsAfterEviction(model.podClass(index))) queue?.join({ pod: index, isOld: false });
    if (replaced !== undefined || !isHealthy(model, index)) return;
    for (const budget of model.budgetsOf(index)) {
      const healthy = this.#healthy.get(budget) ?? (model.budgets[budget] as Budget).healthy;
      this.#setHealthy(budget, healthy - 1);
    }
  }

  /** What the disruption controller says of the budget while so many of its pods are healthy. */
  #setHealthy(index: number, healthy: number): void {
    const { model, snapshot } = this.#input;
    const { budgets } = snapshot.objects;
    const budget = model.budgets[index] as Budget;
    const before = budgets.get(budget.object.metadata.namespace, budget.object.metadata.name);
    this.#healthy.set(index, healthy);
    budgets.set(withHealthy(budget, healthy));
    this.#undo.push(() => budgets.set(before ?? budget.object));
  }
}
