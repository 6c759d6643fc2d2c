import type { ContainerStatus, Pod } from "../../../kube/types/index.ts";
import { isPodTerminal } from "./pod-state.ts";

/**
 * Whether the pod is done with its volumes, as far as its status tells: it has ended, or it is being deleted and none of its
 * containers runs. A pod on a dead node never gets there, for its status still says that its containers run.
 */
export function isPodDone(pod: Pod): boolean {
  if (isPodTerminal(pod)) return true;
  const { initContainerStatuses, containerStatuses } = pod.status;
  return (
    pod.metadata.deletionTimestamp !== undefined &&
    areStopped(initContainerStatuses) &&
    areStopped(containerStatuses)
  );
}

function areStopped(statuses: readonly ContainerStatus[] = []): boolean {
  return statuses.every(({ state }) => state.terminated !== undefined || state.waiting !== undefined);
}
