/** What pods are told about their volumes, in the words of the real controller. */
import type { PersistentVolume, Pod } from "../../../kube/types/index.ts";

/** The sentences of volume operations all have this form, and a space at the end when nothing follows. */
export function volumeMessage(prefix: string, { metadata }: PersistentVolume, suffix: string): string {
  return `${prefix} for volume ${JSON.stringify(metadata.name)} ${suffix}`;
}

/**
 * Why a pod cannot have a volume that another node has. Pods that use it there are named if they are in the same namespace:
 * who may see one namespace should not learn names from another.
 */
export function conflictMessage(volume: PersistentVolume, pod: Pod, users: readonly Pod[]): string {
  return volumeMessage("Multi-Attach error", volume, whoHasIt(pod, users));
}

function whoHasIt(pod: Pod, users: readonly Pod[]): string {
  if (users.length === 0) {
    return "Volume is already exclusively attached to one node and can't be attached to another";
  }
  const names = users
    .filter(({ metadata }) => metadata.namespace === pod.metadata.namespace)
    .map(({ metadata }) => metadata.name);
  const others = users.length - names.length;
  if (names.length === 0) return `Volume is already used by ${others} pod(s) in different namespaces`;
  const local = `Volume is already used by pod(s) ${names.join(", ")}`;
  return others === 0 ? local : `${local} and ${others} pod(s) in different namespaces`;
}
