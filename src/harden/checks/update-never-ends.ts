import type { Deployment } from "../../kube/types/index.ts";
import { OLD_POD_FIRST } from "../rolling-update.ts";
import { type Check, nameOf } from "./check.ts";
import { patchFix } from "./fixes.ts";

/**
 * An update that waits for what never comes: a new pod for which no node is free while no old one may go (required
 * anti-affinity with a surge), or a volume that the old pod holds. The proof plays every update and sees which do not end.
 */
export const updateNeverEnds: Check = {
  id: "update-never-ends",
  severity: "critical",
  title: "An update can always finish",
  *find(cluster) {
    for (const { workload } of cluster.subjects) {
      const worst = cluster.worst(workload, "rollout")?.verdict;
      if (worst?.verdict !== "stuck") continue;
      const patch = workload.kind === "Deployment" ? oneGoesFirst(workload as Deployment) : undefined;
      yield {
        object: nameOf(workload),
        field: workload.kind === "Deployment" ? "spec.strategy.rollingUpdate" : "spec.updateStrategy",
        message: "an update of it never ends",
        consequence: `${worst.cause}${worst.message === undefined ? "" : `: ${worst.message}`}`,
        ...(patch && { patch }),
      };
    }
  },
};

function oneGoesFirst(deployment: Deployment) {
  return patchFix(deployment, { ...deployment, spec: { ...deployment.spec, strategy: OLD_POD_FIRST } });
}
