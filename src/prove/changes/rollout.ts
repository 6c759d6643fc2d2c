import { groupKindOf } from "../model/owners.ts";
import type { Workload } from "../model/workload.ts";
import type { ChangeOutcome } from "./change-outcome.ts";
import type { ChangingCluster } from "./changing-cluster.ts";
import { rollOutDaemonSet } from "./daemon-rollout.ts";
import { rollOutDeployment } from "./deployment-rollout.ts";
import { rollOutStatefulSet } from "./stateful-rollout.ts";

type Rollout = (cluster: ChangingCluster, workload: Workload) => ChangeOutcome;

const ROLLOUTS: Readonly<Record<string, Rollout>> = {
  "apps/Deployment": rollOutDeployment,
  "apps/StatefulSet": rollOutStatefulSet,
  "apps/DaemonSet": rollOutDaemonSet,
};

/**
 * Gives every pod of a workload another template, and leaves the cluster as it is at the end. Undefined for workloads that are
 * not rolled out, and for those of which only the pods are known.
 */
export function rollOut(cluster: ChangingCluster, workload: Workload): ChangeOutcome | undefined {
  if (workload.object === undefined) return undefined;
  return ROLLOUTS[groupKindOf(workload)]?.(cluster, workload);
}
