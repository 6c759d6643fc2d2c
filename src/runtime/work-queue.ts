import { Pending } from "../base/pending.ts";
import { isStatus, StatusError } from "../kube/status-error.ts";
import type { Engine, Timer } from "../time/engine.ts";

export interface WorkQueueOptions {
  /** Names the random stream of the delays. */
  readonly name: string;
  /** Called for one key at a time. Throwing a retryable error means: try again later, with back-off. */
  readonly reconcile: (key: string) => void;
  /** What passes between a change and its handling: watch delivery, queue wait. Drawn anew each time. */
  readonly delayMs?: readonly [min: number, max: number];
  /** First and longest pause between tries; 5 ms and 1,000 s as workqueue.DefaultTypedControllerRateLimiter. */
  readonly backoffMs?: readonly [first: number, last: number];
  /** After so many failed tries in a row the key is dropped until something adds it again. Never, when absent. */
  readonly retriesMax?: number;
  /** Which errors are worth another try; the others are bugs and stop the run. Answers of the API server, by default. */
  readonly isRetryable?: (error: unknown) => boolean;
  /** Told of every error that led to another try, or to giving up. */
  readonly onError?: (key: string, error: unknown) => void;
}

const DEFAULT_DELAY_MS = [1, 5] as const;
const DEFAULT_BACKOFF_MS = [5, 1_000_000] as const;

/**
 * The longest pause after ServiceUnavailable. A real manager that cannot renew its Lease for 10 s ends, and the one that
 * comes up next starts with empty queues and looks at everything: it does not sit out the pauses that the outage has built
 * up, nor has it dropped anything for having failed too often.
 */
const OUTAGE_RETRY_MS_MAX = 15_000;

/** The pause before a key is handled whose answer has come; not none, so that time passes for those who ask for ever. */
const ANSWERED_RETRY_MS = 1;

interface Delayed {
  readonly timer: Timer;
  readonly dueMs: number;
}

/**
 * Keys waiting to be reconciled, as client-go's rate-limited delaying queue: a key waits once however often it is added,
 * `addAfter` keeps the earliest moment asked for, and handling a key sooner for another reason does not call that moment off.
 */
export class WorkQueue {
  readonly #engine: Engine;
  readonly #options: WorkQueueOptions;
  readonly #ready = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  /** Failed tries in a row; those that met an outage count apart, for their own pauses alone. */
  readonly #failures = new Map<string, number>();
  readonly #outages = new Map<string, number>();

  constructor(engine: Engine, options: WorkQueueOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** Handles `key` soon. */
  add(key: string): void {
    if (this.#ready.has(key)) return;
    this.#ready.add(key);
    const [min, max] = this.#options.delayMs ?? DEFAULT_DELAY_MS;
    const delayMs = this.#engine.random(this.#options.name).between(min, max);
    this.#engine.after(delayMs, () => {
      this.#ready.delete(key);
      this.#handle(key);
    });
  }

  /** Handles `key` when `delayMs` have passed; an earlier moment asked for before stands. */
  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueMs = this.#engine.now() + delayMs;
    const delayed = this.#delayed.get(key);
    if (delayed !== undefined) {
      if (delayed.dueMs <= dueMs) return;
      delayed.timer.cancel();
    }
    const timer = this.#engine.at(dueMs, () => {
      this.#delayed.delete(key);
      // What waits already will see everything that this turn would see.
      if (!this.#ready.has(key)) this.#handle(key);
    });
    this.#delayed.set(key, { dueMs, timer });
  }

  /** Handles `key` after the pause that its failures so far call for, and counts one more. */
  addRateLimited(key: string): void {
    this.addAfter(key, this.#nextPauseMs(key, this.#failures));
  }

  #handle(key: string): void {
    try {
      this.#options.reconcile(key);
      this.#failures.delete(key);
      this.#outages.delete(key);
    } catch (error) {
      this.#retry(key, error);
    }
  }

  #retry(key: string, error: unknown): void {
    const isRetryable = this.#options.isRetryable ?? ((thrown) => thrown instanceof StatusError);
    if (!isRetryable(error)) throw error;
    this.#options.onError?.(key, error);
    if (isStatus(error, "ServiceUnavailable")) {
      if (error.cause instanceof Pending) this.#retryWhen(key, error.cause);
      else this.addAfter(key, Math.min(this.#nextPauseMs(key, this.#outages), OUTAGE_RETRY_MS_MAX));
      return;
    }
    const failures = this.#failures.get(key) ?? 0;
    if (failures >= (this.#options.retriesMax ?? Number.POSITIVE_INFINITY)) this.#failures.delete(key);
    else this.addRateLimited(key);
  }

  /** What lacked an answer from outside has not failed: it is handled when the answer is there. */
  #retryWhen(key: string, { ready }: Pending): void {
    ready.then(() => this.addAfter(key, ANSWERED_RETRY_MS));
  }

  #nextPauseMs(key: string, tries: Map<string, number>): number {
    const failures = tries.get(key) ?? 0;
    tries.set(key, failures + 1);
    const [first, last] = this.#options.backoffMs ?? DEFAULT_BACKOFF_MS;
    return Math.min(first * 2 ** failures, last);
  }
}
