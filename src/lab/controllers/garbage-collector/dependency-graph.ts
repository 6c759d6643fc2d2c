/**
 * Who depends on whom: every object that has owners, and by owner what depends on it. Objects without owners have no entry,
 * they are found in the dependents of others only by uid. The graph follows changes; it never reads and never writes.
 */
import type { Kind } from "../../../kube/kind.ts";
import type { KubeObject, OwnerReference } from "../../../kube/types/index.ts";

/** Deletion waits until everything that blocks it, and depends on the object, is gone. */
export const FOREGROUND = "foregroundDeletion";
/** Deletion waits until everything that depends on the object has been told to do without. */
export const ORPHAN = "orphan";

/** Which object is meant, enough to ask for it. */
export interface Identity {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
}

/** An object with owners. */
export interface Dependent extends Identity {
  readonly owners: readonly OwnerReference[];
  /** It waits for dependents of its own. */
  readonly isDeletingDependents: boolean;
}

const NONE: readonly OwnerReference[] = [];

/** The identity of an object of that kind. */
export function identityOf(kind: Kind, { metadata }: KubeObject): Identity {
  const { namespace, name, uid } = metadata;
  return { kind, namespace, name, uid };
}

/** Whether the object is being deleted and a finalizer of that name holds it. */
export function isHeldBy({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(finalizer) ?? false);
}

export class DependencyGraph {
  readonly #dependents = new Map<string, Dependent>();
  readonly #byOwner = new Map<string, Set<string>>();

  /** Enters what the object now says of its owners. */
  set(kind: Kind, object: KubeObject): void {
    const { uid, ownerReferences = NONE } = object.metadata;
    const before = this.#dependents.get(uid);
    const isDeletingDependents = isHeldBy(object, FOREGROUND);
    if (before?.owners === ownerReferences && before.isDeletingDependents === isDeletingDependents) return;
    if (before !== undefined) this.#unlink(before);
    if (ownerReferences.length === 0) {
      this.#dependents.delete(uid);
      return;
    }
    this.#dependents.set(uid, { ...identityOf(kind, object), owners: ownerReferences, isDeletingDependents });
    for (const owner of ownerReferences) {
      const dependents = this.#byOwner.get(owner.uid);
      if (dependents === undefined) this.#byOwner.set(owner.uid, new Set([uid]));
      else dependents.add(uid);
    }
  }

  /** Forgets an object that is gone; what depended on it stays entered. */
  remove(uid: string): void {
    const before = this.#dependents.get(uid);
    if (before === undefined) return;
    this.#unlink(before);
    this.#dependents.delete(uid);
  }

  /** What depends on the object of that uid, in the order in which it was entered. */
  dependentsOf(uid: string): readonly Dependent[] {
    const uids = this.#byOwner.get(uid);
    if (uids === undefined) return [];
    return [...uids].flatMap((dependent) => this.#dependents.get(dependent) ?? []);
  }

  /** What the deletion of the object waits for, if it waits for dependents. */
  blockersOf(uid: string): readonly Dependent[] {
    return this.dependentsOf(uid).filter(({ owners }) =>
      owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
    );
  }

  #unlink({ uid, owners }: Dependent): void {
    for (const owner of owners) {
      const dependents = this.#byOwner.get(owner.uid);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#byOwner.delete(owner.uid);
    }
  }
}
