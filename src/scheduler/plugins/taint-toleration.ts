import type { Node, Pod } from "../../kube/types/index.ts";
import { type FilterPlugin, normalizeByHighest, rejection, type ScorePlugin } from "../plugin.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";
import { firstUntolerated, forbidsScheduling, tolerates } from "../tolerations.ts";

const TAINTED = rejection("TaintToleration", false, "node(s) had untolerated taint(s)");

/** Keeps pods off nodes with taints that they do not tolerate. */
export const taintToleration: FilterPlugin = {
  name: "TaintToleration",
  looksAt: "node",
  events: [
    { resource: "Node", actions: ["Add", "UpdateNodeTaint"], hint: becameTolerable },
    { resource: "Pod", actions: ["UpdatePodToleration"], hint: isOfPodItself },
  ],
  preFilter({ pod }) {
    const { tolerations } = pod.spec;
    return {
      filter: ({ hardTaints }) =>
        hardTaints.length === 0 || firstUntolerated(hardTaints, tolerations) === undefined
          ? undefined
          : TAINTED,
    };
  },
};

/** Prefers nodes with fewer taints of effect PreferNoSchedule that the pod does not tolerate. */
export const taintTolerationScore: ScorePlugin = {
  name: "TaintToleration",
  looksAt: "node",
  weight: 3,
  preScore({ pod }) {
    const tolerations = pod.spec.tolerations?.filter(
      ({ effect }) => !effect || effect === "PreferNoSchedule",
    );
    return {
      score: ({ softTaints }) => softTaints.filter((taint) => !tolerates(tolerations, taint)).length,
      normalize: (scores) => normalizeByHighest(scores, true),
    };
  },
};

function becameTolerable(pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as Node | undefined;
  return (before === undefined || !isTolerable(pod, before)) && isTolerable(pod, event.after as Node);
}

function isTolerable({ spec }: Pod, node: Node): boolean {
  const taints = node.spec.taints?.filter(forbidsScheduling) ?? [];
  return firstUntolerated(taints, spec.tolerations) === undefined;
}

function isOfPodItself(pod: Pod, event: ClusterEvent): boolean {
  return event.after?.metadata.uid === pod.metadata.uid;
}
