import { CASES, type Case } from "./cases.ts";
import type { OurAnswer } from "./our-scheduler.ts";
import type { RealAnswer } from "./verdict.ts";

/** What was compared, counted over clusters. */
export interface Counts {
  clusters: number;
  placements: number;
  /** Placements by how they ended. */
  outcomes: { placed: number; refused: number; preempting: number };
  /** Placements in clusters that have the case. */
  cases: Record<string, number>;
  /** Placements in which the plugin rejected some node, or the pod at once. */
  rejecting: Record<string, number>;
  /** Placements in which the plugin's scores told feasible nodes apart. */
  scoring: Record<string, number>;
}

export function noCounts(): Counts {
  return {
    clusters: 0,
    placements: 0,
    outcomes: { placed: 0, refused: 0, preempting: 0 },
    cases: Object.fromEntries(CASES.map((one) => [one, 0])),
    rejecting: {},
    scoring: {},
  };
}

/** Adds what was counted apart. */
export function addCounts(counts: Counts, others: Counts): void {
  counts.clusters += others.clusters;
  counts.placements += others.placements;
  for (const part of ["outcomes", "cases", "rejecting", "scoring"] as const) {
    const into: Record<string, number> = counts[part];
    for (const [name, count] of Object.entries(others[part])) bump(into, name, count);
  }
}

/** Adds one placement that both schedulers have answered. */
export function countPlacement(
  counts: Counts,
  cases: ReadonlySet<Case>,
  real: RealAnswer,
  ours: OurAnswer,
): void {
  counts.placements++;
  const { outcomes } = counts;
  if (real.chosen !== undefined) outcomes.placed++;
  else if (real.nominated !== undefined) outcomes.preempting++;
  else outcomes.refused++;
  for (const one of cases) bump(counts.cases, one);
  for (const plugin of ours.rejectors) bump(counts.rejecting, plugin);
  for (const { plugin, scores } of ours.scores) {
    if (scores.some((score) => score !== scores[0])) bump(counts.scoring, plugin);
  }
}

function bump(counts: Record<string, number>, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}
