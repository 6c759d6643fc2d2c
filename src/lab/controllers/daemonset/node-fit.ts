import type { DaemonSet, Node } from "../../../kube/types/index.ts";
import { matchesRequiredAffinity } from "../../../scheduler/required-node-affinity.ts";
import { firstUntolerated, forbidsScheduling } from "../../../scheduler/tolerations.ts";
import { daemonTolerations } from "./daemon-template.ts";

/** What a node is to a DaemonSet. */
export interface NodeFit {
  /** A pod should run there. */
  readonly shouldRun: boolean;
  /** One that runs there already may stay. */
  readonly mayStay: boolean;
}

const NEITHER: NodeFit = { shouldRun: false, mayStay: false };

/** Whether the DaemonSet wants a pod on the node; room on it does not count, that is the scheduler's part. */
export function nodeFit({ spec }: DaemonSet, node: Node): NodeFit {
  const template = spec.template.spec;
  if (
    template.nodeName !== undefined &&
    template.nodeName !== "" &&
    template.nodeName !== node.metadata.name
  ) {
    return NEITHER;
  }
  if (!matchesRequiredAffinity(template, node)) return NEITHER;
  const tolerations = daemonTolerations(template);
  const taints = node.spec.taints ?? [];
  if (firstUntolerated(taints.filter(forbidsScheduling), tolerations) === undefined) {
    return { shouldRun: true, mayStay: true };
  }
  const evicting = taints.filter(({ effect }) => effect === "NoExecute");
  return { shouldRun: false, mayStay: firstUntolerated(evicting, tolerations) === undefined };
}
