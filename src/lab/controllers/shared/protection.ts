/** Finalizers that keep an object while somebody uses it: whether they are called for, and objects with and without them. */
import type { KubeObject } from "../../../kube/types/index.ts";

/** Whether the object is there to stay and lacks the finalizer: it was made before admission set it. */
export function needsProtection({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.deletionTimestamp === undefined && !metadata.finalizers?.includes(finalizer);
}

/** Whether the object is being deleted and only waits for its finalizers, this one among them. */
export function mayGo({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(finalizer) === true;
}

/** The object with the finalizer at the end of its list. */
export function withFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  const finalizers = [...(object.metadata.finalizers ?? []), finalizer];
  return { ...object, metadata: { ...object.metadata, finalizers } };
}

/** The object without the finalizer. */
export function withoutFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
  return { ...object, metadata: { ...object.metadata, finalizers } };
}
