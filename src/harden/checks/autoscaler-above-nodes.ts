import { isAloneOnNode } from "../placement.ts";
import { type Check, nameOf } from "./check.ts";
import { patchFix } from "./fixes.ts";

/** An autoscaler that may want more pods than there are nodes for them, one a node. */
export const autoscalerAboveNodes: Check = {
  id: "autoscaler-above-nodes",
  severity: "warning",
  title: "An autoscaler asks for no more pods than its nodes can take",
  *find({ subjects }) {
    for (const subject of subjects) {
      const { workload, autoscaler, eligibleNodes } = subject;
      if (autoscaler === undefined || !isAloneOnNode(subject)) continue;
      const { maxReplicas, minReplicas = 1 } = autoscaler.spec;
      const room = eligibleNodes.length;
      if (maxReplicas <= room) continue;
      const patch =
        room < Math.max(1, minReplicas)
          ? undefined
          : patchFix(autoscaler, { ...autoscaler, spec: { ...autoscaler.spec, maxReplicas: room } });
      yield {
        object: nameOf(autoscaler),
        workload: nameOf(workload),
        field: "spec.maxReplicas",
        message: `it may ask for ${maxReplicas} pods of which no two may share a node, and ${room} node${room === 1 ? "" : "s"} may run them`,
        consequence: `${maxReplicas - room} of them would stay Pending when they are needed most`,
        ...(patch && { patch }),
      };
    }
  },
};
