import { nodes, pods } from "../../kube/kinds.ts";
import type { KubeObject, Node, Pod } from "../../kube/types/index.ts";
import { isLive, WATCHED_KINDS, type WatchedKind } from "../../scheduler/feed.ts";
import { nodeUpdateEvents, podUpdateEvents } from "../../scheduler/queue/cluster-event.ts";
import type { ChangeHandler } from "../apiserver/api.ts";
import { SCHEDULER_NAME, type SchedulerState } from "./state.ts";

type Change<T extends KubeObject> = Parameters<ChangeHandler<T>>[0];

/**
 * Keeps snapshot and queue in step with the cluster: everything that is there, and every change from now on.
 * `onChange` is told after each change that may have given the scheduler something to do.
 */
export function followCluster(state: SchedulerState, onChange: () => void): void {
  const { api } = state.context;
  for (const watched of WATCHED_KINDS) {
    for (const object of api.list(watched.kind)) watched.table(state.snapshot.objects).set(object);
    api.onChange(watched.kind, (change) => {
      followObject(state, watched, change);
      onChange();
    });
  }
  for (const node of api.list(nodes)) state.snapshot.setNode(node);
  api.onChange(nodes, (change) => {
    followNode(state, change);
    onChange();
  });
  for (const pod of api.list(pods)) followPod(state, undefined, pod);
  api.onChange(pods, ({ type, object, previous }) => {
    followPod(
      state,
      type === "DELETED" ? (previous ?? object) : previous,
      type === "DELETED" ? undefined : object,
    );
    onChange();
  });
}

function followObject(
  { snapshot, queue }: SchedulerState,
  watched: WatchedKind,
  change: Change<KubeObject>,
): void {
  const table = watched.table(snapshot.objects);
  if (change.type === "DELETED") table.delete(change.object);
  else table.set(change.object);
  const { resource } = watched;
  if (resource === undefined || !queue.awaitsEvents) return;
  if (change.type === "ADDED") queue.move({ resource, action: "Add", after: change.object });
  else if (change.type === "DELETED") queue.move({ resource, action: "Delete", before: change.object });
  else queue.move({ resource, action: "Update", before: change.previous, after: change.object });
}

function followNode({ snapshot, queue }: SchedulerState, { type, object, previous }: Change<Node>): void {
  if (type === "DELETED") {
    queue.move({ resource: "Node", action: "Delete", before: object });
    snapshot.removeNode(object.metadata.name);
    return;
  }
  snapshot.setNode(object);
  if (!queue.awaitsEvents) return;
  if (previous === undefined) queue.move({ resource: "Node", action: "Add", after: object });
  else for (const event of nodeUpdateEvents(previous, object)) queue.move(event);
}

/** A pod that has ended counts as gone. Pods with a node belong to the snapshot, those without to the queue. */
function followPod(state: SchedulerState, previous: Pod | undefined, object: Pod | undefined): void {
  const before = previous && isLive(previous) ? previous : undefined;
  const after = object && isLive(object) ? object : undefined;
  followPending(state, unassigned(before), unassigned(after));
  followAssigned(state, assigned(before), assigned(after));
}

function followPending(state: SchedulerState, before: Pod | undefined, after: Pod | undefined): void {
  const { queue, pending, assumed } = state;
  if (after === undefined) {
    if (before === undefined) return;
    pending.delete(before.metadata.uid);
    queue.delete(before);
    releasePromise(state, before);
    return;
  }
  pending.set(after.metadata.uid, after);
  if (before === undefined) {
    queue.add(after);
    return;
  }
  if (assumed.has(after.metadata.uid)) return;
  queue.update(before, after);
  if (before.status.nominatedNodeName !== after.status.nominatedNodeName) releasePromise(state, before);
}

/** A promised node that is given up is as good as a pod that has left it, for pods that had to stand back. */
function releasePromise({ queue }: SchedulerState, pod: Pod): void {
  if (!pod.status.nominatedNodeName) return;
  const priority = pod.spec.priority ?? 0;
  const event = { resource: "AssignedPod", action: "Delete", before: pod } as const;
  queue.move(event, (other) => (other.spec.priority ?? 0) <= priority);
}

function followAssigned(state: SchedulerState, before: Pod | undefined, after: Pod | undefined): void {
  const { snapshot, queue, assumed } = state;
  if (after === undefined) {
    if (before === undefined) return;
    snapshot.removePod(before.metadata.uid);
    queue.move({ resource: "AssignedPod", action: "Delete", before });
    return;
  }
  assumed.delete(after.metadata.uid);
  snapshot.setPod(after);
  if (!queue.awaitsEvents) return;
  if (before === undefined) queue.move({ resource: "AssignedPod", action: "Add", after });
  else for (const event of podUpdateEvents(before, after)) queue.move(event);
}

function assigned(pod: Pod | undefined): Pod | undefined {
  return pod?.spec.nodeName ? pod : undefined;
}

function unassigned(pod: Pod | undefined): Pod | undefined {
  return pod !== undefined && !pod.spec.nodeName && pod.spec.schedulerName === SCHEDULER_NAME
    ? pod
    : undefined;
}
