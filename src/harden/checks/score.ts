/**
 * One number for a cluster, so that two can be compared. Every workload begins with 100 points and loses 40 for each critical
 * finding about it, 15 for each warning and 5 for each piece of advice, but never more than it has; what is about no workload
 * counts as one more. The score is the mean over all of them, rounded down: 100 means that nothing at all was found.
 */
import { type Finding, nameText, type Severity } from "./check.ts";

const POINTS: Readonly<Record<Severity, number>> = { critical: 40, warning: 15, advice: 5 };

export interface Score {
  /** 0 to 100. */
  readonly value: number;
  /** The check whose findings cost most: mending all of them would lead to `value`. Absent where nothing was found. */
  readonly best?: { readonly rule: string; readonly value: number; readonly findings: number };
}

/** @param workloads names of all that were looked at, as `nameText` writes them */
export function scoreOf(findings: readonly Finding[], workloads: readonly string[]): Score {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  const gains = rules.map((rule) => ({
    rule,
    value: meanOf(
      findings.filter((finding) => finding.rule !== rule),
      workloads,
    ),
    findings: findings.filter((finding) => finding.rule === rule).length,
  }));
  // Of two that gain the same, the one that is less work.
  gains.sort((a, b) => b.value - a.value || a.findings - b.findings);
  const [best] = gains;
  return {
    value: Math.floor(meanOf(findings, workloads)),
    ...(best && { best: { ...best, value: Math.floor(best.value) } }),
  };
}

function meanOf(findings: readonly Finding[], workloads: readonly string[]): number {
  const lost = new Map<string, number>([...workloads, CLUSTER].map((name) => [name, 0]));
  for (const { object, workload, severity } of findings) {
    const name = nameText(workload ?? object);
    const counted = lost.has(name) ? name : CLUSTER;
    lost.set(counted, Math.min(100, (lost.get(counted) ?? 0) + POINTS[severity]));
  }
  const total = [...lost.values()].reduce((sum, points) => sum + points, 0);
  return 100 - total / lost.size;
}

/** No workload has this name. */
const CLUSTER = "";
