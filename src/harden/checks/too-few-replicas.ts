import { componentOf } from "../catalogue.ts";
import { type Check, type Complaint, nameOf } from "./check.ts";
import type { CheckedCluster } from "./checked-cluster.ts";
import { consequenceOf } from "./consequence.ts";
import { patchFix } from "./fixes.ts";
import { isShared, type Subject } from "./subject.ts";

/** Two is what survives one loss. */
const ENOUGH = 2;

/** A single copy is gone until it has been started elsewhere. */
export const tooFewReplicas: Check = {
  id: "too-few-replicas",
  severity: "critical",
  title: "What answers requests runs more than once",
  *find(cluster) {
    for (const subject of cluster.subjects) {
      // None at all is somebody's wish. What keeps state needs more than a second copy: another check speaks of it.
      if (subject.replicas === 0 || (subject.traits.role ?? "web") !== "web") continue;
      const capability = componentOf(subject)?.capability;
      if (capability === "singleton" || capability === "sharded") continue;
      if (subject.autoscaler !== undefined) yield* autoscaled(subject, subject.autoscaler, cluster);
      else if (subject.replicas < ENOUGH) yield alone(subject, cluster);
    }
  },
};

function alone({ workload, claims }: Subject, cluster: CheckedCluster): Complaint {
  // A second pod would wait for the first one's volume: the claim has to change before.
  const mayShare = claims.every(({ claim, perPod }) => perPod || isShared(claim));
  const patch = mayShare
    ? patchFix(workload, { ...workload, spec: { ...workload.spec, replicas: ENOUGH } })
    : undefined;
  return {
    object: nameOf(workload),
    field: "spec.replicas",
    message: "it runs once",
    consequence: whenItsNodeIsLost(cluster, workload),
    ...(patch && { patch }),
  };
}

function* autoscaled(
  { workload }: Subject,
  autoscaler: NonNullable<Subject["autoscaler"]>,
  cluster: CheckedCluster,
): Iterable<Complaint> {
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  if (minReplicas >= ENOUGH) return;
  const spec = { ...autoscaler.spec, minReplicas: ENOUGH, maxReplicas: Math.max(maxReplicas, ENOUGH) };
  const patch = patchFix(autoscaler, { ...autoscaler, spec });
  yield {
    object: nameOf(autoscaler),
    workload: nameOf(workload),
    field: "spec.minReplicas",
    message: `its autoscaler may leave it ${minReplicas === 0 ? "none" : "one"}`,
    consequence: whenItsNodeIsLost(cluster, workload),
    ...(patch && { patch }),
  };
}

function whenItsNodeIsLost(cluster: CheckedCluster, workload: Subject["workload"]): string {
  return consequenceOf(
    cluster,
    workload,
    ["node", "pod", "drain"],
    "nothing answers from the loss of its node until it has been started on another",
  );
}
