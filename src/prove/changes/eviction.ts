import type { PodDisruptionBudget } from "../../kube/types/index.ts";
import { allowedDisruptions, type Budget } from "../model/budget.ts";
import type { Refused } from "./change-outcome.ts";
import type { ChangingCluster, Standing } from "./changing-cluster.ts";

/** Why the API server would refuse to evict the pod now (pkg/registry/core/pod/storage/eviction.go); undefined when it would not. */
export function refusalOf(cluster: ChangingCluster, { index, isReady }: Standing): Refused | undefined {
  const { model } = cluster;
  const budgets = model.budgetsOf(index);
  const [number] = budgets;
  if (number === undefined) return undefined;
  if (budgets.length > 1) return { pod: index, why: "several-budgets", budgets };
  const budget = model.budgets[number] as Budget;
  const healthy = cluster.healthyIn(number);
  const isAllowed = isReady
    ? allowedDisruptions(budget, healthy) > 0
    : sparesUnready(budget, budget.object, healthy) || allowedDisruptions(budget, healthy) > 0;
  if (isAllowed) return undefined;
  return { pod: index, why: "budget", budget: number, healthy, needed: budget.desiredHealthy };
}

/** A pod that is not ready costs nothing while the others are enough. */
function sparesUnready({ desiredHealthy }: Budget, { spec }: PodDisruptionBudget, healthy: number): boolean {
  if (spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  return healthy >= desiredHealthy && desiredHealthy > 0;
}
