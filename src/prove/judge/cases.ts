/** Everything that is wrong with one workload after one loss, before the worst of it is chosen. */
import type { Loss } from "../losses/loss.ts";
import type { Verdict } from "../result.ts";
import { atRisk } from "./at-risk.ts";
import type { LossClock } from "./clock.ts";
import type { Facts, WorkloadFacts } from "./facts.ts";
import type { Fate, StaysGone } from "./fate.ts";
import type { Gone } from "./gone.ts";
import { NEVER, type Seconds } from "./seconds.ts";

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
  readonly gone: Gone;
}

export function casesOf(
  { facts, loss, clock, workload, pods, gone }: Situation,
  withinSeconds: number | undefined,
): Case[] {
  const { purpose } = workload;
  if (purpose === "per-node" && workload.workload.isStatic) return [];
  const cases: Case[] = [];
  const fates = pods.map((pod) => ({ pod, fate: gone.fate(pod) }));
  const unknown = fates.find(({ fate }) => fate.kind === "unknown")?.fate as
    | Extract<Fate, { kind: "unknown" }>
    | undefined;
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
  const staying = fates.filter(({ fate }) => fate.kind === "stays-gone");
  if (purpose !== "per-node" && staying.length > 0) {
    const unplaced = staying.find(
      ({ fate }) => fate.kind === "stays-gone" && fate.why.kind === "unplaced",
    )?.pod;
    const { fate } = staying[0] as { fate: Extract<Fate, { kind: "stays-gone" }> };
    // Pods that were not ready are missed by nobody, and do not come back all the same.
    const staysDown = gone.degraded(workload, pods);
    cases.push({
      kind: "stays-gone",
      verdict: "stuck",
      down: staysDown.max > 0 ? staysDown : NEVER,
      why: fate.why,
      count: staying.length,
      ...(unplaced !== undefined && { unplaced }),
    });
  } else if (clock.standstill !== undefined && purpose !== "per-node") {
    cases.push({ kind: "standstill", verdict: "stuck", down: gone.degraded(workload, pods) });
  }
  if (loss.pod === undefined)
    cases.push(
      ...atRisk(workload, pods, loss, facts).map((what) => ({
        kind: "at-risk" as const,
        verdict: "data-at-risk" as const,
        what,
      })),
    );
  const down = purpose === "per-node" ? gone.served(pods) : gone.degraded(workload, pods);
  if (down.max > 0 || (purpose === "task" && pods.length > 0)) {
    const isTooLong = withinSeconds !== undefined && down.max > withinSeconds && purpose === "serving";
    cases.push({
      kind: isTooLong ? "too-long" : "fewer",
      verdict: isTooLong ? "outage" : "degraded",
      down,
    });
  }
  if (fates.some(({ fate }) => fate.kind === "back" && fate.isContested)) {
    cases.push({ kind: "unknown", verdict: "unknown", what: CONTESTED });
  }
  if (unknown !== undefined) cases.push({ kind: "unknown", verdict: "unknown", what: unknown.why });
  const puzzle = facts.unknownOf.get(workload.workload.index);
  if (puzzle !== undefined)
    cases.push({ kind: "unknown", verdict: "unknown", what: `${puzzle.object}: ${puzzle.why}` });
  // What is not known to come back is unknown rather than degraded for a time that nobody can tell.
  return unknown === undefined ? cases : cases.filter(({ verdict }) => verdict !== "degraded");
}

const CONTESTED =
  "more pods want room than there is on the nodes that are left: who comes first, which chance decides, gets it";
