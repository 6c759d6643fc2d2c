import type { KubeObject, OwnerReference } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import { FOREGROUND, type Identity, isHeldBy } from "./dependency-graph.ts";

/** An object's owners by what they are good for. */
export interface Classified {
  /** There, and to stay as far as we know. */
  readonly solid: readonly OwnerReference[];
  /** Gone, or replaced by another object of the name. */
  readonly dangling: readonly OwnerReference[];
  /** Being deleted, and waiting for its dependents to go first. */
  readonly waiting: readonly OwnerReference[];
}

/** `undefined` when the owners cannot be judged: a kind is not served, or a cluster-scoped object names a namespaced owner. */
export function classifyOwners(
  api: Api,
  kinds: KindRegistry,
  item: Identity,
  owners: readonly OwnerReference[],
): Classified | undefined {
  const solid: OwnerReference[] = [];
  const dangling: OwnerReference[] = [];
  const waiting: OwnerReference[] = [];
  for (const reference of owners) {
    const kind = kinds.find(reference.apiVersion, reference.kind);
    if (kind === undefined || (kind.namespaced && item.namespace === undefined)) return undefined;
    const owner: KubeObject | undefined = api.get(
      kind,
      kind.namespaced ? item.namespace : undefined,
      reference.name,
    );
    if (owner?.metadata.uid !== reference.uid) dangling.push(reference);
    else if (isHeldBy(owner, FOREGROUND)) waiting.push(reference);
    else solid.push(reference);
  }
  return { solid, dangling, waiting };
}
