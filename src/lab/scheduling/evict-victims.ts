import { setCondition } from "../../kube/conditions.ts";
import { pods } from "../../kube/kinds.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { Candidate } from "../../scheduler/preemption/candidates.ts";
import { PREEMPTION_REASON } from "../../scheduler/preemption/preempt.ts";
import { withNominatedNode, writePodStatus } from "./pod-status.ts";
import { requestDelayMs, SCHEDULER_NAME, type SchedulerState } from "./state.ts";

/**
 * Evicts the victims of a preemption, all at once but the last one. Until then the preemptor is not tried again: the end of
 * the last one must find it ready, or it would miss that event.
 */
export function evictVictims(state: SchedulerState, preemptor: Pod, { nodeName, victims }: Candidate): void {
  const { context, preempting, queue, wake } = state;
  const { uid } = preemptor.metadata;
  const others = victims.pods.map(({ pod }) => pod);
  const last = others.pop();
  preempting.add(uid);
  withdrawLowerPromises(state, preemptor, nodeName);

  let left = others.length;
  let hasFailed = false;
  const evict = (victim: Pod, onDone: () => void) => {
    const onFailed = () => {
      hasFailed = true;
      onDone();
    };
    context.engine.after(requestDelayMs(state), () =>
      evictOne(state, { victim, preemptor, nodeName, onDone, onFailed }),
    );
  };
  const evictLast = () => {
    preempting.delete(uid);
    if (last === undefined) return;
    evict(last, () => {
      if (!hasFailed) return;
      // Without its victims gone nothing would bring the preemptor back before the next flush.
      queue.activate(preemptor);
      wake();
    });
  };
  if (left === 0) evictLast();
  for (const victim of others) {
    evict(victim, () => {
      left--;
      if (left === 0) evictLast();
    });
  }
}

/** Pods of lower priority that have the same node promised will not fit any more: they look for another. */
function withdrawLowerPromises(
  { context, nominator }: SchedulerState,
  preemptor: Pod,
  nodeName: string,
): void {
  for (const { pod, priority } of [...nominator.on(nodeName)]) {
    if (priority >= (preemptor.spec.priority ?? 0)) continue;
    writePodStatus(context, { pod, change: (status) => withNominatedNode(status, "") });
  }
}

interface OneEviction {
  readonly victim: Pod;
  readonly preemptor: Pod;
  readonly nodeName: string;
  readonly onDone: () => void;
  readonly onFailed: () => void;
}

function evictOne({ context }: SchedulerState, eviction: OneEviction): void {
  const { victim, preemptor, nodeName, onDone, onFailed } = eviction;
  const { namespace, name, uid, generation } = victim.metadata;
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    lastProbeTime: null,
    reason: PREEMPTION_REASON,
    message: `${SCHEDULER_NAME}: preempting to accommodate a higher priority pod`,
    ...(generation !== undefined && { observedGeneration: generation }),
  } as const;
  const remove = () => {
    try {
      context.api.delete(pods, namespace, name, { preconditions: { uid } });
    } catch (error) {
      // Somebody else was quicker.
      if (isStatus(error, "NotFound")) onDone();
      else onFailed();
      return;
    }
    const by = `Preempted by pod ${preemptor.metadata.uid} on node ${nodeName}`;
    context.events.event(victim, "Normal", "Preempted", by);
    onDone();
  };
  writePodStatus(context, {
    pod: victim,
    change: (status) => {
      const conditions = setCondition(status.conditions, condition, context.engine.now());
      return conditions === status.conditions ? status : { ...status, conditions };
    },
    onWritten: remove,
    onFailed,
  });
}
