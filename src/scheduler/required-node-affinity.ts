import { nodeSelectorMatches } from "../kube/node-selectors.ts";
import { labelsContain } from "../kube/selectors.ts";
import type { Node, PodSpec } from "../kube/types/index.ts";

/** Whether a node has what `spec.nodeSelector` and required node affinity ask for. */
export function matchesRequiredAffinity({ nodeSelector, affinity }: PodSpec, { metadata }: Node): boolean {
  if (!labelsContain(metadata.labels, nodeSelector)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || nodeSelectorMatches(required, metadata);
}
