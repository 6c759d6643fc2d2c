/** What the status of a pod that is not ready says of why. */
import { findCondition } from "../kube/conditions.ts";
import type { Pod } from "../kube/types/index.ts";

/** What holds a pod up before its containers run, or that one of them does not: "has no node"; `undefined` when nothing says so. */
export function whyPodWaits({ metadata, spec, status }: Pod): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return "is on its way out";
  if (spec.nodeName === undefined) return "has no node";
  const { initContainerStatuses = [], containerStatuses = [] } = status;
  for (const { name, state, lastState } of [...initContainerStatuses, ...containerStatuses]) {
    const { waiting, terminated } = state;
    if (waiting?.reason !== undefined && !/^(ContainerCreating|PodInitializing)$/.test(waiting.reason))
      return `container ${name} is in ${waiting.reason}${lastState.terminated ? ` (exit code ${lastState.terminated.exitCode})` : ""}`;
    if (terminated !== undefined && terminated.exitCode !== 0)
      return `container ${name} ended with exit code ${terminated.exitCode}`;
  }
  return undefined;
}

/** "is not ready: containers with unready status: [main]" */
export function whyPodIsNotReady({ status }: Pod): string {
  const said = findCondition(status.conditions, "Ready")?.message;
  return said === undefined ? "is starting" : `is not ready: ${said}`;
}
