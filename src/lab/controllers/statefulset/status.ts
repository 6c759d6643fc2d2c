import type { Pod, StatefulSet, StatefulSetStatus } from "../../../kube/types/index.ts";
import { nonZero } from "../shared/fields.ts";
import { isPodAvailable, isPodReady } from "../shared/pod-state.ts";
import { REVISION_HASH_LABEL } from "../shared/revisions.ts";
import type { Revisions } from "./revisions.ts";

/** The counts of a StatefulSet's status. */
export interface ReplicaCounts {
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly currentReplicas: number;
  readonly updatedReplicas: number;
}

/** Pods, ready ones, available ones, and those of each revision that are not on their way out. */
export function countReplicas(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: Revisions,
  nowMs: number,
): ReplicaCounts {
  const counts = {
    replicas: 0,
    readyReplicas: 0,
    availableReplicas: 0,
    currentReplicas: 0,
    updatedReplicas: 0,
  };
  for (const pod of pods) {
    counts.replicas++;
    if (pod.status.phase === "Running" && isPodReady(pod)) {
      counts.readyReplicas++;
      if (isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)) counts.availableReplicas++;
    }
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const revision = pod.metadata.labels?.[REVISION_HASH_LABEL];
    if (revision === revisions.current.metadata.name) counts.currentReplicas++;
    if (revision === revisions.update.metadata.name) counts.updatedReplicas++;
  }
  return counts;
}

/** The status with these counts. When every pod is of the new revision and ready, that becomes the current one. */
export function statusOf(set: StatefulSet, counts: ReplicaCounts, revisions: Revisions): StatefulSetStatus {
  const { replicas } = set.spec;
  const isComplete =
    set.spec.updateStrategy.type === "RollingUpdate" &&
    counts.updatedReplicas === replicas &&
    counts.readyReplicas === replicas &&
    counts.replicas === replicas;
  const { readyReplicas, updatedReplicas } = counts;
  const currentReplicas = isComplete ? updatedReplicas : counts.currentReplicas;
  return {
    ...nonZero({ observedGeneration: set.metadata.generation ?? 0 }),
    replicas: counts.replicas,
    ...nonZero({ readyReplicas, currentReplicas, updatedReplicas }),
    currentRevision: (isComplete ? revisions.update : revisions.current).metadata.name,
    updateRevision: revisions.update.metadata.name,
    collisionCount: revisions.collisionCount,
    availableReplicas: counts.availableReplicas,
    ...(set.status.conditions !== undefined && { conditions: set.status.conditions }),
  };
}

const COMPARED = [
  "replicas",
  "readyReplicas",
  "currentReplicas",
  "updatedReplicas",
  "currentRevision",
  "updateRevision",
  "availableReplicas",
] as const;

/** Whether there is news worth a write; a new collision count alone is none. */
export function isNews(before: StatefulSetStatus, after: StatefulSetStatus): boolean {
  if ((after.observedGeneration ?? 0) > (before.observedGeneration ?? 0)) return true;
  return COMPARED.some((field) => (before[field] ?? 0) !== (after[field] ?? 0));
}
