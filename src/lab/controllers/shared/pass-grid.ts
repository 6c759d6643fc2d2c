import type { Engine } from "../../../time/engine.ts";

/** The moments at which a periodic loop runs, without running it: a seeded first one, and one every period from there. */
export class PassGrid {
  readonly #periodMs: number;
  #firstMs = 0;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** Fixes the first pass within a period from now. */
  start(engine: Engine, streamName: string): void {
    this.#firstMs = engine.now() + engine.random(streamName).between(0, this.#periodMs);
  }

  /** The first pass that is not before that moment. */
  after(momentMs: number): number {
    const passes = Math.max(0, Math.ceil((momentMs - this.#firstMs) / this.#periodMs));
    return this.#firstMs + passes * this.#periodMs;
  }

  /** The pass after the one at that moment. */
  next(passMs: number): number {
    return this.after(passMs + this.#periodMs / 2);
  }
}
