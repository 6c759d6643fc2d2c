import type { DaemonSetStatus } from "../../../kube/types/index.ts";
import { nonZero } from "../shared/fields.ts";
import { isPodAvailable, isPodReady } from "../shared/pod-state.ts";
import { isUpdated } from "./daemon-template.ts";
import { byPrecedence, type DaemonView } from "./plan.ts";

/** Nodes that should have a pod, have one, have one without wanting it; of the pods that count, ready, available, new ones. */
export function daemonStatus({ set, hash, fits, podsByNode, nowMs }: DaemonView): DaemonSetStatus {
  let desiredNumberScheduled = 0;
  let currentNumberScheduled = 0;
  let numberMisscheduled = 0;
  let numberReady = 0;
  let numberAvailable = 0;
  let updatedNumberScheduled = 0;
  for (const [node, { shouldRun }] of fits) {
    const [counted] = (podsByNode.get(node) ?? []).toSorted(byPrecedence);
    if (!shouldRun) {
      if (counted !== undefined) numberMisscheduled++;
      continue;
    }
    desiredNumberScheduled++;
    if (counted === undefined) continue;
    currentNumberScheduled++;
    if (isPodReady(counted)) numberReady++;
    if (isPodAvailable(counted, set.spec.minReadySeconds ?? 0, nowMs)) numberAvailable++;
    if (isUpdated(set, counted, hash)) updatedNumberScheduled++;
  }
  const { collisionCount, conditions } = set.status;
  return {
    currentNumberScheduled,
    numberMisscheduled,
    desiredNumberScheduled,
    numberReady,
    ...nonZero({
      observedGeneration: set.metadata.generation ?? 0,
      updatedNumberScheduled,
      numberAvailable,
      numberUnavailable: desiredNumberScheduled - numberAvailable,
    }),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions !== undefined && { conditions }),
  };
}
