import { type Check, nameOf } from "./check.ts";
import { consequenceOf } from "./consequence.ts";
import type { Subject } from "./subject.ts";

/** Without a budget a drain, and so an upgrade, may take every replica at once. */
export const noBudget: Check = {
  id: "no-budget",
  severity: "warning",
  title: "Drains take the pods of a workload one at a time",
  *find(cluster) {
    for (const subject of cluster.subjects) {
      const { workload, budgets, replicas } = subject;
      if (replicas < 2 || budgets.length > 0) continue;
      yield {
        object: nameOf(workload),
        field: "spec.replicas",
        message: `no PodDisruptionBudget covers its ${replicas} pods`,
        consequence: consequenceOf(
          cluster,
          workload,
          ["drain"],
          "two nodes that are drained at the same time, as upgrades and autoscalers do, may take all of its pods",
        ),
        patch: { action: "create", object: oneAtATime(subject) },
      };
    }
  },
};

/** One pod at a time; a pod that is not ready may always go, so that a broken one cannot hold a drain up. */
export function oneAtATime({ workload }: Pick<Subject, "workload">) {
  const { name, namespace = "default" } = workload.metadata;
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace },
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: workload.spec.selector,
    },
  };
}
