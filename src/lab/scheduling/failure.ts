import { setCondition } from "../../kube/conditions.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { PluginName } from "../../scheduler/plugin.ts";
import type { QueuedPod } from "../../scheduler/queue/queued-pod.ts";
import { withNominatedNode, writePodStatus } from "./pod-status.ts";
import type { SchedulerState } from "./state.ts";

/** How an attempt ended without a node. */
export interface Failure {
  /** "Unschedulable" when no node would do, "SchedulerError" when something failed. */
  readonly reason: "Unschedulable" | "SchedulerError";
  readonly message: string;
  /** Who rejected the pod; nobody when something failed. */
  readonly rejectors?: ReadonlySet<PluginName>;
  /** The node that the pod is promised from now on, "" for none; absent when its promise, if any, stands. */
  readonly nominatedNode?: string;
}

/** Event notes longer than this are not accepted. */
const NOTE_LENGTH_MAX = 1_024;

/** Puts the pod back to wait and says why: in an event and in its condition. */
export function handleFailure(state: SchedulerState, queued: QueuedPod, failure: Failure): void {
  const { context, queue, nominator, pending, wake } = state;
  const pod = pending.get(queued.uid);
  // It is gone, or somebody else has found a node for it.
  if (pod === undefined) return;
  queue.addUnschedulable(queued, pod, failure.rejectors ?? new Set());
  nominator.add(pod, failure.nominatedNode ?? pod.status.nominatedNodeName);
  wake();
  context.events.event(pod, "Warning", "FailedScheduling", shortened(failure.message));
  writePodStatus(context, {
    pod,
    change: (status) => {
      const conditions = setCondition(status.conditions, condition(pod, failure), context.engine.now());
      const next = conditions === status.conditions ? status : { ...status, conditions };
      return failure.nominatedNode === undefined ? next : withNominatedNode(next, failure.nominatedNode);
    },
  });
}

function condition({ metadata: { generation } }: Pod, { reason, message }: Failure) {
  const told = { type: "PodScheduled", status: "False", lastProbeTime: null, reason, message } as const;
  return generation === undefined ? told : { ...told, observedGeneration: generation };
}

function shortened(message: string): string {
  const suffix = " ...";
  if (message.length <= NOTE_LENGTH_MAX) return message;
  return message.slice(0, NOTE_LENGTH_MAX - suffix.length) + suffix;
}
