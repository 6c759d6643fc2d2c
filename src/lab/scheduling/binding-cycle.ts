import { StatusError } from "../../kube/status-error.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { QueuedPod } from "../../scheduler/queue/queued-pod.ts";
import type { PodVolumes } from "../../scheduler/volumes/pod-volumes.ts";
import { handleFailure } from "./failure.ts";
import { requestDelayMs, type SchedulerState } from "./state.ts";
import type { VolumeBinder } from "./volume-binder.ts";

/** A pod on its way to the node that was chosen for it. */
interface Binding {
  readonly queued: QueuedPod;
  /** The pod as if it were bound already. */
  readonly pod: Pod;
  readonly nodeName: string;
  /** What has been taken for it. */
  readonly volumes: PodVolumes | undefined;
}

/**
 * Promises the node to the pod at once, so that the next pods are scheduled around it, then gets its claims bound and the pod
 * itself. Whatever fails gives everything back and lets the pod try again.
 */
export function startBinding(
  state: SchedulerState,
  binder: VolumeBinder,
  queued: QueuedPod,
  choice: { readonly nodeName: string; readonly volumes?: PodVolumes },
): void {
  const { snapshot, nominator, assumed, context } = state;
  const { nodeName } = choice;
  const pod: Pod = { ...queued.pod, spec: { ...queued.pod.spec, nodeName } };
  snapshot.assume(pod, nodeName);
  assumed.add(queued.uid);
  nominator.delete(queued.uid);
  const work =
    choice.volumes && hasWork(choice.volumes) ? binder.assume(choice.volumes, nodeName) : undefined;
  const binding: Binding = { queued, pod, nodeName, volumes: work };
  const bindLater = () => context.engine.after(requestDelayMs(state), () => bindPod(state, binder, binding));
  if (work === undefined) {
    bindLater();
    return;
  }
  context.engine.after(requestDelayMs(state), () =>
    binder.bind(pod, work, (error) => {
      if (error === undefined) bindLater();
      else giveUp(state, binder, binding, `running PreBind plugin "VolumeBinding": ${error}`);
    }),
  );
}

function bindPod(state: SchedulerState, binder: VolumeBinder, binding: Binding): void {
  const { context, pending } = state;
  const { queued, nodeName } = binding;
  const { namespace = "", name } = binding.pod.metadata;
  try {
    // A successor of the same name is another pod.
    if (!pending.has(queued.uid)) throw new StatusError("NotFound", `pods "${name}" not found`);
    context.api.bind(namespace, name, nodeName);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    giveUp(state, binder, binding, `running Bind plugin "DefaultBinder": ${error.message}`);
    return;
  }
  const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
  context.events.event(binding.pod, "Normal", "Scheduled", message);
}

/** Takes the promise back. For other pods that is as if the pod had left the node. */
function giveUp(state: SchedulerState, binder: VolumeBinder, binding: Binding, message: string): void {
  const { snapshot, queue, assumed, wake } = state;
  const { queued, pod, volumes } = binding;
  if (volumes !== undefined) binder.restore(volumes);
  if (assumed.delete(queued.uid)) {
    snapshot.removePod(queued.uid);
    queue.move({ resource: "AssignedPod", action: "Delete", before: pod });
    wake();
  }
  handleFailure(state, queued, { reason: "SchedulerError", message, nominatedNode: "" });
}

function hasWork({ bindings, provisions }: PodVolumes): boolean {
  return bindings.length > 0 || provisions.length > 0;
}
