import { horizontalPodAutoscalers } from "../kube/kinds.ts";
import { controllerOf } from "../kube/owners.ts";
import type { HorizontalPodAutoscaler } from "../kube/types/index.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import type { Hardenable } from "./traits.ts";

/** The autoscaler that sets a workload's replicas; nobody else does where there is one. */
export function autoscalerOf(
  { kind, metadata: { name, namespace } }: Hardenable,
  view: ClusterView,
): HorizontalPodAutoscaler | undefined {
  return view
    .list(horizontalPodAutoscalers, namespace)
    .find(({ spec: { scaleTargetRef: target } }) => target.kind === kind && target.name === name);
}

/** How many replicas it always keeps. */
export function floorOf({ spec }: HorizontalPodAutoscaler): number {
  return spec.minReplicas ?? 1;
}

/** Where a bound is said: an autoscaler that KEDA makes is set back to what its ScaledObject says. */
export function boundAt(autoscaler: HorizontalPodAutoscaler, bound: "min" | "max"): string {
  const maker = controllerOf(autoscaler);
  if (maker?.kind === "ScaledObject") return `${bound}ReplicaCount of ScaledObject ${maker.name}`;
  const field = `${bound}Replicas`;
  if (maker !== undefined) return `${field} in ${maker.kind} ${maker.name}`;
  return `${field} of ${autoscaler.metadata.name}`;
}
