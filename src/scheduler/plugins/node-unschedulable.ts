import { TAINT_UNSCHEDULABLE } from "../../kube/taints.ts";
import type { Node, Pod, Taint } from "../../kube/types/index.ts";
import { type FilterPlugin, rejection } from "../plugin.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";
import { tolerates } from "../tolerations.ts";

const CORDONED = rejection("NodeUnschedulable", false, "node(s) were unschedulable");

/** Whoever tolerates the taint of a cordon is not kept off by the cordon itself either. */
const CORDON_TAINT: Taint = { key: TAINT_UNSCHEDULABLE, effect: "NoSchedule" };

/** Keeps pods off cordoned nodes. */
export const nodeUnschedulable: FilterPlugin = {
  name: "NodeUnschedulable",
  looksAt: "node",
  events: [
    { resource: "Node", actions: ["Add", "UpdateNodeTaint"], hint: becameSchedulable },
    { resource: "Pod", actions: ["UpdatePodToleration"], hint: toleratesCordonNow },
  ],
  preFilter({ pod }) {
    if (tolerates(pod.spec.tolerations, CORDON_TAINT)) return undefined;
    return { filter: ({ node }) => (node?.spec.unschedulable ? CORDONED : undefined) };
  },
};

function becameSchedulable(_pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as Node | undefined;
  const after = event.after as Node;
  return !after.spec.unschedulable && (before === undefined || before.spec.unschedulable === true);
}

function toleratesCordonNow(pod: Pod, event: ClusterEvent): boolean {
  const after = event.after as Pod;
  return after.metadata.uid === pod.metadata.uid && tolerates(after.spec.tolerations, CORDON_TAINT);
}
