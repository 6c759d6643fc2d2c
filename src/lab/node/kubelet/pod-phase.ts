import type { ContainerStatus, Pod, PodPhase } from "../../../kube/types/index.ts";
import { isSidecar, shouldRestartAfter } from "./container-kinds.ts";

/** What a pod's containers say about its phase, and what else has to be known for it. */
export interface PhaseInput {
  readonly pod: Pod;
  readonly init: readonly ContainerStatus[];
  readonly own: readonly ContainerStatus[];
  /** Nothing of the pod will be started any more. */
  readonly isTerminal: boolean;
}

/** The phase of a pod, as kubelet's getPhase tells it. */
export function podPhase({ pod, init, own, isTerminal }: PhaseInput): PodPhase {
  const counts = { pendingInit: 0, pendingSidecars: 0, running: 0, waiting: 0, stopped: 0, succeeded: 0 };
  let stoppedForGood = 0;
  const restarts = (name: string, exitCode: number) => {
    const spec = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((c) => c.name === name);
    return spec !== undefined && shouldRestartAfter(pod, spec, exitCode);
  };

  for (const status of init) {
    const spec = pod.spec.initContainers?.find(({ name }) => name === status.name);
    if (spec !== undefined && isSidecar(spec)) countSidecar(status, counts);
    else {
      const ended = status.state.terminated ?? (status.state.waiting && status.lastState.terminated);
      if (ended === undefined) counts.pendingInit++;
      else if (ended.exitCode !== 0 && !restarts(status.name, ended.exitCode)) return "Failed";
    }
  }
  for (const status of own) {
    const ended = status.state.terminated ?? (status.state.waiting && status.lastState.terminated);
    if (status.state.running !== undefined) counts.running++;
    else if (ended === undefined) counts.waiting++;
    else {
      counts.stopped++;
      if (!restarts(status.name, ended.exitCode)) stoppedForGood++;
      // A container that waits for its next start has not succeeded, however it ended.
      if (status.state.terminated?.exitCode === 0) counts.succeeded++;
    }
  }

  const hasStarted = own.some((status) => status.state.running !== undefined);
  if (counts.pendingInit > 0 || (counts.pendingSidecars > 0 && !hasStarted)) return "Pending";
  if (counts.waiting > 0) return "Pending";
  if (counts.running > 0) return "Running";
  if (counts.stopped === 0) return "Pending";
  if (!isTerminal && counts.stopped !== stoppedForGood) return "Running";
  return counts.stopped === counts.succeeded ? "Succeeded" : "Failed";
}

function countSidecar(
  status: ContainerStatus,
  counts: { pendingSidecars: number; running: number; waiting: number },
): void {
  if (status.state.running !== undefined) {
    if (!status.started) counts.pendingSidecars++;
    counts.running++;
  } else if (status.state.terminated === undefined && status.lastState.terminated === undefined) {
    counts.pendingSidecars++;
    counts.waiting++;
  }
}
