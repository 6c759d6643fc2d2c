import type { LossResult, SecondsOrNever, WorkloadVerdict } from "../../src/prove/result.ts";
import type { Difference } from "./compare.ts";
import type { Measured } from "./stop-watch.ts";

/** What a busy machine, and looking at the API a few times a second, may add or hide. */
const SLACK_SECONDS = 2;

/** Where what was measured is not within what was proved, for every workload of the loss. */
export function secondsOff(
  { workloads }: LossResult,
  measured: ReadonlyMap<string, Measured>,
): readonly Difference[] {
  return workloads.flatMap((verdict) => {
    const seen = measured.get(verdict.name);
    if (seen === undefined || agrees(verdict, seen)) return [];
    return [{ workload: verdict.name, proved: JSON.stringify(verdict), seen: JSON.stringify(seen) }];
  });
}

function agrees(verdict: WorkloadVerdict, { below, degraded, deadEndpoints }: Measured): boolean {
  const { downSeconds, deadEndpointsSeconds } = verdict;
  if (deadEndpointsSeconds !== undefined && !isWithin(deadEndpoints, deadEndpointsSeconds)) return false;
  if (verdict.verdict === "outage") return isWithin(below, downSeconds);
  if (!isWithin(below, NO_TIME)) return false;
  if (verdict.verdict === "safe") return isWithin(degraded, NO_TIME);
  return downSeconds === undefined || isWithin(degraded, downSeconds);
}

const NO_TIME: SecondsOrNever = { min: 0, median: 0, max: 0 };

function isWithin(seconds: number | null, range: SecondsOrNever | undefined): boolean {
  if (range === undefined) return false;
  if (seconds === null) return range.max === null;
  const { min, max } = range;
  return (
    min !== null &&
    seconds >= min - SLACK_SECONDS &&
    seconds <= (max ?? Number.POSITIVE_INFINITY) + SLACK_SECONDS
  );
}
