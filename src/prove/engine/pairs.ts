import { UNPLACED } from "../outcome.ts";
import type { ExactAnswer } from "./exact-answer.ts";

/** What pairs of nodes come to. */
export interface PairsAnswer {
  /** Decided by a certificate: all that they displace finds a node, however the scheduler chooses. */
  readonly certified: number;
  /** Worked through one by one. */
  readonly simulated: number;
  /** Of those, pairs that leave a pod without a node, in order. */
  readonly unplaced: readonly (readonly [number, number])[];
}

/** Decides every pair of nodes, or those that `concerns` lets through. Every pair is either certified or simulated. */
export function decidePairs(
  answer: ExactAnswer,
  nodes: number,
  concerns: (a: number, b: number) => boolean = () => true,
): PairsAnswer {
  let certified = 0;
  let simulated = 0;
  const unplaced: [number, number][] = [];
  for (let a = 0; a < nodes; a++) {
    for (let b = a + 1; b < nodes; b++) {
      if (!concerns(a, b)) continue;
      if (answer.certifiesQuickly([a, b])) {
        certified++;
        continue;
      }
      simulated++;
      const { placements } = answer.outcomeOf([a, b]);
      if (placements.some(({ node }) => node === UNPLACED)) unplaced.push([a, b]);
    }
  }
  return { certified, simulated, unplaced };
}
