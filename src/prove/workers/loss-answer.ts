import type { Outcome } from "../outcome.ts";

/** What the engine says of one loss of nodes. */
export interface LossAnswer {
  /** Every way of choosing nodes places all that the loss displaces. */
  readonly isCertified: boolean;
  /** By the seeds that were asked for, in their order; of a certified loss the first alone. */
  readonly outcomes: readonly Outcome[];
}

/** Whom to ask about losses, which are known by whatever they are told apart by. */
interface Asked<L> {
  isCertified(loss: L): boolean;
  outcome(loss: L, seed: number): Outcome;
}

/** Asks for a certificate first: where there is one, a single way of breaking ties tells enough. */
export function answerLoss<L>(asked: Asked<L>, loss: L, seeds: readonly number[]): LossAnswer {
  const isCertified = asked.isCertified(loss);
  const tried = isCertified ? seeds.slice(0, 1) : seeds;
  return { isCertified, outcomes: tried.map((seed) => asked.outcome(loss, seed)) };
}

/**
 * The answer as one array, which costs nothing to hand over to another thread: whether it is certified, and for each outcome how many
 * placements and victims it has, and those.
 */
export function encodeAnswer({ isCertified, outcomes }: LossAnswer): Int32Array {
  const numbers = [Number(isCertified)];
  for (const { placements, victims } of outcomes) {
    numbers.push(placements.length, victims.length);
    for (const { pod, node } of placements) numbers.push(pod, node);
    for (const victim of victims) numbers.push(victim);
  }
  return Int32Array.from(numbers);
}

export function decodeAnswer(numbers: Int32Array): LossAnswer {
  const outcomes: Outcome[] = [];
  for (let at = 1; at < numbers.length; ) {
    const [placed = 0, evicted = 0] = numbers.subarray(at, at + 2);
    at += 2;
    const placements = Array.from({ length: placed }, (_, i) => ({
      pod: numbers[at + 2 * i] as number,
      node: numbers[at + 2 * i + 1] as number,
    }));
    at += 2 * placed;
    outcomes.push({ placements, victims: Array.from(numbers.subarray(at, at + evicted)) });
    at += evicted;
  }
  return { isCertified: numbers[0] === 1, outcomes };
}
