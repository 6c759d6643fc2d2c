import type { NodeSelector } from "../../kube/types/index.ts";

/** What may require nodes: a pod's node affinity or a volume's. */
type Requiring = Readonly<Record<string, unknown>>;

/** The same with terms where nodes are required; no API server takes a selector without any, and it selects no node. */
export function withTerms<T extends Requiring>(affinity: T, field: string): T {
  const required = affinity[field] as Partial<NodeSelector> | undefined;
  if (required === undefined || required.nodeSelectorTerms !== undefined) return affinity;
  return { ...affinity, [field]: { ...required, nodeSelectorTerms: [] } };
}
