import { secondsOf } from "../../../kube/seconds.ts";
import type { Container as ContainerSpec, LifecycleHandler, Pod } from "../../../kube/types/index.ts";
import type { Container, RuntimePod } from "../host/container.ts";
import { type Routine, together } from "../routine.ts";
import { isSidecar } from "./container-kinds.ts";
import { containerPath, type KubeletContext } from "./kubelet-context.ts";
import type { ContainerKill } from "./pod-actions.ts";

/** kuberuntime_container.go: a container gets at least so long between SIGTERM and SIGKILL. */
const GRACE_SECONDS_MIN = 2;

/** Stops one container: preStop hook, SIGTERM, SIGKILL when the time is up. */
export function* killContainer(
  context: KubeletContext,
  pod: Pod,
  container: Container,
  options: {
    readonly message?: string;
    readonly graceSeconds: number;
    /** Goes on when it is this container's turn to end. */
    readonly turn?: (graceSeconds: number) => Routine;
  },
): Routine {
  if (container.state !== "running") return;
  const { engine } = context.agenda;
  const message = options.message ?? `Stopping container ${container.name}`;
  context.tell(pod, "Normal", "Killing", message, containerPath(pod, container.name));
  let grace = options.graceSeconds;
  const preStop = container.spec.lifecycle?.preStop;
  if (preStop !== undefined && grace > 0) {
    const hookMs = Math.min(hookDurationMs(preStop), grace * 1000);
    yield hookMs;
    grace -= Math.floor(hookMs / 1000);
  }
  if (options.turn !== undefined && grace > 0) {
    const beganMs = engine.now();
    yield* options.turn(grace);
    grace -= Math.floor((engine.now() - beganMs) / 1000);
  }
  yield* context.runtime.stop(context.agenda, container, Math.max(grace, GRACE_SECONDS_MIN) * 1000);
}

/** Stops everything that a pod has, its own containers first, its sidecars after them from the last to the first. */
export function* killPod(
  context: KubeletContext,
  pod: Pod,
  runtime: RuntimePod,
  graceOverride: number | undefined,
): Routine {
  const running = runtime.containers.filter(({ state }) => state === "running");
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name);
  yield* together(
    context.agenda,
    running.map((container) => {
      const before = mustEndBefore(pod, sidecars, container, running);
      return killContainer(context, pod, container, {
        graceSeconds: graceOverride ?? graceSecondsOf(pod, container.spec),
        ...(before.length > 0 && { turn: (grace: number) => allEnded(context, before, grace) }),
      });
    }),
  );
  context.runtime.stopSandbox(pod.metadata.uid);
}

/** How long a container has to end: a probe that asks for its death may have its own say. */
export function graceSecondsOf(pod: Pod, spec: ContainerSpec, kill?: ContainerKill): number {
  const deletion = pod.metadata.deletionGracePeriodSeconds;
  if (deletion !== undefined) return deletion;
  const probe = kill?.probe === undefined ? undefined : spec[`${kill.probe}Probe`];
  return secondsOf(probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds);
}

function mustEndBefore(
  pod: Pod,
  sidecars: readonly string[],
  container: Container,
  running: readonly Container[],
): Container[] {
  const index = sidecars.indexOf(container.name);
  if (index < 0) return [];
  const names = new Set([...pod.spec.containers.map(({ name }) => name), ...sidecars.slice(index + 1)]);
  return running.filter(({ name }) => names.has(name));
}

function* allEnded(context: KubeletContext, containers: readonly Container[], graceSeconds: number): Routine {
  const { agenda, runtime } = context;
  const deadlineMs = agenda.engine.now() + graceSeconds * 1000;
  for (const container of containers) {
    if (container.state !== "running") continue;
    yield (wake) => {
      const deadline = agenda.at(deadlineMs, wake);
      runtime.onceEnded(container, () => {
        deadline.cancel();
        wake();
      });
    };
  }
}

/** How long a hook takes: as long as it says it sleeps, or a moment. */
function hookDurationMs(hook: LifecycleHandler): number {
  if (hook.sleep !== undefined) return hook.sleep.seconds * 1000;
  const command = hook.exec?.command?.join(" ") ?? "";
  const slept = /\bsleep\s+(\d+(?:\.\d+)?)/.exec(command);
  return slept === null ? 100 : Number(slept[1]) * 1000;
}
