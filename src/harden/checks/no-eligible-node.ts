import { nodes } from "../../kube/kinds.ts";
import { type Check, nameOf } from "./check.ts";
import type { CheckedCluster } from "./checked-cluster.ts";
import type { Subject } from "./subject.ts";

/** Fewer nodes that may run a workload than it takes to lose one. */
export const noEligibleNode: Check = {
  id: "no-eligible-node",
  severity: "critical",
  title: "At least two nodes may run each workload",
  *find(cluster) {
    for (const subject of cluster.subjects) {
      const { workload, replicas, eligibleNodes } = subject;
      if (replicas === 0 || eligibleNodes.length > 1) continue;
      yield {
        object: nameOf(workload),
        field: "spec.template.spec",
        message:
          eligibleNodes.length === 0
            ? "no node may run it"
            : `only ${eligibleNodes[0]?.metadata.name} may run it`,
        consequence: `${eligibleNodes.length === 0 ? "its pods are Pending for ever" : "when that node is lost or drained nothing of it runs until it is back"}; ${whyNot(subject, cluster)}`,
      };
    }
  },
};

/** What keeps it from the other nodes, each with how many. */
function whyNot({ spec, eligibleNodes }: Subject, { view }: CheckedCluster): string {
  const others = view.list(nodes).filter((node) => !eligibleNodes.includes(node));
  const taints = new Map<string, number>();
  let cordoned = 0;
  for (const node of others) {
    if (node.spec.unschedulable === true) cordoned++;
    for (const { key, effect } of node.spec.taints ?? []) {
      if (effect !== "PreferNoSchedule")
        taints.set(`${key}:${effect}`, (taints.get(`${key}:${effect}`) ?? 0) + 1);
    }
  }
  const reasons = [...taints].map(([taint, count]) => `${count} with taint ${taint}`);
  if (cordoned > 0) reasons.push(`${cordoned} cordoned`);
  if (spec.nodeSelector !== undefined || spec.affinity?.nodeAffinity !== undefined)
    reasons.push("its node selector or affinity");
  return reasons.length === 0
    ? `there ${others.length + eligibleNodes.length === 1 ? "is one node" : "are no others"} in the cluster`
    : `what keeps it from others: ${reasons.join(", ")}`;
}
