import type { LossResult, WorkloadVerdict } from "../../src/prove/result.ts";
import type { ReadyCount } from "./watch-ready.ts";

/** A workload for which what was proved and what happened are not the same. */
export interface Difference {
  readonly workload: string;
  readonly proved: string;
  readonly seen: string;
}

/**
 * Where what was seen is not what the proof says, for every workload: those that it does not name are safe.
 * @param daemons workloads that want a pod for every node that there is, and so miss none where there is one node less
 */
export function differences(
  loss: LossResult | undefined,
  seen: ReadonlyMap<string, ReadyCount>,
  daemons: ReadonlySet<string>,
): readonly Difference[] {
  const verdicts = new Map(loss?.workloads.map((workload) => [workload.name, workload]));
  return [...seen].flatMap(([workload, count]) => {
    const verdict = verdicts.get(workload);
    if (agree(verdict, count, daemons.has(workload) ? 1 : 0)) return [];
    return [{ workload, proved: JSON.stringify(verdict ?? "safe"), seen: JSON.stringify(count) }];
  });
}

function agree(
  verdict: WorkloadVerdict | undefined,
  { before, lowest, atEnd }: ReadyCount,
  spared: number,
): boolean {
  if (verdict === undefined) return lowest >= before - spared;
  const { ready, downSeconds } = verdict;
  if (ready.before !== before) return false;
  // Where chance decides, the worst is told, with a range from what may be spared.
  if (downSeconds?.min === 0) return lowest >= ready.lowest;
  if (ready.lowest !== lowest) return false;
  const isWhole = atEnd >= ready.wanted;
  const isEnough = atEnd >= ready.enough;
  switch (verdict.verdict) {
    case "outage":
      return lowest < ready.enough && (downSeconds?.median === null ? !isEnough : isEnough);
    case "degraded":
      return lowest >= ready.enough && isWhole;
    case "stuck":
      return lowest >= ready.enough && !isWhole;
    default:
      return true;
  }
}
