/** What a loss comes to, once every pod that can be placed again has been. Both answers, literal and exact, give this form. */
import { createHash } from "node:crypto";

/** In the place of a node: none was found. */
export const UNPLACED = -1;

/** Where a pod went, or that it went nowhere. */
export interface Placement {
  /** Index in the model of the pod that is replaced, or that waited for a node before. */
  readonly pod: number;
  /** Index of the node, or `UNPLACED`. */
  readonly node: number;
}

export interface Outcome {
  /**
   * In the order in which they were decided; those that found no node stand at the end, in the order of the queue. A
   * replacement that was placed and had to make room for another is there again: the last placement of a pod counts.
   */
  readonly placements: readonly Placement[];
  /** Pods, or replacements of pods, that had to make room for others, in the order in which they went. */
  readonly victims: readonly number[];
}

/** A text that is the same for equal outcomes, and for all practical purposes for no others. */
export function digestOf({ placements, victims }: Outcome): string {
  const numbers = new Int32Array(1 + 2 * placements.length + victims.length);
  numbers[0] = placements.length;
  for (const [i, { pod, node }] of placements.entries()) numbers.set([pod, node], 1 + 2 * i);
  numbers.set(victims, 1 + 2 * placements.length);
  return createHash("sha256").update(new Uint8Array(numbers.buffer)).digest("hex").slice(0, 32);
}
