/** What node-lifecycle writes: taints in two steps as the real one, and pods that stop being ready with their node. */
import { nodes, pods } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import { hasTaint } from "../../../kube/taints.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Node, Pod, Taint } from "../../../kube/types/index.ts";
import type { LabContext } from "../../context.ts";
import { withoutTaints, withTaints } from "./node-taints.ts";

/** Adds taints, dated now, and then removes others: two writes, so that a node is never without both. */
export function swapTaints(
  { api, engine }: LabContext,
  nodeName: string,
  added: readonly Taint[],
  removed: readonly Taint[],
): void {
  const node = api.get(nodes, undefined, nodeName);
  if (node === undefined) return;
  const timeAdded = formatTime(engine.now());
  const dated = added.map((taint) => ({ ...taint, timeAdded }));
  const tainted = dated.length === 0 ? node : api.update(nodes, withTaints(node, dated));
  const obsolete = removed.filter((taint) => hasTaint(tainted.spec.taints, taint));
  if (obsolete.length > 0) api.update(nodes, withoutTaints(tainted, obsolete));
}

/** Takes a taint off a node that may have it; the node as it stands then. */
export function removeTaint({ api }: LabContext, node: Node, taint: Taint): Node {
  return hasTaint(node.spec.taints, taint) ? api.update(nodes, withoutTaints(node, [taint])) : node;
}

/**
 * Turns the pods' Ready conditions False, for what is known of them is what was known of their node. A pod that has no
 * such condition yet stays as it is. The first refusal is thrown after all pods have been tried.
 */
export function markPodsNotReady({ api, events, engine }: LabContext, onNode: readonly Pod[]): void {
  const now = formatTime(engine.now());
  let refusal: unknown;
  for (const pod of onNode) {
    const ready = pod.status.conditions?.find(({ type }) => type === "Ready");
    if (ready === undefined || ready.status === "False") continue;
    const conditions = pod.status.conditions?.map((condition) =>
      condition === ready ? { ...ready, status: "False" as const, lastTransitionTime: now } : condition,
    );
    try {
      api.updateStatus(pods, { ...pod, status: { ...pod.status, ...(conditions && { conditions }) } });
    } catch (error) {
      if (isStatus(error, "NotFound")) continue;
      refusal ??= error;
    }
    events.event(pod, "Warning", "NodeNotReady", "Node is not ready");
  }
  if (refusal !== undefined) throw refusal;
}
