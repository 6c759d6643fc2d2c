import type { Shape } from "./shapes.ts";
import type { Standing } from "./standing-pods.ts";

/** A node, and who has to leave it, from the most important to the least. */
export interface Candidate {
  readonly node: number;
  readonly victims: readonly Standing[];
  readonly budgetViolations: number;
}

/** What a node can be for a pod while nothing there has changed. */
export interface NodeVerdict {
  readonly candidate: Candidate | undefined;
  /** The budgets that had a say. */
  readonly budgets: readonly number[];
}

/** All of them are forgotten once there are so many: what matters is that losses, one after the other, ask the same. */
const KEPT_MAX = 400_000;

/** Verdicts by shape and priority, then by node. */
export class KnownVerdicts {
  readonly #byShape = new Map<string, Map<number, NodeVerdict>>();
  #kept = 0;

  of(shape: Shape, priority: number): Map<number, NodeVerdict> {
    if (this.#kept > KEPT_MAX) {
      this.#byShape.clear();
      this.#kept = 0;
    }
    const key = `${shape.index} ${priority}`;
    let verdicts = this.#byShape.get(key);
    if (verdicts === undefined) {
      verdicts = new Map();
      this.#byShape.set(key, verdicts);
    }
    return verdicts;
  }

  keep(verdicts: Map<number, NodeVerdict>, node: number, verdict: NodeVerdict): void {
    verdicts.set(node, verdict);
    this.#kept++;
  }
}
