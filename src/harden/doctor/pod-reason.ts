/** In one line, why a pod does not serve; each has a trouble of its own that tells more. */
import { findCondition, isConditionTrue } from "../../kube/conditions.ts";
import type { Pod } from "../../kube/types/index.ts";
import { nameOf } from "../checks/check.ts";
import type { Examined } from "./examined.ts";

/** `undefined` for one that is ready. */
export function whyNotReady(pod: Pod, examined: Examined): string | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return "is on its way out";
  if (isConditionTrue(pod.status.conditions, "Ready")) return undefined;
  if (pod.spec.nodeName === undefined) return "has no node";
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
  for (const { name, state, lastState } of [...initContainerStatuses, ...containerStatuses]) {
    const { waiting, terminated } = state;
    if (waiting?.reason !== undefined && !/^(ContainerCreating|PodInitializing)$/.test(waiting.reason))
      return `container ${name} is in ${waiting.reason}${lastState.terminated ? ` (exit code ${lastState.terminated.exitCode})` : ""}`;
    if (terminated !== undefined && terminated.exitCode !== 0)
      return `container ${name} ended with exit code ${terminated.exitCode}`;
  }
  const node = examined.node(pod.spec.nodeName);
  if (node !== undefined && !isConditionTrue(node.status.conditions, "Ready"))
    return `is on ${node.metadata.name}, which does not answer`;
  const probe = examined
    .eventsOf(nameOf(pod))
    .findLast(({ reason, message = "" }) => reason === "Unhealthy" && message.startsWith("Readiness"));
  if (probe !== undefined)
    return `does not pass its readiness probe: ${probe.message?.split("\n")[0]?.slice(0, 160)}`;
  return findCondition(pod.status.conditions, "Ready")?.message ?? "is starting";
}
