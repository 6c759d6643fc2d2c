import type { LossResult, SecondsOrNever, WorkloadVerdict } from "../../src/prove/result.ts";
import type { ReadyCount } from "./watch-ready.ts";

/** A workload for which what was proved and what happened are not the same. */
export interface Difference {
  readonly workload: string;
  readonly proved: string;
  readonly seen: string;
}

/** What is known of a loss besides what was proved and seen; all by workload. */
export interface Circumstances {
  /** Ready pods on the lost node. */
  readonly onNode: ReadonlyMap<string, number>;
  /** Workloads that want a pod for every node that there is, and so miss none where there is one node less. */
  readonly daemons: ReadonlySet<string>;
}

/** Where what was seen is not what the proof says, for every workload. */
export function differences(
  loss: LossResult,
  seen: ReadonlyMap<string, ReadyCount>,
  { onNode, daemons }: Circumstances,
): readonly Difference[] {
  const unsafe = loss.workloads.filter(({ verdict }) => verdict !== "safe");
  const verdicts = new Map(unsafe.map((workload) => [workload.name, workload]));
  return [...seen].flatMap(([workload, count]) => {
    const verdict = verdicts.get(workload);
    const isAsProved =
      verdict === undefined
        ? count.lowest >= count.before - (daemons.has(workload) ? 1 : 0)
        : agrees(verdict, count, onNode.get(workload) ?? 0);
    if (isAsProved) return [];
    return [{ workload, proved: JSON.stringify(verdict ?? "safe"), seen: JSON.stringify(count) }];
  });
}

function agrees(
  { ready, downSeconds, verdict }: WorkloadVerdict,
  { before, lowest, atEnd }: ReadyCount,
  lost: number,
): boolean {
  if (ready.before !== before || lowest < ready.lowest) return false;
  // Where chance decides, the worst is told, with a range from what may be spared.
  if (downSeconds?.min === 0) return true;
  // Whoever has to make room elsewhere goes when others may be back already: those on the node are missed for certain.
  if (lowest > before - lost) return false;
  switch (verdict) {
    case "outage":
      return lowest < ready.enough && mayEndSo(downSeconds, atEnd >= ready.enough);
    case "degraded":
    case "stuck":
      return lowest >= ready.enough && mayEndSo(downSeconds, atEnd >= ready.wanted);
    default:
      return true;
  }
}

/** What ends for certain has to have ended, what never does must not have; where chance decides between the two, either will do. */
function mayEndSo(downSeconds: SecondsOrNever | undefined, isOver: boolean): boolean {
  if (downSeconds === undefined) return true;
  return isOver ? downSeconds.min !== null : downSeconds.max === null;
}
