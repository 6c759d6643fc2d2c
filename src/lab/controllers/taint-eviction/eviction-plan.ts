/** When a pod has to leave its node for the node's taints. Decides; does not delete. */
import { secondsOf } from "../../../kube/seconds.ts";
import { matchingTolerations } from "../../../kube/taints.ts";
import type { Node, Taint, Toleration } from "../../../kube/types/index.ts";

export type EvictionPlan =
  /** It may stay for good. */
  | { readonly kind: "stay" }
  | { readonly kind: "evict-now" }
  | { readonly kind: "evict-later"; readonly afterMs: number };

/** The node's taints that make pods leave. */
export function noExecuteTaints(node: Node | undefined): readonly Taint[] {
  return (node?.spec.taints ?? []).filter(({ effect }) => effect === "NoExecute");
}

/** What becomes of a pod with these tolerations on a node with these NoExecute taints: the shortest toleration counts. */
export function planEviction(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] | undefined,
): EvictionPlan {
  const used = matchingTolerations(taints, tolerations);
  if (used === undefined) return { kind: "evict-now" };
  const limits = used.flatMap(({ tolerationSeconds }) =>
    tolerationSeconds === undefined ? [] : secondsOf(tolerationSeconds),
  );
  if (limits.length === 0) return { kind: "stay" };
  const afterMs = Math.min(...limits) * 1_000;
  return afterMs <= 0 ? { kind: "evict-now" } : { kind: "evict-later", afterMs };
}
