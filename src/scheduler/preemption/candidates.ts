import { startOf, type Victims } from "./victims.ts";

/** A node on which the pod would fit once the victims have gone. */
export interface Candidate {
  readonly nodeName: string;
  readonly victims: Victims;
}

/** Keeps the sum of negative priorities from making more victims look better. */
const PRIORITY_OFFSET = 2 ** 31;

/** What makes one candidate better than another, the most telling first; the higher, the better. */
const RANKINGS: readonly ((victims: Victims, nowMs: number) => number)[] = [
  ({ budgetViolations }) => -budgetViolations,
  ({ pods }) => -(pods[0]?.priority ?? 0),
  ({ pods }) => -pods.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0),
  ({ pods }) => -pods.length,
  earliestStart,
];

/** The candidate that does the least harm: the first of the best. */
export function pickCandidate(candidates: readonly Candidate[], nowMs: number): Candidate {
  let best = candidates;
  for (const ranking of RANKINGS) {
    const ranked = best.map((candidate) => ({ candidate, rank: ranking(candidate.victims, nowMs) }));
    const highest = Math.max(...ranked.map(({ rank }) => rank));
    best = ranked.filter(({ rank }) => rank === highest).map(({ candidate }) => candidate);
    if (best.length === 1) break;
  }
  return best[0] as Candidate;
}

/** When the oldest of the most important victims started: the younger it is, the less work is lost. */
function earliestStart({ pods }: Victims, nowMs: number): number {
  const highest = pods[0]?.priority;
  const starts = pods.filter(({ priority }) => priority === highest).map(({ pod }) => startOf(pod, nowMs));
  return Math.min(...starts);
}
