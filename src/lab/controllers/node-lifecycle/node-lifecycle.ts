/**
 * Notices that kubelets have gone silent, and says so: conditions, taints, events, pods not ready any more.
 *
 * Three loops, as in the real controller: the monitor pass every five seconds (`NodeMonitor`), the NoExecute pass ten times
 * a second (`NoExecuteTainter`), and the reconciling of NoSchedule taints and labels at every change of a node. Passes that
 * would find nothing are not run: what they would have seen is worked out from the moments of Lease renewals. Times come
 * out as if every pass had been run. Nothing here evicts: taint-eviction does, going by the taints.
 */
import { nodes, pods } from "../../../kube/kinds.ts";
import type { Node, Pod } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { LabContext, Part } from "../../context.ts";
import type { Heartbeats } from "../../heartbeats.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { watchAll } from "../shared/watch.ts";
import { NodeMonitor } from "./monitor.ts";
import { NoExecuteTainter } from "./no-execute.ts";
import { mirroredLabels, noScheduleChange } from "./node-taints.ts";
import { markPodsNotReady, swapTaints } from "./writes.ts";

/** The controller, given what is heard of the kubelets. */
export function nodeLifecycle(context: LabContext, heartbeats: Heartbeats): Part {
  const { api, engine } = context;
  const tainter = new NoExecuteTainter(context);
  const monitor = new NodeMonitor(context, { heartbeats, tainter });
  const nodeQueue = new WorkQueue(engine, {
    name: "node-lifecycle/nodes",
    reconcile: (name) => reconcileNode(context, name),
  });
  const podQueue = new WorkQueue(engine, {
    name: "node-lifecycle/pods",
    reconcile: (key) => {
      const { namespace, name } = splitKey(key);
      const pod = api.get(pods, namespace, name);
      if (pod?.spec.nodeName === undefined || !monitor.knowsNotReady(pod.spec.nodeName)) return;
      markPodsNotReady(context, [pod]);
    },
  });
  return {
    name: "node-lifecycle",
    start() {
      tainter.start();
      monitor.start();
      watchAll(api, nodes, ({ type, object, previous }) => {
        if (type !== "DELETED" && concernsTaintsOrLabels(object, previous))
          nodeQueue.add(object.metadata.name);
      });
      watchAll(api, pods, ({ type, object, previous }) => {
        if (type !== "DELETED" && hasBeenBound(object, previous)) podQueue.add(keyOf(object));
      });
    },
  };
}

function concernsTaintsOrLabels(node: Node, previous: Node | undefined): boolean {
  return (
    node.status.conditions !== previous?.status.conditions ||
    node.spec !== previous?.spec ||
    node.metadata.labels !== previous?.metadata.labels
  );
}

function hasBeenBound(pod: Pod, previous: Pod | undefined): boolean {
  return pod.spec.nodeName !== undefined && pod.spec.nodeName !== previous?.spec.nodeName;
}

function reconcileNode(context: LabContext, name: string): void {
  const node = context.api.get(nodes, undefined, name);
  if (node === undefined) return;
  const { add, remove } = noScheduleChange(node);
  if (add.length > 0 || remove.length > 0) swapTaints(context, name, add, remove);
  const labels = mirroredLabels(node);
  if (labels !== undefined) context.api.patch(nodes, undefined, name, "merge", { metadata: { labels } });
}
