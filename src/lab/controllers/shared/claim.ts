import type { Kind } from "../../../kube/kind.ts";
import { controllerOf, controllerReferenceTo } from "../../../kube/owners.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { KubeObject, ObjectMeta } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";

export interface Claim<C extends KubeObject> {
  readonly childKind: Kind<C>;
  readonly owner: KubeObject;
  /** Whether the owner wants the child: its selector, and whatever else it goes by. */
  readonly wants: (child: C) => boolean;
  /** Finalizers that adoption sets and release takes away. */
  readonly finalizers?: readonly string[];
}

/**
 * The children among `candidates` that belong to the owner: those that it controls and still wants, and orphans that it
 * wants, which it adopts. One that it controls and does not want any more is released. Order is kept.
 */
export function claimChildren<C extends KubeObject>(api: Api, claim: Claim<C>, candidates: Iterable<C>): C[] {
  const isLeaving = claim.owner.metadata.deletionTimestamp !== undefined;
  const claimed: C[] = [];
  for (const child of candidates) {
    const reference = controllerOf(child);
    if (reference !== undefined) {
      if (reference.uid !== claim.owner.metadata.uid) continue;
      if (claim.wants(child)) claimed.push(child);
      else if (!isLeaving) release(api, claim, child);
    } else if (!isLeaving && child.metadata.deletionTimestamp === undefined && claim.wants(child)) {
      const adopted = adopt(api, claim, child);
      if (adopted !== undefined) claimed.push(adopted);
    }
  }
  return claimed;
}

function adopt<C extends KubeObject>(api: Api, claim: Claim<C>, child: C): C | undefined {
  const { ownerReferences = [], finalizers = [] } = child.metadata;
  const added = (claim.finalizers ?? []).filter((finalizer) => !finalizers.includes(finalizer));
  return write(api, claim.childKind, child, {
    ownerReferences: [...ownerReferences, controllerReferenceTo(claim.owner)],
    ...(added.length > 0 && { finalizers: [...finalizers, ...added] }),
  });
}

function release<C extends KubeObject>(api: Api, claim: Claim<C>, child: C): void {
  const { ownerReferences = [], finalizers = [] } = child.metadata;
  const dropped = claim.finalizers ?? [];
  write(api, claim.childKind, child, {
    ownerReferences: ownerReferences.filter(({ uid }) => uid !== claim.owner.metadata.uid),
    ...(dropped.length > 0 && { finalizers: finalizers.filter((finalizer) => !dropped.includes(finalizer)) }),
  });
}

function write<C extends KubeObject>(
  api: Api,
  kind: Kind<C>,
  child: C,
  fields: Partial<ObjectMeta>,
): C | undefined {
  try {
    return api.update(kind, { ...child, metadata: { ...child.metadata, ...fields } });
  } catch (error) {
    // Somebody else has deleted it meanwhile: nothing to claim, and nothing wrong.
    if (isStatus(error, "NotFound")) return undefined;
    throw error;
  }
}
