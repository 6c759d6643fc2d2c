import { isStatus } from "../../../kube/status-error.ts";
import type { Engine, Timer } from "../../../time/engine.ts";

export interface LazyLoopOptions {
  /** Names the random stream of the first pass's moment. */
  readonly name: string;
  readonly periodMs: number;
  /** One that fails for want of an API server is made up for by the next one. */
  readonly pass: (nowMs: number) => void;
}

/**
 * A periodic loop of which only those passes are run that may find something: a seeded first moment, one every period from
 * there, and `wake` asks for the next of them. What happens does not differ from running them all; idle time costs nothing.
 */
export class LazyLoop {
  readonly #engine: Engine;
  readonly #options: LazyLoopOptions;
  #firstMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #next: { readonly timer: Timer; readonly atMs: number } | undefined;

  constructor(engine: Engine, options: LazyLoopOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** Fixes the moments: the first pass is due within a period from now. */
  start(): void {
    this.#firstMs =
      this.#engine.now() + this.#engine.random(this.#options.name).between(0, this.#options.periodMs);
  }

  /** When the first pass at or after that moment is, was, or would have been. */
  passAt(momentMs: number): number {
    const passes = Math.max(0, Math.ceil((momentMs - this.#firstMs) / this.#options.periodMs));
    return this.#firstMs + passes * this.#options.periodMs;
  }

  /**
   * Has the first pass run that comes at or after the moment, now by default; from within a pass that is a later one.
   * Of several wishes the soonest is kept, so a pass has to ask for the next one that it needs.
   */
  wake(momentMs = this.#engine.now()): void {
    const earliestMs = Math.max(momentMs, this.#engine.now());
    const passMs = this.passAt(earliestMs);
    const atMs = passMs > this.#lastMs ? passMs : passMs + this.#options.periodMs;
    if (this.#next !== undefined && this.#next.atMs <= atMs) return;
    this.#next?.timer.cancel();
    const timer = this.#engine.at(atMs, () => {
      this.#next = undefined;
      this.#lastMs = atMs;
      this.#pass(atMs);
    });
    this.#next = { timer, atMs };
  }

  #pass(nowMs: number): void {
    try {
      this.#options.pass(nowMs);
    } catch (error) {
      if (!isStatus(error, "ServiceUnavailable")) throw error;
      this.wake();
    }
  }
}
