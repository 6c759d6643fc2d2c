import type { KubeObject } from "../../kube/types/index.ts";
import type { Scope } from "../../prove/prove.ts";
import { type Check, type Finding, nameOf, nameText, SEVERITIES } from "./check.ts";
import type { CheckedCluster } from "./checked-cluster.ts";
import { type Score, scoreOf } from "./score.ts";

/** What `holdfast check` answers, as data. Findings stand with the worst first, then by object and check. */
export interface CheckResult {
  readonly score: Score;
  readonly findings: readonly Finding[];
  /** What was taken for granted because nothing said it. */
  readonly assumed: readonly string[];
}

/**
 * Runs every check. The same cluster gives the same findings in the same order.
 * @param scope which workloads are told of, and scored; what is about no workload is told only where none is left out
 */
export function runChecks(checks: readonly Check[], cluster: CheckedCluster, scope: Scope): CheckResult {
  const told = cluster.podSources
    .filter(({ object }) => isIn(object, scope))
    .map(({ object }) => nameText(nameOf(object)));
  const isWhole = told.length === cluster.podSources.length;
  const names = new Set(told);
  const findings = checks.flatMap((check) =>
    [...check.find(cluster)]
      .filter(({ object, workload }) => isWhole || names.has(nameText(workload ?? object)))
      .map((complaint): Finding => ({ severity: check.severity, ...complaint, rule: check.id })),
  );
  findings.sort(byWeight);
  return { score: scoreOf(findings, told), findings, assumed: cluster.proof.assumed };
}

function isIn({ metadata }: KubeObject, { namespace, selector }: Scope): boolean {
  if (namespace !== undefined && metadata.namespace !== namespace) return false;
  return selector?.matches(metadata.labels) ?? true;
}

function byWeight(a: Finding, b: Finding): number {
  const weight = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
  if (weight !== 0) return weight;
  const [left, right] = [a, b].map(
    ({ object, workload, rule, field }) =>
      `${nameText(workload ?? object)} ${rule} ${nameText(object)} ${field}`,
  ) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}
