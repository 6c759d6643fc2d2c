import { nodes } from "../kube/kinds.ts";
import { toleratesTaint } from "../kube/taints.ts";
import type { Node, PodSpec } from "../kube/types/index.ts";
import { matchesRequiredAffinity } from "../scheduler/required-node-affinity.ts";
import type { ClusterView } from "../view/cluster-view.ts";

/** The nodes that would take these pods, whatever runs there now: not cordoned, hard taints tolerated, selector and required affinity met. */
export function eligibleNodes(spec: PodSpec, view: ClusterView): Node[] {
  return view.list(nodes).filter((node) => {
    if (node.spec.unschedulable === true || !matchesRequiredAffinity(spec, node)) return false;
    const hard = (node.spec.taints ?? []).filter(({ effect }) => effect !== "PreferNoSchedule");
    return hard.every((taint) =>
      (spec.tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint)),
    );
  });
}
