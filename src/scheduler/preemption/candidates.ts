import { startOf, type Victims } from "./victims.ts";

/** A node on which the pod would fit once the victims have gone. */
export interface Candidate {
  readonly nodeName: string;
  readonly victims: Victims;
}

/** What weighs in the choice between candidates. */
export interface Harm {
  readonly budgetViolations: number;
  /** From the most important to the least. */
  readonly pods: readonly { readonly priority: number; readonly startMs: number }[];
}

/** Keeps the sum of negative priorities from making more victims look better. */
const PRIORITY_OFFSET = 2 ** 31;

/** What makes one candidate better than another, the most telling first; the higher, the better. */
const RANKINGS: readonly ((harm: Harm) => number)[] = [
  ({ budgetViolations }) => -budgetViolations,
  ({ pods }) => -(pods[0]?.priority ?? 0),
  ({ pods }) => -pods.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0),
  ({ pods }) => -pods.length,
  earliestStart,
];

/** The candidates that do the least harm, in the order given: nothing that counts tells them apart. */
export function leastHarmful(candidates: readonly Candidate[], nowMs: number): readonly Candidate[] {
  return keepLeastHarm(candidates, ({ victims: { pods, budgetViolations } }) => ({
    budgetViolations,
    pods: pods.map(({ pod, priority }) => ({ priority, startMs: startOf(pod, nowMs) })),
  }));
}

/** The first of those that do the least harm. The list must not be empty. */
export function pickLeastHarm<T>(candidates: readonly T[], harmOf: (candidate: T) => Harm): T {
  return keepLeastHarm(candidates, harmOf)[0] as T;
}

function keepLeastHarm<T>(candidates: readonly T[], harmOf: (candidate: T) => Harm): readonly T[] {
  let best = candidates.map((candidate) => ({ candidate, harm: harmOf(candidate) }));
  for (const ranking of RANKINGS) {
    const ranks = best.map(({ harm }) => ranking(harm));
    const highest = Math.max(...ranks);
    best = best.filter((_, i) => ranks[i] === highest);
    if (best.length === 1) break;
  }
  return best.map(({ candidate }) => candidate);
}

/** When the oldest of the most important victims started: the younger it is, the less work is lost. */
function earliestStart({ pods }: Harm): number {
  const highest = pods[0]?.priority;
  return Math.min(...pods.filter(({ priority }) => priority === highest).map(({ startMs }) => startMs));
}
