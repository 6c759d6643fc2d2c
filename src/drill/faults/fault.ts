import type { Subject } from "../subject.ts";
import type { DrillTarget } from "../target.ts";

/** Takes a fault back. Safe to call when nothing is left to undo. */
export type Undo = () => Promise<void>;

/** What a fault did, so that the report can name it. */
export interface Injected {
  /** A sentence's end: "node-2 is powered off". */
  readonly what: string;
  /** Nodes at whose ports nobody can knock while the fault lasts. */
  readonly unreachableNodes: readonly string[];
  readonly undo: Undo;
  /** What of it had not come to its end by now, and why; `undefined` when it was done. */
  unfinished?(): string | undefined;
}

/** One thing that fails. `inject` returns once it has happened; the undo is ready before the damage is done. */
export interface Fault {
  inject(target: DrillTarget, subject: Subject): Promise<Injected>;
}

/** A fault that is the same whoever is asked meanwhile. */
export interface OwnFault extends Fault {
  inject(target: DrillTarget): Promise<Injected>;
}
