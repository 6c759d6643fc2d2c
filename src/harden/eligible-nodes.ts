import { nodes } from "../kube/kinds.ts";
import { labelsContain } from "../kube/selectors.ts";
import { toleratesTaint } from "../kube/taints.ts";
import type { PodSpec } from "../kube/types/index.ts";
import type { ClusterView } from "../view/cluster-view.ts";

/** Names of the nodes that would take these pods: not cordoned, hard taints tolerated, node selector met. */
export function eligibleNodes(spec: PodSpec, view: ClusterView): string[] {
  return view
    .list(nodes)
    .filter((node) => {
      if (node.spec.unschedulable === true) return false;
      if (!labelsContain(node.metadata.labels, spec.nodeSelector ?? {})) return false;
      const hard = (node.spec.taints ?? []).filter((taint) => taint.effect !== "PreferNoSchedule");
      return hard.every((taint) =>
        (spec.tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint)),
      );
    })
    .map((node) => node.metadata.name);
}
