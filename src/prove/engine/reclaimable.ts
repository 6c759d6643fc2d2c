import type { Model } from "../model/model.ts";
import type { NodeState } from "./node-state.ts";

/** What nodes would have more if all pods of less than a priority left them: whoever does not fit then preempts nobody there. */
export class Reclaimable {
  readonly #model: Model;
  readonly #standing: NodeState;
  readonly #byPriority = new Map<number, Float64Array>();

  constructor(model: Model, standing: NodeState) {
    this.#model = model;
    this.#standing = standing;
  }

  /** Node × dimension, while nothing is lost. */
  below(priority: number): Float64Array {
    let sums = this.#byPriority.get(priority);
    if (sums === undefined) {
      sums = this.#sum(priority);
      this.#byPriority.set(priority, sums);
    }
    return sums;
  }

  #sum(priority: number): Float64Array {
    const { dimensions, footprints } = this.#standing;
    const { nodes, classes, nodeOf } = this.#model;
    const sums = new Float64Array(nodes.length * dimensions);
    for (const { index, prototype } of classes) {
      if ((prototype.spec.priority ?? 0) >= priority) continue;
      const requests = footprints[index]?.requests as Float64Array;
      for (const pod of this.#model.podsOfClass(index)) {
        const node = nodeOf[pod] as number;
        if (node < 0) continue;
        const at = node * dimensions;
        for (let d = 0; d < dimensions; d++)
          sums[at + d] = (sums[at + d] as number) + (requests[d] as number);
      }
    }
    return sums;
  }
}
