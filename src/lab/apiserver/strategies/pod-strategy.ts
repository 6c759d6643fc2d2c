import type { Pod } from "../../../kube/types/index.ts";
import type { LooseObject } from "../loose.ts";
import { type Strategy, specChanged, strategy } from "./strategy.ts";

const base = strategy({
  initialStatus: { phase: "Pending" },
  newGeneration: specChanged,
  returnsDeleted: true,
});

/** Pods end gracefully: what runs on a node is given time, what runs nowhere is not. */
export const podStrategy: Strategy = {
  ...base,
  prepareForStatusUpdate(next, old) {
    const prepared = base.prepareForStatusUpdate(next, old);
    return { ...prepared, metadata: { ...prepared.metadata, ...keptMeta(old) } };
  },
  gracePeriodSeconds(object, parameters) {
    const pod = object as unknown as Pod;
    const asked = parameters.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    const runsNowhere = pod.spec.nodeName === undefined || pod.spec.nodeName === "";
    const ended = pod.status.phase === "Failed" || pod.status.phase === "Succeeded";
    return runsNowhere || ended ? 0 : asked < 0 ? 1 : asked;
  },
};

/** A kubelet's status report cannot bring a deletion back, nor detach the pod from its owner. */
function keptMeta(old: LooseObject): Partial<LooseObject["metadata"]> {
  const { ownerReferences } = old.metadata;
  return ownerReferences === undefined ? {} : { ownerReferences };
}
