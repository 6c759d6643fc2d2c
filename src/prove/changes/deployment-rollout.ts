import type { Deployment, Pod } from "../../kube/types/index.ts";
import { rollingBounds } from "../../lab/controllers/deployment/rolling-bounds.ts";
import type { Workload } from "../model/workload.ts";
import type { ChangeOutcome, Held, QuotaRefusal, Unplaced } from "./change-outcome.ts";
import type { ChangingCluster, Standing } from "./changing-cluster.ts";
import { heldVolume } from "./held-volumes.ts";
import { LowestReady } from "./lowest-ready.ts";
import { madeAgain, WaitingRoom } from "./waiting-room.ts";

const TEMPLATE_HASH = "pod-template-hash";
/** What no template's hash is: the API server makes them of other letters. */
const NEW_HASH = "next";

/** Replaces every pod of a Deployment as its strategy says, until all are new and ready or nothing moves any more. */
export function rollOutDeployment(cluster: ChangingCluster, workload: Workload): ChangeOutcome {
  return new DeploymentRollout(cluster, workload).run();
}

class DeploymentRollout {
  readonly #cluster: ChangingCluster;
  readonly #workload: Workload;
  readonly #deployment: Deployment;
  readonly #lowest: LowestReady;
  /** For those whom new pods put out by preemption. */
  readonly #room: WaitingRoom;
  #old: readonly Standing[];
  /** Indexes of old pods without a node. */
  readonly #oldUnbound: number[];
  #new: Standing[] = [];
  #waiting: Pod[] = [];
  #unplaced: Unplaced | undefined;
  #refusal: QuotaRefusal | undefined;
  #held: readonly Held[] = [];

  constructor(cluster: ChangingCluster, workload: Workload) {
    this.#cluster = cluster;
    this.#workload = workload;
    this.#deployment = workload.object as Deployment;
    this.#lowest = new LowestReady(cluster);
    this.#room = new WaitingRoom(cluster);
    this.#old = cluster.of(workload.index);
    this.#oldUnbound = [...cluster.unboundOf(workload.index)];
  }

  run(): ChangeOutcome {
    const first = this.#old[0]?.index ?? this.#oldUnbound[0];
    // Nothing of it is there to be replaced.
    if (first === undefined) return this.#outcome();
    this.#look();
    for (let moves = true; moves; ) {
      moves = this.#scaleUp(first);
      moves = this.#placeNew(first) || moves;
      moves = this.#startNew() || moves;
      moves = this.#scaleDown() || moves;
      this.#look();
      moves = this.#room.settle() || moves;
    }
    return this.#outcome();
  }

  get #replicas(): number {
    return this.#workload.replicas ?? this.#old.length;
  }

  get #newCount(): number {
    return this.#new.length + this.#waiting.length;
  }

  get #isRecreated(): boolean {
    return this.#deployment.spec.strategy?.type === "Recreate";
  }

  #scaleUp(like: number): boolean {
    const old = this.#old.length + this.#oldUnbound.length;
    if (this.#isRecreated && old > 0) return false;
    const most = this.#isRecreated
      ? this.#replicas
      : this.#replicas + rollingBounds(this.#deployment).maxSurge;
    const missing = Math.min(this.#replicas - this.#newCount, most - old - this.#newCount);
    this.#refusal = undefined;
    for (let i = 0; i < missing; i++) {
      this.#refusal = this.#cluster.make(like);
      if (this.#refusal !== undefined) return i > 0;
      this.#waiting.push(newPod(madeAgain(this.#cluster, like)));
    }
    return missing > 0;
  }

  #placeNew(like: number): boolean {
    const left: Pod[] = [];
    for (const pod of this.#waiting) {
      const placing = this.#cluster.place(pod, like, false);
      for (const victim of placing.victims) this.#room.left(victim);
      if (placing.kind === "placed") this.#new.push(placing.standing);
      else {
        left.push(pod);
        this.#unplaced = { pod: like, message: placing.message };
      }
    }
    const moves = left.length < this.#waiting.length;
    this.#waiting = left;
    return moves;
  }

  /** What is placed and has its volumes becomes ready. */
  #startNew(): boolean {
    const held: Held[] = [];
    let moves = false;
    this.#new = this.#new.map((standing) => {
      if (standing.isReady) return standing;
      const volume = heldVolume(this.#cluster, standing, [...this.#old, ...this.#new]);
      if (volume !== undefined) {
        held.push(volume);
        return standing;
      }
      moves = true;
      return this.#cluster.becomeReady(standing);
    });
    this.#held = held;
    return moves;
  }

  #scaleDown(): boolean {
    if (this.#isRecreated) return this.#removeOld(this.#old.length + this.#oldUnbound.length);
    const ready = this.#new.filter(({ isReady }) => isReady).length;
    const floor = this.#replicas - rollingBounds(this.#deployment).maxUnavailable;
    const total = this.#old.length + this.#oldUnbound.length + this.#newCount;
    const spare = total - floor - (this.#newCount - ready);
    if (spare <= 0) return false;
    const unready = this.#oldUnbound.length + this.#old.filter(({ isReady }) => !isReady).length;
    const cleaned = this.#removeOld(Math.min(spare, unready));
    const available = ready + this.#old.filter(({ isReady }) => isReady).length;
    return this.#removeOld(Math.max(0, available - floor)) || cleaned;
  }

  /** As a ReplicaSet chooses them: what is not ready first, then where most of the Deployment's pods share a node, then the youngest. */
  #removeOld(count: number): boolean {
    const withoutNode = Math.min(count, this.#oldUnbound.length);
    const unbound = this.#oldUnbound.splice(0, withoutNode);
    for (const index of unbound) this.#cluster.unmake(index);
    this.#room.forget(unbound);
    const onNode = new Map<number, number>();
    for (const { node } of [...this.#old, ...this.#new]) onNode.set(node, (onNode.get(node) ?? 0) + 1);
    const { startOf } = this.#cluster.model;
    const leaving = [...this.#old]
      .sort(
        (a, b) =>
          Number(a.isReady) - Number(b.isReady) ||
          (onNode.get(b.node) ?? 0) - (onNode.get(a.node) ?? 0) ||
          (startOf[b.index] as number) - (startOf[a.index] as number),
      )
      .slice(0, count - withoutNode);
    for (const standing of leaving) this.#cluster.remove(standing);
    this.#old = this.#old.filter((standing) => !leaving.includes(standing));
    return withoutNode + leaving.length > 0;
  }

  #look(): void {
    this.#lowest.look(this.#workload.index);
  }

  #outcome(): ChangeOutcome {
    const isOver =
      this.#refusal === undefined &&
      this.#old.length + this.#oldUnbound.length + this.#waiting.length + this.#held.length === 0;
    const own = this.#waiting.length > 0 && this.#unplaced !== undefined ? [this.#unplaced] : [];
    return {
      ends: isOver,
      lowest: this.#lowest.all,
      refused: [],
      unplaced: [...own, ...this.#room.unplaced],
      notAdmitted: [...(this.#refusal === undefined ? [] : [this.#refusal]), ...this.#room.notAdmitted],
      held: this.#held,
      waitsFor: [],
    };
  }
}

/** The pod of another template: told from the old ones by the label that ReplicaSets set, wherever that is asked for. */
function newPod(pod: Pod): Pod {
  const old = pod.metadata.labels?.[TEMPLATE_HASH];
  if (old === undefined) return pod;
  // Affinity and spread of one revision only name the hash among the values that they match.
  const spec = JSON.parse(JSON.stringify(pod.spec), (key, value) =>
    key === "values" && Array.isArray(value) && value.length === 1 && value[0] === old ? [NEW_HASH] : value,
  );
  const labels = { ...pod.metadata.labels, [TEMPLATE_HASH]: NEW_HASH };
  return { ...pod, metadata: { ...pod.metadata, labels }, spec };
}
