import type { KubeObject } from "../../../kube/types/index.ts";

/** The newest of the classes that carry one of the annotations; of equally new ones the first by name. */
export function newestDefault<T extends KubeObject>(
  classes: readonly T[],
  annotations: readonly string[],
): T | undefined {
  let newest: T | undefined;
  for (const each of classes) {
    if (!annotations.some((annotation) => each.metadata.annotations?.[annotation] === "true")) continue;
    // Lists come in order of name, so only a later one replaces what was found.
    if (newest === undefined || each.metadata.creationTimestamp > newest.metadata.creationTimestamp)
      newest = each;
  }
  return newest;
}
