import type { Pod } from "../../kube/types/index.ts";
import type { RequeuePlugin } from "../plugin.ts";

/** Keeps pods with scheduling gates out of the queue until somebody has removed the last gate. */
export const schedulingGates: RequeuePlugin = {
  name: "SchedulingGates",
  events: [
    {
      resource: "Pod",
      actions: ["UpdatePodSchedulingGatesEliminated"],
      hint: (pod, event) => event.after?.metadata.uid === pod.metadata.uid,
    },
  ],
};

/** Whether the pod has gates left. */
export function isGated({ spec }: Pod): boolean {
  return (spec.schedulingGates ?? []).length > 0;
}
