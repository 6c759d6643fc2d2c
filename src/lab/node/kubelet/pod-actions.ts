import type { Container as ContainerSpec, Pod } from "../../../kube/types/index.ts";
import { type Container, findContainer, type RuntimePod, readySandbox } from "../host/container.ts";
import { isSidecar, shouldRestartAfter } from "./container-kinds.ts";

/** What a probe has last told about a container; absent while it has not told anything. */
export type ProbeVerdict = "success" | "failure" | undefined;

/** The probes' verdicts, by container id. */
export interface ProbeResults {
  liveness(containerId: string): ProbeVerdict;
  startup(containerId: string): ProbeVerdict;
}

/** A container that has to end, and why. */
export interface ContainerKill {
  readonly container: Container;
  readonly message: string;
  /** Whose own grace period applies, if it has one. */
  readonly probe?: "liveness" | "startup";
}

/** What has to happen so that a pod is as its spec says. */
export interface PodActions {
  /** Stop everything the pod has: it is to start over, or it is done. */
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  readonly initToStart: readonly ContainerSpec[];
  readonly toStart: readonly ContainerSpec[];
  readonly ephemeralToStart: readonly ContainerSpec[];
  readonly toKill: readonly ContainerKill[];
}

/** Compares a pod with what runs of it, as kuberuntime's computePodActions does. */
export function podActions(pod: Pod, runtime: RuntimePod, probes: ProbeResults): PodActions {
  if (readySandbox(runtime) === undefined) return actionsWithoutSandbox(pod, runtime);
  const init = initActions(pod, runtime, probes);
  if (init.failed) return { ...NOTHING, killPod: true, toKill: init.toKill };
  const actions = {
    ...NOTHING,
    initToStart: init.toStart,
    toStart: [] as ContainerSpec[],
    ephemeralToStart: newEphemeral(pod, runtime),
    toKill: [...init.toKill],
  };
  if (!init.done) return actions;
  let kept = 0;
  for (const spec of pod.spec.containers) {
    const container = findContainer(runtime, spec.name);
    if (container?.state !== "running") {
      if (needsStart(pod, spec, container)) actions.toStart.push(spec);
      continue;
    }
    const kill = reasonToKill(pod, spec, container, probes);
    if (kill === undefined) {
      kept++;
      continue;
    }
    if (kill.restart) actions.toStart.push(spec);
    actions.toKill.push(kill);
  }
  if (kept > 0 || actions.toStart.length > 0) return actions;
  return { ...actions, killPod: true, initToStart: [], ephemeralToStart: [] };
}

const NOTHING: PodActions = {
  killPod: false,
  createSandbox: false,
  initToStart: [],
  toStart: [],
  ephemeralToStart: [],
  toKill: [],
};

/** They run once, whenever the pod has a sandbox, and never again. */
function newEphemeral(pod: Pod, runtime: RuntimePod): readonly ContainerSpec[] {
  return (pod.spec.ephemeralContainers ?? []).filter(
    (spec) => findContainer(runtime, spec.name) === undefined,
  );
}

/** Whether a container that does not run is to be started, now that its turn has come. */
export function needsStart(pod: Pod, spec: ContainerSpec, container: Container | undefined): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (container === undefined) return true;
  if (container.state === "running") return false;
  return shouldRestartAfter(pod, spec, container.exitCode);
}

function actionsWithoutSandbox(pod: Pod, runtime: RuntimePod): PodActions {
  const nothing = { ...NOTHING, killPod: true };
  const isAgain = runtime.sandboxes.length > 0;
  if (pod.spec.restartPolicy === "Never" && isAgain && runtime.containers.length > 0) return nothing;
  const toStart = pod.spec.containers.filter((spec) => {
    const container = findContainer(runtime, spec.name);
    const isDone = container?.state === "exited" && container.exitCode === 0;
    return !(pod.spec.restartPolicy === "OnFailure" && isDone);
  });
  const hasStarted = pod.spec.containers.some((spec) => findContainer(runtime, spec.name) !== undefined);
  if (toStart.length === 0 && hasStarted) return nothing;
  const firstInit = pod.spec.initContainers?.[0];
  if (firstInit !== undefined) return { ...nothing, createSandbox: true, initToStart: [firstInit] };
  return { ...nothing, createSandbox: true, toStart };
}

interface InitActions {
  /** An init container has failed for good. */
  readonly failed: boolean;
  /** Every init container has done its part: the pod's own containers may run. */
  readonly done: boolean;
  readonly toStart: readonly ContainerSpec[];
  readonly toKill: readonly ContainerKill[];
}

/** Walks the init containers from the last to the first: the last one that has started tells how far the pod has come. */
function initActions(pod: Pod, runtime: RuntimePod, probes: ProbeResults): InitActions {
  const specs = pod.spec.initContainers ?? [];
  const toStart: ContainerSpec[] = [];
  const toKill: ContainerKill[] = [];
  const ownRuns = pod.spec.containers.some((spec) => findContainer(runtime, spec.name)?.state === "running");
  let done = specs.length === 0 || ownRuns;
  let passed = ownRuns;
  for (let i = specs.length - 1; i >= 0; i--) {
    const spec = specs[i] as ContainerSpec;
    const container = findCurrent(runtime, spec.name);
    if (container === undefined) {
      if (passed && isSidecar(spec)) toStart.unshift(spec);
      continue;
    }
    if (passed && !isSidecar(spec)) continue;
    const isLast = i === specs.length - 1;
    const next = specs[i + 1];
    const isThrough = isSidecar(spec)
      ? container.state === "running" && isStarted(spec, container, probes)
      : container.state === "exited" && container.exitCode === 0;
    if (isThrough) {
      if (isLast) done = true;
      else if (!passed && next !== undefined) toStart.unshift(next);
    }
    if (isSidecar(spec)) {
      const kill = container.state === "running" ? reasonToKill(pod, spec, container, probes) : undefined;
      if (kill !== undefined) toKill.push(kill);
      if (kill !== undefined || container.state === "exited") toStart.unshift(spec);
    } else if (container.state === "exited" && container.exitCode !== 0) {
      if (pod.spec.restartPolicy === "Never") return { failed: true, done: false, toStart: [], toKill };
      toStart.unshift(spec);
    }
    passed = true;
  }
  const first = specs[0];
  if (!passed && first !== undefined) toStart.unshift(first);
  return { failed: false, done, toStart, toKill };
}

/** An init container of an earlier sandbox has to run again: it does not count. */
function findCurrent(runtime: RuntimePod, name: string): Container | undefined {
  const container = findContainer(runtime, name);
  const sandbox = runtime.sandboxes[0];
  if (container === undefined || sandbox === undefined) return undefined;
  return container.createdAtMs >= sandbox.createdAtMs ? container : undefined;
}

function isStarted(spec: ContainerSpec, container: Container, probes: ProbeResults): boolean {
  return spec.startupProbe === undefined || probes.startup(container.id) === "success";
}

function reasonToKill(
  pod: Pod,
  spec: ContainerSpec,
  container: Container,
  probes: ProbeResults,
): (ContainerKill & { readonly restart: boolean }) | undefined {
  const title = isSidecar(spec) ? "Init container" : "Container";
  const again = pod.spec.restartPolicy !== "Never";
  const found = (message: string, restart: boolean, probe?: "liveness" | "startup") => ({
    container,
    // Only a pod's own containers say in the message that they will come back.
    message: restart && !isSidecar(spec) ? `${message}, will be restarted` : message,
    restart,
    ...(probe !== undefined && { probe }),
  });
  if (container.spec.image !== spec.image) return found(`${title} ${spec.name} definition changed`, true);
  if (probes.liveness(container.id) === "failure") {
    return found(`${title} ${spec.name} failed liveness probe`, again, "liveness");
  }
  if (probes.startup(container.id) === "failure") {
    return found(`${title} ${spec.name} failed startup probe`, again, "startup");
  }
  return undefined;
}
