import { invariant } from "../../base/invariant.ts";
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

/** Whether there is anything that can be rolled out. */
export function isRolledOut(workload: Workload): boolean {
  return workload.object !== undefined && groupKindOf(workload) in ROLLOUTS;
}

/**
 * Gives every pod of a workload another template, and leaves the cluster as it is at the end.
 * @param workload one that `isRolledOut`
 */
export function rollOut(cluster: ChangingCluster, workload: Workload): ChangeOutcome {
  const carryOut = ROLLOUTS[groupKindOf(workload)];
  invariant(carryOut !== undefined, `${workload.kind} ${workload.name} is not rolled out`);
  return carryOut(cluster, workload);
}
