import { Worker } from "node:worker_threads";
import type { ExactAnswer } from "../engine/exact-answer.ts";
import type { Model } from "../model/model.ts";
import type { Outcome } from "../outcome.ts";
import { type SharedModel, shareModel } from "./shared-model.ts";

/** What a worker is made with. */
export interface WorkerInput {
  readonly model: SharedModel;
  readonly seed: number;
}

/** A list of losses, and where in it the next one is that nobody has taken: all threads count it up. */
export interface WorkerTask {
  readonly losses: readonly (readonly number[])[];
  readonly next: Int32Array;
}

/**
 * Outcomes as one array, which costs nothing to hand over: for each its loss's place in the list, how many placements and victims it
 * has, and those.
 */
export type Taken = Int32Array;

/** Losses that a thread takes at a time: few enough that none is left alone with many at the end. */
const TAKEN_AT_ONCE = 16;

/** Works off losses until none is left that nobody has taken. */
export function takeLosses(answer: ExactAnswer, losses: WorkerTask["losses"], next: Int32Array): Taken {
  const numbers: number[] = [];
  for (;;) {
    const first = Atomics.add(next, 0, TAKEN_AT_ONCE);
    if (first >= losses.length) return Int32Array.from(numbers);
    const end = Math.min(first + TAKEN_AT_ONCE, losses.length);
    for (let i = first; i < end; i++) {
      const { placements, victims } = answer.outcomeOf(losses[i] as readonly number[]);
      numbers.push(i, placements.length, victims.length);
      for (const { pod, node } of placements) numbers.push(pod, node);
      for (const victim of victims) numbers.push(victim);
    }
  }
}

function putOutcomes(numbers: Taken, outcomes: Outcome[]): void {
  for (let at = 0; at < numbers.length; ) {
    const [loss = 0, placed = 0, evicted = 0] = numbers.subarray(at, at + 3);
    at += 3;
    const placements = Array.from({ length: placed }, (_, i) => ({
      pod: numbers[at + 2 * i] as number,
      node: numbers[at + 2 * i + 1] as number,
    }));
    at += 2 * placed;
    outcomes[loss] = { placements, victims: Array.from(numbers.subarray(at, at + evicted)) };
    at += evicted;
  }
}

/**
 * Threads that answer losses together, this one among them. Outcomes stand in the losses' order whoever was first, so any number
 * of threads gives the same.
 */
export class LossPool {
  readonly #answer: ExactAnswer;
  readonly #workers: readonly Worker[];

  private constructor(answer: ExactAnswer, workers: readonly Worker[]) {
    this.#answer = answer;
    this.#workers = workers;
  }

  /** Starts so many threads beside this one.
   * @throws Error when one cannot start */
  static async start(answer: ExactAnswer, model: Model, seed: number, others: number): Promise<LossPool> {
    const input: WorkerInput = { model: shareModel(model), seed };
    const workers = Array.from({ length: others }, () => {
      return new Worker(new URL("./loss-worker.js", import.meta.url), { workerData: input });
    });
    try {
      await Promise.all(workers.map(nextMessage));
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.terminate()));
      throw error;
    }
    return new LossPool(answer, workers);
  }

  /** The outcomes of losses, in their order.
   * @throws Error when a thread fails */
  async outcomesOf(losses: readonly (readonly number[])[]): Promise<readonly Outcome[]> {
    const next = new Int32Array(new SharedArrayBuffer(4));
    const others = this.#workers.map((worker) => {
      const answered = nextMessage(worker);
      worker.postMessage({ losses, next } satisfies WorkerTask);
      return answered as Promise<Taken>;
    });
    const own = takeLosses(this.#answer, losses, next);
    const outcomes = new Array<Outcome>(losses.length);
    for (const taken of [own, ...(await Promise.all(others))]) putOutcomes(taken, outcomes);
    return outcomes;
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once("message", (message) => {
      worker.off("error", reject);
      resolve(message);
    });
    worker.once("error", reject);
  });
}
