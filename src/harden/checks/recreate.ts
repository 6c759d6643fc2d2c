import type { Deployment } from "../../kube/types/index.ts";
import { type Check, nameOf } from "./check.ts";
import { consequenceOf } from "./consequence.ts";
import { patchFix } from "./fixes.ts";
import { rollingStrategy } from "./rolling-strategy.ts";
import { isShared, type Subject } from "./subject.ts";

/** All pods go before the first new one starts, however many there are; no budget has a say in it. */
export const recreate: Check = {
  id: "recreate",
  severity: "critical",
  title: "An update does not stop all pods at once",
  *find(cluster) {
    for (const subject of cluster.subjects) {
      const { workload, replicas } = subject;
      if (workload.kind !== "Deployment" || replicas === 0) continue;
      const deployment = workload as Deployment;
      if (deployment.spec.strategy.type !== "Recreate") continue;
      const isWriter = isSingleWriter(subject);
      const strategy = rollingStrategy(subject);
      const after = { ...deployment, spec: { ...deployment.spec, strategy } };
      const patch = isWriter ? undefined : patchFix(deployment, after);
      yield {
        object: nameOf(workload),
        field: "spec.strategy.type",
        // A single writer has to stop before the next one starts: then this is the price, and no mistake.
        ...(isWriter && { severity: "advice" as const }),
        message: isWriter
          ? "an update stops it before the new one starts, as its volume has to be let go first"
          : `an update stops all of its ${replicas === 1 ? "pods" : `${replicas} pods`} before the first new one starts`,
        consequence: consequenceOf(
          cluster,
          workload,
          ["rollout"],
          "at every change of its template nothing answers until a new pod is ready",
        ),
        ...(patch && { patch }),
      };
    }
  },
};

/** Whether two pods of it must not run at once. */
function isSingleWriter({ replicas, claims, traits }: Subject): boolean {
  if (replicas > 1) return false;
  return traits.role === "database" || claims.some(({ claim }) => !isShared(claim));
}
