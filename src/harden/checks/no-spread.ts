import { type Strength, spreadStrength } from "../placement.ts";
import { spreadOverNodes } from "../rules/spread.ts";
import { type Check, type Complaint, nameOf } from "./check.ts";
import type { CheckedCluster } from "./checked-cluster.ts";
import { consequenceOf } from "./consequence.ts";
import { patchFix } from "./fixes.ts";
import type { Subject } from "./subject.ts";

/**
 * Replicas that nothing keeps apart end up together sooner or later: after the loss of a node the scheduler puts them where room
 * is, and nothing moves them back.
 */
export const noSpread: Check = {
  id: "no-spread",
  severity: "critical",
  title: "Replicas are kept on different nodes by a rule that binds",
  *find(cluster) {
    for (const subject of cluster.subjects) {
      if (subject.replicas < 2) continue;
      const strength = spreadStrength(subject);
      if (strength !== "binding") yield complaintOf(subject, strength, cluster);
    }
  },
};

function complaintOf(
  subject: Subject,
  strength: Exclude<Strength, "binding">,
  cluster: CheckedCluster,
): Complaint {
  const { workload, replicas } = subject;
  const patch = patchFix(workload, spreadOverNodes(workload));
  return {
    object: nameOf(workload),
    field: "spec.template.spec.topologySpreadConstraints",
    ...(strength === "wish" && { severity: "warning" as const }),
    message:
      strength === "none"
        ? `nothing keeps its ${replicas} replicas on different nodes`
        : `only a wish keeps its ${replicas} replicas on different nodes (preferred anti-affinity or ScheduleAnyway): it gives way to the scheduler's others`,
    consequence: consequenceOf(
      cluster,
      workload,
      ["node"],
      "they stand apart today; after the next loss or update all may be on one node, whose loss then takes all of them",
    ),
    ...(patch && { patch }),
  };
}
