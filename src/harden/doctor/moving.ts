/** Where a workload's pods stand, and whether one of them would come up elsewhere if it were deleted. */
import { isConditionTrue } from "../../kube/conditions.ts";
import { parseTime } from "../../kube/time.ts";
import type { Node, Pod } from "../../kube/types/index.ts";
import { podRequests, resourcesOf } from "../../scheduler/pod-resources.ts";
import type { Subject } from "../checks/subject.ts";
import type { Examined } from "./examined.ts";

/** Pods by the node that they are on, those without one left out. */
export function podsByNode({ pods }: Subject): Map<string, Pod[]> {
  const found = new Map<string, Pod[]>();
  for (const pod of pods) {
    const name = pod.spec.nodeName;
    if (name === undefined || pod.status.phase === "Succeeded" || pod.status.phase === "Failed") continue;
    found.set(name, [...(found.get(name) ?? []), pod]);
  }
  return found;
}

/** Nodes that are ready, would take the workload's pods, and have none of them. */
export function emptyNodes({ eligibleNodes }: Subject, taken: ReadonlyMap<string, unknown>): Node[] {
  return eligibleNodes.filter(
    ({ metadata, status }) => !taken.has(metadata.name) && isConditionTrue(status.conditions, "Ready"),
  );
}

/** Whether what the pod asks for is free there. */
export function hasRoomFor(pod: Pod, node: Node, examined: Examined): boolean {
  const wanted = podRequests(pod).requests;
  const there = examined
    .podsOn(node.metadata.name)
    .filter(({ status: { phase } }) => phase !== "Succeeded" && phase !== "Failed");
  const used = there.map((one) => podRequests(one).requests);
  const whole = resourcesOf(node.status.allocatable);
  const sum = (of: "milliCpu" | "memoryBytes") => used.reduce((total, one) => total + one[of], 0);
  const places = Number(node.status.allocatable?.pods ?? Number.POSITIVE_INFINITY);
  return (
    sum("milliCpu") + wanted.milliCpu <= whole.milliCpu &&
    sum("memoryBytes") + wanted.memoryBytes <= whole.memoryBytes &&
    there.length < places
  );
}

/** The one that has been there the shortest: it has the least to lose. */
export function youngest(pods: readonly Pod[]): Pod {
  return pods.reduce((a, b) => (createdMs(b) > createdMs(a) ? b : a));
}

/** Whether the node could take pods only after this one had been placed, as far as conditions tell. */
export function cameAfter(node: Node, pod: Pod): boolean {
  const ready = node.status.conditions?.find(({ type }) => type === "Ready");
  const since = Math.max(createdMs(node), parseTime(ready?.lastTransitionTime ?? "") ?? 0);
  return since > createdMs(pod);
}

function createdMs({ metadata }: Pod | Node): number {
  return parseTime(metadata.creationTimestamp ?? "") ?? 0;
}
