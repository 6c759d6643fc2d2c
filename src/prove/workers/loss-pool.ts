import { extname } from "node:path";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Model } from "../model/model.ts";
import { decodeAnswer, type LossAnswer } from "./loss-answer.ts";
import { type SharedModel, shareModel } from "./shared-model.ts";

/** What a worker is made with. */
export interface WorkerInput {
  readonly model: SharedModel;
  /** The nodes of each loss. */
  readonly losses: readonly (readonly number[])[];
  readonly seeds: readonly number[];
  /** By loss, how far it is: all threads see and change it. */
  readonly states: Int32Array;
  /** Where answers go, each with its loss's place in the list. */
  readonly port: MessagePort;
}

export interface WorkerMessage {
  readonly loss: number;
  readonly answer: Int32Array;
}

export interface PoolOptions extends Pick<WorkerInput, "losses" | "seeds"> {
  /** How many threads beside this one. */
  readonly threads: number;
  /** How this one answers a loss itself. */
  readonly answer: (loss: number) => LossAnswer;
}

/** How far a loss is. */
export const FREE = 0;
export const TAKEN = 1;
export const ANSWERED = 2;

/** As long as a thread is waited for. A loss takes milliseconds: one that has not answered by then may be gone. */
const WAIT_MS = 2_000;

/**
 * Threads that answer losses before this one asks about them, in the order in which it is going to. A loss belongs to whoever takes
 * it first. Answers are the same whoever gives them, so any number of threads leads to the same bytes, also when one of them
 * is late, or dies.
 */
export class LossPool {
  readonly #states: Int32Array;
  readonly #answer: (loss: number) => LossAnswer;
  readonly #workers: readonly Worker[];
  readonly #ports: readonly MessagePort[];
  readonly #answers = new Map<number, LossAnswer>();
  /** Before it no loss is free. */
  #firstFree = 0;

  /** Starts so many threads beside this one, which goes on meanwhile. */
  constructor(model: Model, { losses, seeds, threads, answer }: PoolOptions) {
    const shared = shareModel(model);
    const states = new Int32Array(new SharedArrayBuffer(4 * losses.length));
    const channels = Array.from({ length: threads }, () => new MessageChannel());
    this.#answer = answer;
    this.#states = states;
    this.#ports = channels.map(({ port1 }) => port1);
    // In the built program that is JavaScript; where sources run as they are, so does this one.
    const file = new URL(`./loss-worker${extname(import.meta.url)}`, import.meta.url);
    this.#workers = channels.map(({ port2: port }) => {
      const workerData: WorkerInput = { model: shared, losses, seeds, states, port };
      const worker = new Worker(file, { workerData, transferList: [port] });
      // What a thread cannot answer this one answers in the end, and fails in public.
      worker.on("error", () => {});
      worker.unref();
      return worker;
    });
  }

  /** The answer to a loss, which is asked for once. As long as another thread is at it, this one goes on with what is free. */
  take(loss: number): LossAnswer {
    if (this.#isMine(loss)) return this.#answer(loss);
    while (!this.#isAnswered(loss)) {
      const free = this.#nextFree();
      if (free !== undefined) this.#answers.set(free, this.#answer(free));
      else if (Atomics.wait(this.#states, loss, TAKEN, WAIT_MS) === "timed-out") return this.#answer(loss);
    }
    const answer = this.#answers.get(loss) as LossAnswer;
    this.#answers.delete(loss);
    return answer;
  }

  #isMine(loss: number): boolean {
    return Atomics.compareExchange(this.#states, loss, FREE, TAKEN) === FREE;
  }

  #isAnswered(loss: number): boolean {
    if (!this.#answers.has(loss)) this.#receive();
    return this.#answers.has(loss);
  }

  #nextFree(): number | undefined {
    while (this.#firstFree < this.#states.length) {
      if (this.#isMine(this.#firstFree++)) return this.#firstFree - 1;
    }
    return undefined;
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #receive(): void {
    for (const port of this.#ports) {
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
        const { loss, answer } = next.message as WorkerMessage;
        this.#answers.set(loss, decodeAnswer(answer));
      }
    }
  }
}
