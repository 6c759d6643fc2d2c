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

/** Nobody who leaves the node helps, and no budget has a say in that: what most nodes come to. */
export const NO_HELP: NodeVerdict = Object.freeze({ candidate: undefined, budgets: Object.freeze([]) });

/** All of them are forgotten once there are so many: what matters is that losses, one after the other, ask the same. */
const KEPT_MAX = 400_000;
/** `NO_HELP` is there once for all nodes: what it takes of a place among those that are kept. */
const NO_HELP_SHARE = 1 / 16;

/** By node. */
export type NodeVerdicts = (NodeVerdict | undefined)[];

/** Verdicts by shape and priority, then by node. */
export class KnownVerdicts {
  readonly #byShape = new Map<string, NodeVerdicts>();
  #kept = 0;

  of(shape: Shape, priority: number): NodeVerdicts {
    if (this.#kept > KEPT_MAX) {
      this.#byShape.clear();
      this.#kept = 0;
    }
    const key = `${shape.index} ${priority}`;
    let verdicts = this.#byShape.get(key);
    if (verdicts === undefined) {
      verdicts = [];
      this.#byShape.set(key, verdicts);
    }
    return verdicts;
  }

  keep(verdicts: NodeVerdicts, node: number, verdict: NodeVerdict): void {
    while (verdicts.length <= node) verdicts.push(undefined);
    verdicts[node] = verdict;
    this.#kept += verdict === NO_HELP ? NO_HELP_SHARE : 1;
  }
}
