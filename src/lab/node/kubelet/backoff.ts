import type { Clock } from "../../../time/engine.ts";

interface Entry {
  readonly delayMs: number;
  readonly updatedAtMs: number;
}

/** Pauses that double, by key, as client-go's flowcontrol.Backoff: what was quiet for twice the longest pause starts anew. */
export class Backoff {
  readonly #clock: Clock;
  readonly #firstMs: number;
  readonly #lastMs: number;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, firstMs: number, lastMs: number) {
    this.#clock = clock;
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
  }

  /** The pause in force for `key`. */
  delayMs(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** Whether less than the pause has passed since `eventMs`. */
  holdsSince(key: string, eventMs: number): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#isOver(entry, eventMs)) return false;
    return this.#clock.now() - eventMs < entry.delayMs;
  }

  /** Whether less than the pause has passed since `next` was called. */
  holds(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#clock.now() - entry.updatedAtMs < entry.delayMs;
  }

  /** Lengthens the pause, counting from `eventMs` whether it is to start anew. */
  next(key: string, eventMs = this.#clock.now()): void {
    const entry = this.#entries.get(key);
    const isNew = entry === undefined || this.#isOver(entry, eventMs);
    this.#entries.set(key, {
      delayMs: isNew ? this.#firstMs : Math.min(entry.delayMs * 2, this.#lastMs),
      updatedAtMs: this.#clock.now(),
    });
  }

  /** Forgets every key that begins with `prefix`. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #isOver(entry: Entry, eventMs: number): boolean {
    return eventMs - entry.updatedAtMs > this.#lastMs * 2;
  }
}
