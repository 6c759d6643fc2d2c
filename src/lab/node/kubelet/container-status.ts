import { formatTime } from "../../../kube/time.ts";
import type { ContainerState, ContainerStatus, Pod } from "../../../kube/types/index.ts";
import type { Container as ContainerSpec } from "../../../kube/types/pod.ts";
import type { Container, RuntimePod } from "../host/container.ts";
import { needsStart } from "./pod-actions.ts";

/** Why a container could not be started when that was last tried: what its status shows while it waits. */
export interface StartFailure {
  readonly reason: string;
  readonly message: string;
}

/** What the statuses of a pod's containers follow from. */
export interface ContainerStatusInput {
  readonly pod: Pod;
  readonly runtime: RuntimePod;
  /** What was reported before. */
  readonly previous: readonly ContainerStatus[] | undefined;
  readonly startFailures: ReadonlyMap<string, StartFailure>;
  /** How far the machine's clock is ahead. */
  readonly clockOffsetMs: number;
}

/** The statuses of one list of containers, without "ready" and "started", which probes decide. */
export function containerStatuses(
  input: ContainerStatusInput,
  specs: readonly ContainerSpec[],
  areInit: boolean,
): ContainerStatus[] {
  const statuses = specs.map((spec) => containerStatus(input, spec, areInit));
  // Init containers stay in the order in which they run.
  return areInit ? statuses : statuses.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function containerStatus(input: ContainerStatusInput, spec: ContainerSpec, isInit: boolean): ContainerStatus {
  const old = input.previous?.find((status) => status.name === spec.name);
  const [newest, before] = input.runtime.containers.filter((container) => container.name === spec.name);
  const status =
    newest === undefined
      ? statusOfAbsent(input.pod, spec, old)
      : { ...statusOf(newest, before, old, input.clockOffsetMs), ...grantedTo(spec) };
  if (isInit && newest?.state === "exited" && newest.exitCode === 0) return status;
  const failure = input.startFailures.get(spec.name);
  if (failure === undefined || !needsStart(input.pod, spec, newest)) return status;
  return {
    ...status,
    state: { waiting: failure.message === "" ? { reason: failure.reason } : { ...failure } },
    lastState: status.state.terminated === undefined ? status.lastState : status.state,
  };
}

function statusOf(
  container: Container,
  before: Container | undefined,
  old: ContainerStatus | undefined,
  offsetMs: number,
): ContainerStatus {
  return {
    containerID: `containerd://${container.id}`,
    image: container.image,
    imageID: container.imageId,
    lastState: before === undefined ? (old?.lastState ?? {}) : stateOf(before, offsetMs),
    name: container.name,
    ready: false,
    restartCount: container.attempt,
    state: stateOf(container, offsetMs),
  };
}

/** What the container may use. Resizing in place takes no time here: what was asked for is in force. */
function grantedTo({ resources, volumeMounts }: ContainerSpec): Partial<ContainerStatus> {
  return {
    resources,
    ...(resources.requests !== undefined && { allocatedResources: resources.requests }),
    ...(volumeMounts !== undefined && {
      volumeMounts: volumeMounts.map(({ name, mountPath, readOnly }) => ({
        name,
        mountPath,
        ...(readOnly && { readOnly, recursiveReadOnly: "Disabled" }),
      })),
    }),
  };
}

function stateOf(container: Container, offsetMs: number): ContainerState {
  const startedAt = formatTime(container.startedAtMs + offsetMs);
  if (container.state === "running") return { running: { startedAt } };
  return {
    terminated: {
      containerID: `containerd://${container.id}`,
      exitCode: container.exitCode,
      finishedAt: formatTime(container.finishedAtMs + offsetMs),
      reason: container.reason,
      startedAt,
    },
  };
}

/** A container that the runtime knows nothing of: not started yet, or lost together with what it was. */
function statusOfAbsent(pod: Pod, spec: ContainerSpec, old: ContainerStatus | undefined): ContainerStatus {
  if (old?.state.terminated !== undefined) return old;
  const reason = (pod.spec.initContainers?.length ?? 0) > 0 ? "PodInitializing" : "ContainerCreating";
  const status: ContainerStatus = {
    image: spec.image,
    imageID: "",
    lastState: old?.lastState ?? {},
    name: spec.name,
    ready: false,
    restartCount: old?.restartCount ?? 0,
    state: { waiting: { reason } },
  };
  if (old?.state.running === undefined || old.lastState.terminated !== undefined) return status;
  return {
    ...status,
    restartCount: status.restartCount + (pod.metadata.deletionTimestamp === undefined ? 1 : 0),
    lastState: {
      terminated: {
        exitCode: 137,
        reason: "ContainerStatusUnknown",
        message:
          "The container could not be located when the pod was deleted.  The container used to be Running",
      },
    },
  };
}
