/** What would happen, in words, with the seconds that the proof gives. */
import type { KubeObject } from "../../kube/types/index.ts";
import type { LossKind } from "../../prove/result.ts";
import { rangeText } from "../../report/duration-text.ts";
import type { CheckedCluster } from "./checked-cluster.ts";

const WHEN: Partial<Record<LossKind, (lost: readonly string[]) => string>> = {
  node: ([node]) => `when ${node} is lost`,
  zone: (nodes) => `when the zone of ${nodes[0]} is lost`,
  pod: () => "when one of its pods is lost",
  drain: ([node]) => `when ${node} is drained`,
  rollout: () => "at every update",
};

/**
 * "when node-2 is lost: outage, 5:47–6:19 (nothing of it is ready)"; the first of these kinds of loss that is not safe.
 * @param otherwise what is said where the proof knows of no harm
 */
export function consequenceOf(
  cluster: CheckedCluster,
  workload: KubeObject,
  kinds: readonly LossKind[],
  otherwise: string,
): string {
  for (const kind of kinds) {
    const worst = cluster.worst(workload, kind);
    if (worst === undefined) continue;
    const { verdict, downSeconds, cause } = worst.verdict;
    const when = WHEN[kind]?.(worst.lost) ?? `on ${worst.id}`;
    const time = downSeconds === undefined ? "" : `, ${rangeText(downSeconds)}`;
    return `${when}: ${verdict}${time} (${cause})`;
  }
  return otherwise;
}
