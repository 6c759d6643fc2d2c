import { deepEqual } from "../../base/deep.ts";
import type { Probe } from "../../kube/types/index.ts";
import { actionOf } from "../rules/probes.ts";

/** Whether two probes would always say the same. */
export function asksTheSame(a: Probe, b: Probe): boolean {
  return deepEqual(actionOf(a), actionOf(b));
}

/** Seconds of not answering until a container is given up. */
export function patienceOf({ periodSeconds, failureThreshold, timeoutSeconds }: Probe): number {
  return periodSeconds * (failureThreshold - 1) + timeoutSeconds;
}
