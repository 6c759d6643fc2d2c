import { toleratesTaint } from "../kube/taints.ts";
import type { Taint, Toleration } from "../kube/types/index.ts";

const NO_TOLERATIONS: readonly Toleration[] = Object.freeze([]);

/** Whether one of the tolerations puts up with the taint. */
export function tolerates(tolerations: readonly Toleration[] = NO_TOLERATIONS, taint: Taint): boolean {
  for (const toleration of tolerations) if (toleratesTaint(toleration, taint)) return true;
  return false;
}

/** The first of the taints that no toleration puts up with. */
export function firstUntolerated(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] | undefined,
): Taint | undefined {
  for (const taint of taints) if (!tolerates(tolerations, taint)) return taint;
  return undefined;
}

/** Whether the taint keeps pods off the node; PreferNoSchedule only makes it less wanted. */
export function forbidsScheduling({ effect }: Taint): boolean {
  return effect === "NoSchedule" || effect === "NoExecute";
}
