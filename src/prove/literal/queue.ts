import type { Model } from "../model/model.ts";
import { type Placement, UNPLACED } from "../outcome.ts";

/** A pod that is to be placed: the replacement of one that was lost or evicted, or one that has waited since before. */
export interface Waiting {
  /** Index in the model. */
  readonly pod: number;
  /** It was waiting before the loss. */
  readonly isOld: boolean;
}

/**
 * In which order displaced pods come, whatever their priorities: pods are evicted one by one, and the scheduler places what is
 * there already without waiting for something more urgent that may come.
 */
export type Turn = (pod: number) => number;

/**
 * Which of two comes first. Where all come at once: the higher priority, then who was displaced, then the model's order. Where
 * they come in turn: by turn alone, whether displaced or waiting. What has waited is tried again at every event that might help
 * it, and so before the displaced pod that is evicted next.
 */
export function compareWaiting(model: Model, a: Waiting, b: Waiting, turn?: Turn): number {
  if (turn !== undefined) return turn(a.pod) - turn(b.pod) || a.pod - b.pod;
  const byPriority = priorityOf(model, b) - priorityOf(model, a);
  return byPriority || Number(a.isOld) - Number(b.isOld) || a.pod - b.pod;
}

function priorityOf(model: Model, { pod }: Waiting): number {
  return model.podClass(pod).prototype.spec.priority ?? 0;
}

/** Pods in the order in which they are tried; others may join while it is worked off. */
export class WaitingQueue {
  readonly #model: Model;
  readonly #turn: Turn | undefined;
  /** Last first. */
  readonly #waiting: Waiting[];

  constructor(model: Model, waiting: readonly Waiting[], turn?: Turn) {
    this.#model = model;
    this.#turn = turn;
    this.#waiting = [...waiting].sort((a, b) => compareWaiting(model, b, a, turn));
  }

  next(): Waiting | undefined {
    return this.#waiting.pop();
  }

  join(waiting: Waiting): void {
    const at = this.#waiting.findIndex(
      (other) => compareWaiting(this.#model, other, waiting, this.#turn) < 0,
    );
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, waiting);
  }
}

export interface TryAll {
  /** Indexes of the pods to be made again. */
  readonly displaced: readonly number[];
  /** Indexes of those that have waited since before. */
  readonly waitingBefore: readonly number[];
  readonly turn?: Turn | undefined;
  /** Whether the pod found a node; others that it puts out join the queue. */
  readonly place: (waiting: Waiting, queue: WaitingQueue) => boolean;
}

/**
 * Tries every pod in turn. Those that found no node are tried again for as long as that places another: company that they
 * want may have come. Gives those that are left, in the order of the queue.
 */
export function tryAll(
  model: Model,
  { displaced, waitingBefore, turn, place }: TryAll,
): readonly Placement[] {
  let waiting: readonly Waiting[] = [
    ...displaced.map((pod) => ({ pod, isOld: false })),
    ...waitingBefore.map((pod) => ({ pod, isOld: true })),
  ];
  for (let moves = true; moves && waiting.length > 0; ) {
    moves = false;
    const queue = new WaitingQueue(model, waiting, turn);
    const left: Waiting[] = [];
    for (let next = queue.next(); next !== undefined; next = queue.next()) {
      if (place(next, queue)) moves = true;
      else left.push(next);
    }
    waiting = left;
  }
  return waiting.map(({ pod }) => ({ pod, node: UNPLACED }));
}
