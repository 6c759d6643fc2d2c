import type { Engine, Timer } from "../time/engine.ts";

export interface WorkQueueOptions {
  /** Names the random stream of the delays. */
  readonly name: string;
  /** Called for one key at a time. Throwing means: try again later, with back-off. */
  readonly reconcile: (key: string) => void;
  /** What passes between a change and its handling: watch delivery, queue wait. Drawn anew each time. */
  readonly delayMs?: readonly [min: number, max: number];
  /** Told of every error that led to another try. */
  readonly onError?: (key: string, error: unknown) => void;
}

const FIRST_RETRY_MS = 5;
const LAST_RETRY_MS = 1_000_000;

/**
 * Keys waiting to be reconciled, as client-go's rate-limited queue: a key waits once however often it is added,
 * failures are retried after 5 ms × 2ⁿ up to 1,000 s (workqueue.DefaultTypedControllerRateLimiter).
 */
export class WorkQueue {
  readonly #engine: Engine;
  readonly #options: WorkQueueOptions;
  readonly #waiting = new Map<string, { timer: Timer; dueMs: number }>();
  readonly #failures = new Map<string, number>();

  constructor(engine: Engine, options: WorkQueueOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** Handles `key` soon. */
  add(key: string): void {
    const [min, max] = this.#options.delayMs ?? [1, 5];
    this.addAfter(key, this.#engine.random(this.#options.name).between(min, max));
  }

  /** Handles `key` when `delayMs` have passed, or sooner if it waits for an earlier moment already. */
  addAfter(key: string, delayMs: number): void {
    const dueMs = this.#engine.now() + delayMs;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      if (waiting.dueMs <= dueMs) return;
      waiting.timer.cancel();
    }
    this.#waiting.set(key, { dueMs, timer: this.#engine.at(dueMs, () => this.#handle(key)) });
  }

  #handle(key: string): void {
    this.#waiting.delete(key);
    try {
      this.#options.reconcile(key);
      this.#failures.delete(key);
    } catch (error) {
      const failures = this.#failures.get(key) ?? 0;
      this.#failures.set(key, failures + 1);
      this.#options.onError?.(key, error);
      this.addAfter(key, Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS));
    }
  }
}
