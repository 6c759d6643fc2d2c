import { qualityOfService } from "../../../kube/quality-of-service.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Condition, ContainerStatus, Pod, PodStatus } from "../../../kube/types/index.ts";
import { type RuntimePod, readySandbox } from "../host/container.ts";
import { isSidecar } from "./container-kinds.ts";
import { containerStatuses, type StartFailure } from "./container-status.ts";
import {
  containersReadyCondition,
  isOwnedByKubelet,
  podConditions,
  readyCondition,
  type Verdict,
} from "./pod-conditions.ts";
import { podPhase } from "./pod-phase.ts";

/** What probes say about a container that runs. */
export interface Readiness {
  isStarted(pod: Pod, status: ContainerStatus): boolean;
  /** Asked only of containers that have started. */
  isReady(pod: Pod, status: ContainerStatus): boolean;
}

/** A reason to fail a pod, whatever its containers do: a deadline, an eviction. */
export interface Verdicts {
  readonly reason: string;
  readonly message: string;
  /** Reported together with the failure, when somebody disturbed the pod. */
  readonly disruption?: string;
}

/** Everything that a pod's status follows from. */
export interface PodStatusInput {
  readonly pod: Pod;
  readonly runtime: RuntimePod;
  /** The status that was reported last. */
  readonly previous: PodStatus;
  readonly readiness: Readiness;
  readonly startFailures: ReadonlyMap<string, StartFailure>;
  readonly hostIp: string;
  /** Why the pod has to fail, if it has to. */
  readonly failure: Verdicts | undefined;
  readonly isTerminal: boolean;
  /** The machine's own idea of the time. */
  readonly nowMs: number;
  readonly clockOffsetMs: number;
}

/** The status of a pod as its kubelet sees it, dated against what was reported before. */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, runtime, previous } = input;
  const own = withReadiness(input, pod.spec.containers, false);
  const init = withReadiness(input, pod.spec.initContainers ?? [], true);
  const ephemeral = ephemeralStatuses(input);
  const phase = settledPhase(input, podPhase({ pod, init, own, isTerminal: input.isTerminal }));
  const told: { readonly reason?: string; readonly message?: string } =
    input.failure ?? (phase === previous.phase ? previous : {});
  const foreign = (pod.status.conditions ?? []).filter(({ type }) => !isOwnedByKubelet(type));
  const hasSandbox = readySandbox(runtime) !== undefined;
  const verdicts = podConditions({ pod, phase, init, own, hasSandbox, foreign });
  // A pod that is over keeps the address that it had.
  const lastIp = input.isTerminal ? previous.podIP : undefined;
  const ip = pod.spec.hostNetwork ? input.hostIp : (readySandbox(runtime)?.ip ?? lastIp);
  const generation = pod.metadata.generation;
  return {
    phase,
    ...(generation !== undefined && { observedGeneration: generation }),
    conditions: [
      ...disrupted(input, foreign),
      ...verdicts.map((verdict) => dated(verdict, previous, input.nowMs, generation)),
    ],
    ...(told.message !== undefined && { message: told.message }),
    ...(told.reason !== undefined && { reason: told.reason }),
    hostIP: input.hostIp,
    hostIPs: [{ ip: input.hostIp }],
    ...(ip !== undefined && { podIP: ip, podIPs: [{ ip }] }),
    startTime: previous.startTime ?? formatTime(input.nowMs),
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: own,
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
    qosClass: previous.qosClass ?? qualityOfService(pod.spec),
  };
}

/** The same status after one container became ready or stopped being it. */
export function withContainerReady(
  pod: Pod,
  status: PodStatus,
  containerId: string,
  isReady: boolean,
  nowMs: number,
): PodStatus {
  const change = (list: readonly ContainerStatus[] | undefined) =>
    list?.map((each) => (each.containerID === containerId ? { ...each, ready: isReady } : each));
  const own = change(status.containerStatuses) ?? [];
  const init = change(status.initContainerStatuses);
  const conditions = status.conditions ?? [];
  const containersReady = containersReadyCondition({ pod, phase: status.phase, init: init ?? [], own });
  const ready = readyCondition({ pod, foreign: conditions }, containersReady);
  const generation = pod.metadata.generation;
  return {
    ...status,
    containerStatuses: own,
    ...(init !== undefined && { initContainerStatuses: init }),
    conditions: conditions.map((condition) => {
      const verdict = [ready, containersReady].find(({ type }) => type === condition.type);
      return verdict === undefined ? condition : dated(verdict, status, nowMs, generation);
    }),
  };
}

/** The same status after one container's startup probe has told. */
export function withContainerStarted(status: PodStatus, containerId: string, started: boolean): PodStatus {
  const change = (list: readonly ContainerStatus[] | undefined) =>
    list?.map((each) => (each.containerID === containerId ? { ...each, started } : each));
  const own = change(status.containerStatuses);
  const init = change(status.initContainerStatuses);
  return {
    ...status,
    ...(own !== undefined && { containerStatuses: own }),
    ...(init !== undefined && { initContainerStatuses: init }),
  };
}

/** No probe looks at them, and nobody waits for them to be ready. */
function ephemeralStatuses({ pod, runtime, previous, startFailures, clockOffsetMs }: PodStatusInput) {
  const specs = pod.spec.ephemeralContainers ?? [];
  if (specs.length === 0) return [];
  const input = { pod, runtime, previous: previous.ephemeralContainerStatuses, startFailures, clockOffsetMs };
  return containerStatuses(input, specs, false);
}

function withReadiness(
  input: PodStatusInput,
  specs: Pod["spec"]["containers"],
  areInit: boolean,
): ContainerStatus[] {
  const { pod, runtime, startFailures, clockOffsetMs, readiness } = input;
  const previous = areInit ? input.previous.initContainerStatuses : input.previous.containerStatuses;
  const statuses = containerStatuses(
    { pod, runtime, previous, startFailures, clockOffsetMs },
    specs,
    areInit,
  );
  return statuses.map((status) => {
    const started = status.state.running !== undefined && readiness.isStarted(pod, status);
    const spec = specs.find(({ name }) => name === status.name);
    if (areInit && spec !== undefined && !isSidecar(spec)) {
      return { ...status, started, ready: status.state.terminated?.exitCode === 0 };
    }
    return { ...status, started, ready: started && readiness.isReady(pod, status) };
  });
}

/** A phase that was terminal stays what it was: nothing brings a finished pod back. */
function settledPhase({ pod, previous, failure }: PodStatusInput, phase: PodStatus["phase"]) {
  for (const status of [pod.status, previous]) {
    if (status.phase === "Failed" || status.phase === "Succeeded") return status.phase;
  }
  return failure === undefined ? phase : "Failed";
}

function disrupted({ failure, nowMs, previous, pod }: PodStatusInput, foreign: readonly Condition[]) {
  const message = failure?.disruption;
  if (message === undefined) return foreign;
  const verdict: Verdict = {
    type: "DisruptionTarget",
    status: "True",
    reason: "TerminationByKubelet",
    message,
  };
  const others = foreign.filter(({ type }) => type !== verdict.type);
  return [...others, dated(verdict, previous, nowMs, pod.metadata.generation)];
}

function dated(
  verdict: Verdict,
  previous: PodStatus,
  nowMs: number,
  generation: number | undefined,
): Condition {
  const { type, status, reason, message } = verdict;
  const old = previous.conditions?.find((each) => each.type === type);
  const isKept = old?.status === status && old.reason === reason && old.message === message;
  // Most conditions stay as they are most of the time: the same object is the cheapest way to say so.
  if (isKept && old.observedGeneration === generation && old.lastProbeTime === null) return old;
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : formatTime(nowMs);
  // Field by field: every report dates several, and conditional spreads would take longer than all the rest.
  const condition: { -readonly [K in keyof Condition]?: Condition[K] } = {};
  if (generation !== undefined) condition.observedGeneration = generation;
  condition.lastProbeTime = null;
  if (lastTransitionTime !== undefined) condition.lastTransitionTime = lastTransitionTime;
  if (message !== undefined) condition.message = message;
  if (reason !== undefined) condition.reason = reason;
  condition.status = status;
  condition.type = type;
  return condition as Condition;
}
