/** What makes a StatefulSet's pod that one and no other: its ordinal, its name, and the labels that repeat them. */
import type { Pod, StatefulSet } from "../../../kube/types/index.ts";

const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";
const POD_INDEX_LABEL = "apps.kubernetes.io/pod-index";

const NAME = /^(.*)-(\d+)$/;

/** The number at the end of the pod's name; -1 for a name that has none. */
export function ordinalOf(pod: Pod): number {
  const text = NAME.exec(pod.metadata.name)?.[2];
  return text === undefined ? -1 : Number(text);
}

/** Whether the pod's name is one that the set gives. */
export function isMemberOf(set: StatefulSet, pod: Pod): boolean {
  return NAME.exec(pod.metadata.name)?.[1] === set.metadata.name;
}

/** The ordinals that the set is to have, the first included and the end not. */
export function ordinalRange({ spec }: StatefulSet): { readonly start: number; readonly end: number } {
  const start = spec.ordinals?.start ?? 0;
  return { start, end: start + spec.replicas };
}

/** Whether the set is to have a pod of that ordinal. */
export function isInRange(set: StatefulSet, ordinal: number): boolean {
  const { start, end } = ordinalRange(set);
  return ordinal >= start && ordinal < end;
}

/** The name of the set's pod of that ordinal. */
export function podNameOf(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`;
}

/** The labels by which a pod tells its name and ordinal. */
export function identityLabels(set: StatefulSet, ordinal: number): Readonly<Record<string, string>> {
  return { [POD_NAME_LABEL]: podNameOf(set, ordinal), [POD_INDEX_LABEL]: String(ordinal) };
}

/** Whether the pod still tells its own name. */
export function identityMatches(set: StatefulSet, pod: Pod): boolean {
  return isMemberOf(set, pod) && pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name;
}
