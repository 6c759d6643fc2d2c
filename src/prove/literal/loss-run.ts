import { invariant, unreachable } from "../../base/invariant.ts";
import { formatTime } from "../../kube/time.ts";
import type { Node, Pod } from "../../kube/types/index.ts";
import { type Outcome as Attempted, SchedulingAlgorithm } from "../../scheduler/algorithm.ts";
import type { NodeRanking } from "../../scheduler/node-ranking.ts";
import { PluginError } from "../../scheduler/plugin-error.ts";
import type { PodInfo } from "../../scheduler/pod-info.ts";
import { postFilterMessage, preempt } from "../../scheduler/preemption/preempt.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import { assumeVolumes } from "../../scheduler/volumes/assume.ts";
import { healthyAfter, isHealthy, isReplaced, lostNode, returnsAfterEviction } from "../model/after-loss.ts";
import { type Budget, withHealthy } from "../model/budget.ts";
import type { Model } from "../model/model.ts";
import { type Outcome, type Placement, UNPLACED } from "../outcome.ts";
import { type Turn, type Waiting, WaitingQueue } from "./queue.ts";
import { claimsMadeFor, replacementPod } from "./replacement.ts";

export interface LossRunInput {
  readonly model: Model;
  /** In the model's state; in it again once the run is undone. */
  readonly snapshot: Snapshot;
  readonly ranking: NodeRanking;
  readonly nodeIndex: ReadonlyMap<string, number>;
  /** By uid of a pod that stands in the snapshot. */
  readonly podIndex: ReadonlyMap<string, number>;
  /** In which order displaced pods of one priority come. */
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
  readonly #algorithm: SchedulingAlgorithm;
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
    const { snapshot, ranking } = input;
    this.#algorithm = new SchedulingAlgorithm({ snapshot, random: ranking, scansAllNodes: true });
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

  /**
   * Tries every pod in turn. Those that found no node are tried again for as long as that places another: company that they
   * want may have come.
   */
  placeAll(waitingBefore: readonly number[]): Outcome {
    let waiting: readonly Waiting[] = [
      ...this.#displaced.map((pod) => ({ pod, isOld: false })),
      ...waitingBefore.map((pod) => ({ pod, isOld: true })),
    ];
    for (;;) {
      const placedBefore = this.#placements.length;
      const queue = new WaitingQueue(this.#input.model, waiting, this.#input.turn);
      const left: Waiting[] = [];
      for (let next = queue.next(); next !== undefined; next = queue.next()) {
        if (!this.#place(next, queue)) left.push(next);
      }
      waiting = left;
      if (left.length === 0 || this.#placements.length === placedBefore) break;
    }
    const unplaced = waiting.map(({ pod }) => ({ pod, node: UNPLACED }));
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
    const nodeName = (model.nodes[node] as Node).metadata.name;
    this.#bind(waiting.pod, this.#podOf(waiting), { kind: "scheduled", nodeName });
  }

  /** Whether a replacement of the pod would find a node as things stand. */
  fits(index: number): boolean {
    const pod = replacementPod(this.#input.model, index);
    this.#makeClaims(pod);
    try {
      return this.#algorithm.schedule(pod).kind === "scheduled";
    } catch (error) {
      if (error instanceof PluginError) return false;
      throw error;
    }
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
    const { messages } = this.#input;
    const pod = this.#podOf(waiting);
    this.#makeClaims(pod);
    try {
      const message = this.#conclude(waiting.pod, pod, this.#algorithm.schedule(pod), queue);
      if (message === undefined) return true;
      messages?.set(waiting.pod, message());
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      messages?.set(waiting.pod, error.message);
    }
    return false;
  }

  #podOf({ pod, isOld }: Waiting): Pod {
    const { model } = this.#input;
    return isOld ? model.podAt(pod) : replacementPod(model, pod);
  }

  /** What there is to say when the pod stays without a node. */
  #conclude(index: number, pod: Pod, attempted: Attempted, queue: WaitingQueue): (() => string) | undefined {
    switch (attempted.kind) {
      case "scheduled":
        this.#bind(index, pod, attempted);
        return undefined;
      case "no-nodes":
        return () => "no nodes available to schedule pods";
      case "unschedulable":
        return this.#makeRoom(index, pod, attempted, queue);
      default:
        return unreachable(attempted);
    }
  }

  #bind(index: number, pod: Pod, { nodeName, volumes }: Extract<Attempted, { kind: "scheduled" }>): void {
    const { snapshot, nodeIndex, messages } = this.#input;
    const { uid } = pod.metadata;
    snapshot.assume({ ...pod, spec: { ...pod.spec, nodeName } }, nodeName);
    this.#replaced.set(uid, index);
    this.#undo.push(() => snapshot.removePod(uid));
    if (volumes !== undefined) {
      const { objects } = snapshot;
      const taken = assumeVolumes(objects, volumes, nodeName);
      this.#undo.push(() => {
        for (const { volume } of taken.bindings) objects.volumes.restore(volume);
        for (const claim of taken.provisions) objects.claims.restore(claim);
      });
    }
    this.#placements.push({ pod: index, node: nodeIndex.get(nodeName) as number });
    messages?.delete(index);
  }

  /** Default preemption: the victims leave at once, and the pod goes where they were. */
  #makeRoom(
    index: number,
    pod: Pod,
    { attempt, diagnosis }: Extract<Attempted, { kind: "unschedulable" }>,
    queue: WaitingQueue,
  ): (() => string) | undefined {
    const { model, snapshot, ranking } = this.#input;
    const preemption = preempt({ attempt, diagnosis, snapshot, random: ranking, nowMs: model.nowMs });
    if (preemption.kind !== "found") return () => diagnosis.message(postFilterMessage(preemption));
    const { nodeName, victims } = preemption.candidate;
    for (const victim of victims.pods) this.#evictVictim(victim, nodeName, queue);
    const promised = { ...pod, status: { ...pod.status, nominatedNodeName: nodeName } };
    const again = this.#algorithm.schedule(promised);
    if (again.kind === "scheduled") {
      this.#bind(index, pod, again);
      return undefined;
    }
    return () => (again.kind === "unschedulable" ? again.diagnosis.message() : diagnosis.message());
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

  #makeClaims(pod: Pod): void {
    const { claims } = this.#input.snapshot.objects;
    for (const claim of claimsMadeFor(pod)) {
      if (claims.get(claim.metadata.namespace, claim.metadata.name) !== undefined) continue;
      claims.assume(claim);
      this.#undo.push(() => claims.restore(claim));
    }
  }
}
