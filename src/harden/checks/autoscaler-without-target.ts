import type { Kind } from "../../kube/kind.ts";
import { deployments, horizontalPodAutoscalers, replicaSets, statefulSets } from "../../kube/kinds.ts";
import { type Check, nameOf } from "./check.ts";

const KNOWN: readonly Kind[] = [deployments, statefulSets, replicaSets];

/** An autoscaler whose target has another name scales nothing. */
export const autoscalerWithoutTarget: Check = {
  id: "autoscaler-without-target",
  severity: "warning",
  title: "An autoscaler leads to a workload that is there",
  *find({ view }) {
    for (const autoscaler of view.list(horizontalPodAutoscalers)) {
      const { kind: wanted, name } = autoscaler.spec.scaleTargetRef;
      const kind = KNOWN.find((one) => one.kind === wanted);
      // Of other kinds nobody here knows whether they are there.
      if (kind === undefined || view.get(kind, autoscaler.metadata.namespace, name) !== undefined) continue;
      yield {
        object: nameOf(autoscaler),
        field: "spec.scaleTargetRef",
        message: `there is no ${wanted} ${name} in its namespace`,
        consequence:
          "nothing is scaled: what it was made for keeps the replicas that it has, whatever is asked of it",
      };
    }
  },
};
