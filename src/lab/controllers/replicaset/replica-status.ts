import { findCondition, removeCondition } from "../../../kube/conditions.ts";
import { labelsContain } from "../../../kube/selectors.ts";
import { formatTime } from "../../../kube/time.ts";
import type {
  Condition,
  KubeObject,
  Pod,
  PodTemplateSpec,
  ReplicaSetStatus,
} from "../../../kube/types/index.ts";
import { nonZero } from "../shared/fields.ts";
import { isPodAvailable, isPodReady } from "../shared/pod-state.ts";

/** What ReplicaSets and ReplicationControllers have in common: a number of pods of one template. */
export interface ReplicaOwner extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly minReadySeconds?: number;
    readonly template: PodTemplateSpec;
  };
  readonly status: ReplicaSetStatus;
}

/** Why the number of pods could not be brought to what is wanted. */
export interface ReplicaFailure {
  readonly reason: "FailedCreate" | "FailedDelete";
  readonly message: string;
}

/** The status for these pods, which are the active ones from before this turn created or deleted any. */
export function replicaStatus(
  owner: ReplicaOwner,
  activePods: readonly Pod[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): ReplicaSetStatus {
  const templateLabels = owner.spec.template.metadata?.labels ?? {};
  const minReadySeconds = owner.spec.minReadySeconds ?? 0;
  let fullyLabeledReplicas = 0;
  let readyReplicas = 0;
  let availableReplicas = 0;
  for (const pod of activePods) {
    if (labelsContain(pod.metadata.labels, templateLabels)) fullyLabeledReplicas++;
    if (!isPodReady(pod)) continue;
    readyReplicas++;
    if (isPodAvailable(pod, minReadySeconds, nowMs)) availableReplicas++;
  }
  const conditions = failureConditions(owner.status.conditions ?? [], failure, nowMs);
  return {
    replicas: activePods.length,
    ...nonZero({ fullyLabeledReplicas, readyReplicas, availableReplicas }),
    ...nonZero({ observedGeneration: owner.metadata.generation ?? 0 }),
    ...(conditions.length > 0 && { conditions }),
  };
}

/** ReplicaFailure stands from the first failure, with that one's message, until a turn goes well. */
function failureConditions(
  conditions: readonly Condition[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): readonly Condition[] {
  if (failure === undefined) return removeCondition(conditions, "ReplicaFailure");
  if (findCondition(conditions, "ReplicaFailure") !== undefined) return conditions;
  const { reason, message } = failure;
  const lastTransitionTime = formatTime(nowMs);
  return [...conditions, { type: "ReplicaFailure", status: "True", lastTransitionTime, reason, message }];
}
