import type { WorstLoss } from "../../prove/worst-by-kind.ts";
import { type Check, nameOf } from "./check.ts";

/** Pods that find no place when one node is gone, although they run today. */
export const tooLittleRoom: Check = {
  id: "too-little-room",
  severity: "critical",
  title: "The pods of any one node fit on the others",
  *find(cluster) {
    for (const { workload, replicas } of cluster.subjects) {
      const worst = replicas === 0 ? undefined : cluster.worst(workload, "node");
      if (worst === undefined || worst.verdict.message === undefined) continue;
      yield {
        object: nameOf(workload),
        field: "spec.template.spec",
        message: `when ${worst.lost.join(", ")} is lost, a pod of it finds no place`,
        consequence: consequence(worst),
      };
    }
  },
};

function consequence({ verdict: { message, fix, cause } }: WorstLoss): string {
  return `${cause}: ${message}${fix === undefined ? "" : `; what would place it: ${fix}`}`;
}
