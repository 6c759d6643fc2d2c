/** What the worst loss of each kind does to each workload. */
import { isWorse, type LossKind, type ProveResult, type WorkloadVerdict } from "./result.ts";

/** The worst that one loss of some kind does to a workload. */
export interface WorstLoss {
  readonly id: string;
  readonly lost: readonly string[];
  readonly verdict: WorkloadVerdict;
}

/** By workload ("Deployment shop/cart"), then by kind of loss; what is safe is not there. */
export type WorstByKind = ReadonlyMap<string, ReadonlyMap<LossKind, WorstLoss>>;

/** Of losses that are equally bad the one that lasts longest, then the first. */
export function worstByKind({ losses }: ProveResult): WorstByKind {
  const worst = new Map<string, Map<LossKind, WorstLoss>>();
  for (const { id, kind, lost, workloads } of losses) {
    for (const verdict of workloads) {
      if (verdict.verdict === "safe") continue;
      const name = `${verdict.kind} ${verdict.namespace}/${verdict.name}`;
      const theirs = worst.get(name) ?? new Map<LossKind, WorstLoss>();
      worst.set(name, theirs);
      const known = theirs.get(kind);
      if (known === undefined || exceeds(verdict, known.verdict)) theirs.set(kind, { id, lost, verdict });
    }
  }
  return worst;
}

function exceeds(a: WorkloadVerdict, b: WorkloadVerdict): boolean {
  if (a.verdict !== b.verdict) return isWorse(a.verdict, b.verdict);
  return durationOf(a) > durationOf(b);
}

/** Median seconds; what does not end by itself is longer than anything, and what is not about time lasts none. */
export function durationOf({ downSeconds }: Pick<WorkloadVerdict, "downSeconds">): number {
  return downSeconds === undefined ? 0 : (downSeconds.median ?? Number.POSITIVE_INFINITY);
}
