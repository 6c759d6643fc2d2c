import type { Engine } from "../../../time/engine.ts";

/** kube-controller-manager --resource-quota-sync-period. */
const PERIOD_MS = 300_000;

/**
 * The counting of all quotas that comes every five minutes, whether or not anything has happened. A lab runs only those that may
 * find something: a quota is named, and the moment from which on it may count otherwise.
 */
export class Resyncs {
  readonly #engine: Engine;
  readonly #count: (key: string) => void;
  readonly #due = new Map<number, Set<string>>();
  #startMs = 0;

  constructor(engine: Engine, count: (key: string) => void) {
    this.#engine = engine;
    this.#count = count;
  }

  start(): void {
    this.#startMs = this.#engine.now();
  }

  /** Counts a quota at the first resync after a moment. */
  after(momentMs: number, key: string): void {
    const at = nextResync(this.#startMs, Math.max(momentMs, this.#engine.now()));
    const keys = this.#due.get(at);
    if (keys !== undefined) {
      keys.add(key);
      return;
    }
    const first = new Set([key]);
    this.#due.set(at, first);
    this.#engine.at(at, () => {
      this.#due.delete(at);
      for (const each of first) this.#count(each);
    });
  }
}

function nextResync(startMs: number, afterMs: number): number {
  return startMs + (Math.floor((afterMs - startMs) / PERIOD_MS) + 1) * PERIOD_MS;
}
