import type { Node, Pod } from "../../src/kube/types/index.ts";

/** Whether requests go to the pod, as far as the API knows. */
export function serves({ metadata, status }: Pod): boolean {
  return isReady({ status }) && metadata.deletionTimestamp === undefined;
}

export function isReady({ status }: Pick<Pod | Node, "status">): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}
