import type { Engine, Timer } from "../../time/engine.ts";

/**
 * The scheduled work of one process. It dies with the process, and it is held back while the process hangs:
 * what came due meanwhile happens, in its order, as soon as the process goes on.
 */
export class Agenda {
  readonly engine: Engine;
  readonly #entries = new Set<Entry>();
  readonly #held: Entry[] = [];
  #paused = false;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Runs `task` when `delayMs` have passed. */
  after(delayMs: number, task: () => void): Timer {
    return this.at(this.engine.now() + delayMs, task);
  }

  /** Runs `task` at the moment `atMs`, or as the next thing when that has passed. */
  at(atMs: number, task: () => void): Timer {
    const entry = new Entry(task, this.#entries);
    this.#entries.add(entry);
    entry.timer = this.engine.at(atMs, () => this.#due(entry));
    return entry;
  }

  /** Holds everything back from now on. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on, first with what was held back. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const entry of this.#held.splice(0)) entry.timer = this.engine.after(0, () => this.#due(entry));
  }

  /** Calls everything off: the process is gone. */
  clear(): void {
    this.#paused = false;
    this.#held.length = 0;
    for (const entry of [...this.#entries]) entry.cancel();
  }

  #due(entry: Entry): void {
    if (!entry.pending) return;
    if (this.#paused) this.#held.push(entry);
    else entry.run();
  }
}

class Entry implements Timer {
  timer: Timer | undefined;
  #task: (() => void) | undefined;
  readonly #entries: Set<Entry>;

  constructor(task: () => void, entries: Set<Entry>) {
    this.#task = task;
    this.#entries = entries;
  }

  get pending(): boolean {
    return this.#task !== undefined;
  }

  run(): void {
    const task = this.#task;
    this.#task = undefined;
    this.#entries.delete(this);
    task?.();
  }

  cancel(): void {
    this.#task = undefined;
    this.#entries.delete(this);
    this.timer?.cancel();
  }
}
