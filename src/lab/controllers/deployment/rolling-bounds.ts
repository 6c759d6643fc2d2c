import type { Deployment } from "../../../kube/types/index.ts";
import { scaledValue } from "../shared/int-or-percent.ts";

/** How many pods a rolling update may have above, and lack below, the number asked for. */
export interface RollingBounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/**
 * The bounds in pods: shares of surge round up, of unavailability down, and as both at zero would let nothing move,
 * one pod may then be unavailable. Recreate knows no bounds.
 */
export function rollingBounds({ spec }: Deployment): RollingBounds {
  const rolling = spec.strategy.rollingUpdate;
  if (spec.strategy.type !== "RollingUpdate" || rolling === undefined)
    return { maxSurge: 0, maxUnavailable: 0 };
  const maxSurge = scaledValue(rolling.maxSurge, spec.replicas, "up");
  const unavailable = scaledValue(rolling.maxUnavailable, spec.replicas, "down");
  const maxUnavailable = maxSurge === 0 && unavailable === 0 ? 1 : unavailable;
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, spec.replicas) };
}
