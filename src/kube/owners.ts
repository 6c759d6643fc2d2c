/** Owner references: who made an object, and who cleans it up. */
import type { KubeObject, OwnerReference } from "./types/meta.ts";

/** The reference of the one owner that manages the object, if there is one. */
export function controllerOf(object: Pick<KubeObject, "metadata">): OwnerReference | undefined {
  const owners = object.metadata.ownerReferences;
  if (owners !== undefined) for (const owner of owners) if (owner.controller === true) return owner;
  return undefined;
}

/** Whether `owner` manages the object; names do not count, a successor of the same name has another uid. */
export function isControlledBy(object: Pick<KubeObject, "metadata">, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** A reference that lets the garbage collector follow: the object goes when its last owner is gone. */
export function ownerReferenceTo(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid };
}

/** The reference that a controller puts on what it creates: it manages it, and foreground deletion waits for it. */
export function controllerReferenceTo(owner: KubeObject): OwnerReference {
  return { ...ownerReferenceTo(owner), controller: true, blockOwnerDeletion: true };
}
