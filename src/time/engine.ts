/**
 * The event engine: the only place where time moves.
 *
 * Nouns: a `Task` is a function due at a moment; a `Clock` tells the moment; the `Engine` runs tasks in order of
 * (moment, order of scheduling). On a virtual clock the engine jumps from task to task; on a wall clock it waits.
 * Everything that needs time or chance gets an `Engine` handed in. Nothing here knows Kubernetes.
 *
 * Moments are milliseconds since the Unix epoch; they may have fractions.
 */

import { fnv32 } from "../base/hash.ts";
import { TimeHeap } from "../base/heap.ts";
import { RandomStream } from "../base/random.ts";

/** Tells the moment. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** Something scheduled that can still be called off. */
export interface Timer {
  /** Calls it off; nothing happens when it has run or was called off before. */
  cancel(): void;
  /** Whether it is still to come. */
  readonly pending: boolean;
}

/** One line of what happened: `where` is an object or a machine, `what` a short sentence in the present tense. */
export interface TraceLine {
  readonly atMs: number;
  readonly where: string;
  readonly what: string;
}

class Task implements Timer {
  run: (() => void) | undefined;
  constructor(run: () => void) {
    this.run = run;
  }
  get pending(): boolean {
    return this.run !== undefined;
  }
  cancel(): void {
    this.run = undefined;
  }
}

export interface EngineOptions {
  /** Where every random stream starts from. */
  readonly seed: number;
  /** The first moment; a fixed one by default, so that runs can be compared byte for byte. */
  readonly startMs?: number;
  /** Keep the trace's lines, not only their hash. */
  readonly keepTrace?: boolean;
}

/** 2026-01-01T00:00:00Z: where virtual time starts unless told otherwise. */
export const VIRTUAL_EPOCH_MS = 1_767_225_600_000;

export class Engine implements Clock {
  readonly seed: number;
  readonly #tasks = new TimeHeap<Task>();
  readonly #streams = new Map<string, RandomStream>();
  readonly #trace: TraceLine[] = [];
  readonly #keepTrace: boolean;
  readonly #held = new Set<Promise<unknown>>();
  #now: number;
  #traceHash = 0x811c9dc5;
  #tasksRun = 0;

  constructor(options: EngineOptions) {
    this.seed = options.seed;
    this.#now = options.startMs ?? VIRTUAL_EPOCH_MS;
    this.#keepTrace = options.keepTrace ?? false;
  }

  now(): number {
    return this.#now;
  }

  /** Runs `task` at the moment `atMs`, or as the next thing when that has passed. */
  at(atMs: number, task: () => void): Timer {
    const entry = new Task(task);
    this.#tasks.push(Math.max(atMs, this.#now), entry);
    return entry;
  }

  /** Runs `task` when `delayMs` have passed. */
  after(delayMs: number, task: () => void): Timer {
    return this.at(this.#now + delayMs, task);
  }

  /** Resolves when `delayMs` have passed; for asynchronous users such as the drill runner. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /**
   * Stops the clock of whoever drives this engine until `work` has ended: real work, such as loading code, takes no virtual
   * time, however long it takes on this machine.
   */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held.add(work);
    try {
      return await work;
    } finally {
      this.#held.delete(work);
    }
  }

  /** Real work that virtual time waits for; undefined when there is none. */
  get held(): Promise<unknown> | undefined {
    return this.#held.size === 0 ? undefined : Promise.allSettled(this.#held);
  }

  /** The stream of that name; the same name gives the same stream for the life of the engine. */
  random(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new RandomStream(this.seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** Notes what happened now. Every line enters the trace hash. */
  trace(where: string, what: string): void {
    this.#traceHash = fnv32(`${this.#now}|${where}|${what}\n`, this.#traceHash);
    if (this.#keepTrace) this.#trace.push({ atMs: this.#now, where, what });
  }

  get traceLines(): readonly TraceLine[] {
    return this.#trace;
  }

  /** Eight hexadecimal digits over every trace line so far: equal for equal seeds, on every machine. */
  get traceHash(): string {
    return this.#traceHash.toString(16).padStart(8, "0");
  }

  /** How many tasks have run, for benches and bounds. */
  get tasksRun(): number {
    return this.#tasksRun;
  }

  /** When the next task is due, or `undefined` when none is scheduled. */
  nextDueMs(): number | undefined {
    for (;;) {
      const task = this.#tasks.peek();
      if (task === undefined) return undefined;
      if (task.pending) return this.#tasks.peekTime();
      this.#tasks.pop();
    }
  }

  /** Runs the next task, moving time to it. `false` when none is left. */
  step(): boolean {
    const due = this.nextDueMs();
    if (due === undefined) return false;
    const task = this.#tasks.pop() as Task;
    this.#now = due;
    const run = task.run;
    task.run = undefined;
    this.#tasksRun++;
    run?.();
    return true;
  }

  /** Runs everything due up to and including `untilMs`, then stands at `untilMs`. For synchronous users only. */
  runUntil(untilMs: number): void {
    for (;;) {
      const due = this.nextDueMs();
      if (due === undefined || due > untilMs) break;
      this.step();
    }
    if (untilMs > this.#now) this.#now = untilMs;
  }

  /** `runUntil` the given time from now. */
  runFor(durationMs: number): void {
    this.runUntil(this.#now + durationMs);
  }

  /** Runs while `goOn()` holds, at most up to the deadline; `true` when it stopped holding in time. Asked after every task. */
  runWhile(goOn: () => boolean, deadlineMs: number): boolean {
    while (goOn()) {
      const due = this.nextDueMs();
      if (due === undefined || due > deadlineMs) {
        if (deadlineMs > this.#now) this.#now = deadlineMs;
        return !goOn();
      }
      this.step();
    }
    return true;
  }
}
