/**
 * What running pods use, as metrics.k8s.io tells it: made up by the nodes' side, read by horizontal autoscaling.
 */

/** What one container uses. */
export interface ContainerUsage {
  readonly name: string;
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

export interface PodMetrics {
  /** `undefined` for a pod that does not run, or not for long enough to have been measured. */
  usageOf(namespace: string, pod: string): readonly ContainerUsage[] | undefined;
}
