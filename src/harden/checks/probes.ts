import { deepEqual } from "../../base/deep.ts";
import type { Container, Probe } from "../../kube/types/index.ts";

/** What a probe asks, without how often and how patiently. */
export function actionOf({ exec, httpGet, tcpSocket, grpc }: Probe): object {
  return { exec, httpGet, tcpSocket, grpc };
}

/** Whether two probes would always say the same. */
export function asksTheSame(a: Probe, b: Probe): boolean {
  return deepEqual(actionOf(a), actionOf(b));
}

/** Seconds of not answering until a container is given up. */
export function patienceOf({ periodSeconds, failureThreshold, timeoutSeconds }: Probe): number {
  return periodSeconds * (failureThreshold - 1) + timeoutSeconds;
}

export function hasNoProbe({ livenessProbe, readinessProbe, startupProbe }: Container): boolean {
  return livenessProbe === undefined && readinessProbe === undefined && startupProbe === undefined;
}
