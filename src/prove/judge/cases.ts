/** Everything that is wrong with one workload after one loss, before the worst of it is chosen. */
import type { Loss } from "../losses/loss.ts";
import type { Verdict } from "../result.ts";
import { atRisk } from "./at-risk.ts";
import type { LossClock } from "./clock.ts";
import type { Facts, WorkloadFacts } from "./facts.ts";
import type { Fate, StaysGone } from "./fate.ts";
import type { Gone } from "./gone.ts";
import { NEVER, NO_TIME, type Seconds } from "./seconds.ts";
import type { Absence } from "./shortfall.ts";

/** One thing that is wrong with a workload after a loss. */
export type Case = { readonly verdict: Verdict; readonly down?: Seconds; readonly unplaced?: number } & (
  | { readonly kind: "too-few"; readonly requirement: number }
  | { readonly kind: "too-long" | "fewer" | "job-failed" | "standstill" }
  | { readonly kind: "stays-gone"; readonly why: StaysGone; readonly count: number }
  | { readonly kind: "at-risk" | "unknown"; readonly what: string }
);

/** Everything that words may be made of. */
export interface Situation {
  readonly facts: Facts;
  readonly loss: Loss;
  readonly clock: LossClock;
  readonly workload: WorkloadFacts;
  /** The workload's pods that are lost, or had to make room. */
  readonly pods: readonly number[];
  /** Those of them that were ready, and when each is gone. */
  readonly ready: readonly number[];
  readonly absences: readonly Absence[];
  readonly gone: Gone;
}

export function casesOf(
  { facts, loss, clock, workload, pods, ready, absences, gone }: Situation,
  withinSeconds: number | undefined,
): Case[] {
  const { purpose } = workload;
  if (purpose === "per-node" && workload.workload.isStatic) return [];
  const cases: Case[] = [];
  let unknown: Extract<Fate, { kind: "unknown" }> | undefined;
  let staying: Extract<Fate, { kind: "stays-gone" }> | undefined;
  let stayingCount = 0;
  let unplaced: number | undefined;
  let isContested = false;
  for (const pod of pods) {
    const fate = gone.fate(pod);
    if (fate.kind === "unknown") unknown ??= fate;
    else if (fate.kind === "back") isContested ||= fate.isContested;
    else {
      staying ??= fate;
      stayingCount++;
      if (fate.why.kind === "unplaced") unplaced ??= pod;
    }
  }
  const degraded = purpose === "per-node" ? NO_TIME : gone.degraded(workload, absences);
  if (purpose === "task") {
    if (pods.length > workload.failuresLeft) cases.push({ kind: "job-failed", verdict: "stuck" });
  } else if (unknown === undefined || unknown.isDown) {
    const broken = gone.broken(workload.workload.index);
    if (broken !== undefined)
      cases.push({
        kind: "too-few",
        verdict: "outage",
        down: broken.down,
        requirement: broken.requirement,
      });
  }
  if (purpose !== "per-node" && staying !== undefined) {
    cases.push({
      kind: "stays-gone",
      verdict: "stuck",
      // Pods that were not ready are missed by nobody, and do not come back all the same.
      down: degraded.max > 0 ? degraded : NEVER,
      why: staying.why,
      count: stayingCount,
      ...(unplaced !== undefined && { unplaced }),
    });
  } else if (clock.standstill !== undefined && purpose !== "per-node") {
    cases.push({ kind: "standstill", verdict: "stuck", down: degraded });
  }
  if (loss.pod === undefined) {
    const what = atRisk(workload, pods, ready.length, loss, facts);
    if (what !== undefined) cases.push({ kind: "at-risk", verdict: "data-at-risk", what });
  }
  const down = purpose === "per-node" ? gone.served(ready) : degraded;
  if (down.max > 0 || (purpose === "task" && pods.length > 0)) {
    const isTooLong = withinSeconds !== undefined && down.max > withinSeconds && purpose === "serving";
    cases.push({
      kind: isTooLong ? "too-long" : "fewer",
      verdict: isTooLong ? "outage" : "degraded",
      down,
    });
  }
  if (isContested) cases.push({ kind: "unknown", verdict: "unknown", what: CONTESTED });
  if (unknown !== undefined) cases.push({ kind: "unknown", verdict: "unknown", what: unknown.why });
  const puzzle = facts.unknownOf.get(workload.workload.index);
  if (puzzle !== undefined)
    cases.push({ kind: "unknown", verdict: "unknown", what: `${puzzle.object}: ${puzzle.why}` });
  // What is not known to come back is unknown rather than degraded for a time that nobody can tell.
  return unknown === undefined ? cases : cases.filter(({ verdict }) => verdict !== "degraded");
}

const CONTESTED =
  "more pods want room than there is on the nodes that are left: who comes first, which chance decides, gets it";
