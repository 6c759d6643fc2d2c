/**
 * What storage drivers do for the controllers that ask them: it takes a while, and what was refused is asked again after a
 * pause that doubles with every refusal.
 */
import type { Engine } from "../../../time/engine.ts";

export interface DriverJobsOptions {
  /** Names the random stream of the durations. */
  readonly name: string;
  readonly takesMs: readonly [min: number, max: number];
  /** The first and the longest pause after a refusal. */
  readonly pauseMs: readonly [first: number, last: number];
}

export class DriverJobs {
  readonly #engine: Engine;
  readonly #options: DriverJobsOptions;
  readonly #busy = new Set<string>();
  readonly #done = new Set<string>();
  readonly #refusals = new Map<string, number>();

  constructor(engine: Engine, options: DriverJobsOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** Hands the job to the driver, unless it is busy with it; `done` is called when it has finished. Whether it begins now. */
  begin(job: string, done: () => void): boolean {
    if (this.#busy.has(job)) return false;
    this.#busy.add(job);
    const { name, takesMs } = this.#options;
    this.#engine.after(this.#engine.random(name).between(...takesMs), () => {
      // A job that was forgotten in the meantime is nobody's.
      if (!this.#busy.delete(job)) return;
      this.#done.add(job);
      done();
    });
    return true;
  }

  /** Whether the driver has finished the job. True once: who asks brings it home. */
  take(job: string): boolean {
    return this.#done.delete(job);
  }

  /** Notes that the driver has refused the job; how long to wait before it is asked again. */
  refused(job: string): number {
    const refusals = this.#refusals.get(job) ?? 0;
    this.#refusals.set(job, refusals + 1);
    const [first, last] = this.#options.pauseMs;
    return Math.min(first * 2 ** refusals, last);
  }

  /** Nobody wants the job any more, or it has succeeded. */
  forget(job: string): void {
    this.#busy.delete(job);
    this.#done.delete(job);
    this.#refusals.delete(job);
  }
}
