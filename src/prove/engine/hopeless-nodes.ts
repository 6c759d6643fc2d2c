import type { Shape } from "./shapes.ts";
import type { StandingPods } from "./standing-pods.ts";

/** All marks are forgotten once they take so much: what matters is that pods of one kind, one after the other, ask the same. */
const BYTES_MAX = 64 * 1024 * 1024;

/**
 * Nodes on which evictions help no pod of a shape and priority, during one loss: until somebody comes to the node or goes from it.
 * Where a zone is lost every pod that finds no place asks every node that is left, most of which nothing has happened to since the last asked.
 */
export class HopelessNodes {
  readonly #nodes: number;
  #pods: StandingPods | undefined;
  /** By shape and priority, then by node: one more than the changes that the node had seen when evictions did not help. */
  readonly #marks = new Map<string, Int32Array>();

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  /** @param pods of the loss at hand: those of another are another loss */
  of(shape: Shape, priority: number, pods: StandingPods): Int32Array {
    if (this.#pods !== pods || this.#marks.size * this.#nodes * Int32Array.BYTES_PER_ELEMENT > BYTES_MAX) {
      this.#marks.clear();
      this.#pods = pods;
    }
    const key = `${shape.index} ${priority}`;
    let marks = this.#marks.get(key);
    if (marks === undefined) {
      marks = new Int32Array(this.#nodes);
      this.#marks.set(key, marks);
    }
    return marks;
  }
}
