/**
 * What happens in the cluster, as far as it can make a pending pod schedulable, and which plugins care. A change is told
 * as precisely as possible ("the node's taints changed"); a plugin names what it is interested in, as widely as it needs.
 */
import { deepEqual } from "../../base/deep.ts";
import type { KubeObject, Node, Pod } from "../../kube/types/index.ts";
import { podInfo } from "../pod-info.ts";
import type { Resources } from "../pod-resources.ts";

/** The kinds whose changes can matter. */
export type EventResource =
  | "AssignedPod"
  | "UnscheduledPod"
  | "Node"
  | "PersistentVolume"
  | "PersistentVolumeClaim"
  | "CSINode"
  | "CSIDriver"
  | "CSIStorageCapacity"
  | "VolumeAttachment"
  | "StorageClass";

/** What happened to the object. "Update" is a change of nothing in particular. */
export type EventAction =
  | "Add"
  | "Delete"
  | "Update"
  | "UpdateNodeAllocatable"
  | "UpdateNodeLabel"
  | "UpdateNodeTaint"
  | "UpdateNodeCondition"
  | "UpdateNodeAnnotation"
  | "UpdatePodLabel"
  | "UpdatePodScaleDown"
  | "UpdatePodToleration"
  | "UpdatePodSchedulingGatesEliminated";

/** One thing that happened, with the object before and after. */
export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: EventAction;
  readonly before?: KubeObject | undefined;
  readonly after?: KubeObject | undefined;
}

/** What a plugin wants to be asked about. */
export interface EventInterest {
  /** "Pod" means pods with and without a node. */
  readonly resource: Exclude<EventResource, "AssignedPod" | "UnscheduledPod"> | "Pod";
  readonly actions: readonly EventAction[];
  /** Whether this event may make this pod, which the plugin rejected, schedulable; without one every such event may. */
  readonly hint?: (pod: Pod, event: ClusterEvent) => boolean;
}

/** Whether the interest covers the event. A general update is only covered by an interest in "Update". */
export function isInterestedIn({ resource, actions }: EventInterest, event: ClusterEvent): boolean {
  const isPod = event.resource === "AssignedPod" || event.resource === "UnscheduledPod";
  return resource === (isPod ? "Pod" : event.resource) && actions.includes(event.action);
}

/** The events that an update of a pod makes. */
export function podUpdateEvents(before: Pod, after: Pod): readonly ClusterEvent[] {
  const resource = after.spec.nodeName ? "AssignedPod" : "UnscheduledPod";
  const actions: EventAction[] = [];
  if (!deepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {})) actions.push("UpdatePodLabel");
  if (isScaledDown(before, after)) actions.push("UpdatePodScaleDown");
  if ((after.spec.schedulingGates ?? []).length === 0 && (before.spec.schedulingGates ?? []).length > 0) {
    actions.push("UpdatePodSchedulingGatesEliminated");
  }
  // Tolerations can only be added to, so their number tells.
  if (before.spec.tolerations?.length !== after.spec.tolerations?.length) actions.push("UpdatePodToleration");
  if (actions.length === 0) actions.push("Update");
  return actions.map((action) => ({ resource, action, before, after }));
}

/** The events that an update of a node makes: none when nothing that scheduling looks at has changed. */
export function nodeUpdateEvents(before: Node, after: Node): readonly ClusterEvent[] {
  const actions: EventAction[] = [];
  if (before.spec.unschedulable && !after.spec.unschedulable) actions.push("UpdateNodeTaint");
  if (!deepEqual(before.status.allocatable ?? {}, after.status.allocatable ?? {})) {
    actions.push("UpdateNodeAllocatable");
  }
  if (!deepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {})) actions.push("UpdateNodeLabel");
  if (!deepEqual(before.spec.taints ?? [], after.spec.taints ?? [])) actions.push("UpdateNodeTaint");
  if (conditionStatuses(before) !== conditionStatuses(after)) actions.push("UpdateNodeCondition");
  if (!deepEqual(before.metadata.annotations ?? {}, after.metadata.annotations ?? {})) {
    actions.push("UpdateNodeAnnotation");
  }
  return actions.map((action) => ({ resource: "Node", action, before, after }));
}

function isScaledDown(before: Pod, after: Pod): boolean {
  const was = podInfo(before).requests;
  const is = podInfo(after).requests;
  return was !== is && asksForLess(is, was);
}

/** Whether any amount has become smaller. */
export function asksForLess(is: Resources, was: Resources): boolean {
  if (is.milliCpu < was.milliCpu || is.memoryBytes < was.memoryBytes) return true;
  if (is.ephemeralStorageBytes < was.ephemeralStorageBytes) return true;
  for (const [name, amount] of was.scalars) if ((is.scalars.get(name) ?? 0) < amount) return true;
  return false;
}

function conditionStatuses({ status }: Node): string {
  return (status.conditions ?? [])
    .map(({ type, status: value }) => `${type}=${value}`)
    .sort()
    .join();
}
