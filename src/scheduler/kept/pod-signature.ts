import type { PodInfo } from "../pod-info.ts";

/**
 * A text that is the same for pods between which no answer that is kept makes a difference: it has everything that such an answer reads of
 * a pod. Another text for equal pods costs time and nothing else, so of the spec only containers are left out, of which their sums
 * are all that counts.
 */
export function podSignature(pod: PodInfo): string {
  const { containers: _containers, initContainers: _initContainers, ...spec } = pod.pod.spec;
  const { milliCpu, memoryBytes, ephemeralStorageBytes, scalars } = pod.requests;
  return JSON.stringify([
    pod.namespace,
    pod.labels,
    [milliCpu, memoryBytes, ephemeralStorageBytes, pod.scoredMilliCpu, pod.scoredMemoryBytes],
    [...scalars],
    pod.hostPorts,
    spec,
  ]);
}
