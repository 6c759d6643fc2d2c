import type { Container as ContainerSpec, Pod } from "../../../kube/types/index.ts";
import { type ContainerPlace, findContainer } from "../host/container.ts";
import type { Routine } from "../routine.ts";
import { configProblem } from "./container-config.ts";
import { isSidecar, podTitle } from "./container-kinds.ts";
import type { StartFailure } from "./container-status.ts";
import { goDuration } from "./image-manager.ts";
import { containerPath } from "./kubelet-context.ts";
import { mountProblem } from "./mount-paths.ts";
import type { PodServices } from "./pod-services.ts";

/** Creating and starting a container whose image is there. */
const START_MS = [60, 200] as const;

/** Starts one container of a pod, if it may start yet; tells why not otherwise. */
export function* startContainer(
  services: PodServices,
  pod: Pod,
  spec: ContainerSpec,
): Routine<StartFailure | undefined> {
  const { context, images } = services;
  const held = heldBack(services, pod, spec);
  if (held !== undefined) return held;
  const failure = yield* images.ensure(pod, spec);
  if (failure !== undefined) return failure;
  const path = containerPath(pod, spec.name);
  // What a kubelet has read before it goes on using while the API server is away.
  const problem = context.isConnected()
    ? (configProblem(context.api, pod, spec) ?? mountProblem(context.api, pod, spec))
    : undefined;
  if (problem !== undefined) {
    context.tell(pod, "Warning", "Failed", `Error: ${problem}`, path);
    return { reason: "CreateContainerConfigError", message: problem };
  }
  yield context.random.between(...START_MS);
  const place = placeOf(pod, spec);
  const mounts = services.volumes.mounts(pod.metadata.uid);
  const plan = services.plan({ pod, container: spec, place, mounts });
  const earlier = findContainer(context.runtime.pod(pod.metadata.uid), spec.name);
  const attempt = earlier === undefined ? restartsBefore(services, pod, spec) : earlier.attempt + 1;
  context.tell(pod, "Normal", "Created", `Created container: ${spec.name}`, path);
  context.runtime.startContainer(pod, spec, place, attempt, plan);
  context.tell(pod, "Normal", "Started", `Started container ${spec.name}`, path);
  const postStart = spec.lifecycle?.postStart;
  if (postStart !== undefined) yield postStart.sleep === undefined ? 50 : postStart.sleep.seconds * 1000;
  return undefined;
}

/** A container that ended not long ago has to wait, longer each time. */
function heldBack(services: PodServices, pod: Pod, spec: ContainerSpec): StartFailure | undefined {
  const { context, restarts } = services;
  const ended = findContainer(context.runtime.pod(pod.metadata.uid), spec.name);
  if (ended?.state !== "exited") return undefined;
  const key = `${pod.metadata.uid}_${spec.name}`;
  if (!restarts.holdsSince(key, ended.finishedAtMs)) {
    restarts.next(key, ended.finishedAtMs);
    return undefined;
  }
  const title = podTitle(pod);
  const text = `Back-off restarting failed container ${spec.name} in pod ${title}`;
  context.tell(pod, "Warning", "BackOff", text, containerPath(pod, spec.name));
  const pause = goDuration(restarts.delayMs(key));
  return {
    reason: "CrashLoopBackOff",
    message: `back-off ${pause} restarting failed container=${spec.name} pod=${title}`,
  };
}

function placeOf(pod: Pod, spec: ContainerSpec): ContainerPlace {
  if (pod.spec.ephemeralContainers?.some(({ name }) => name === spec.name)) return "ephemeral";
  if (!pod.spec.initContainers?.some(({ name }) => name === spec.name)) return "regular";
  return isSidecar(spec) ? "sidecar" : "init";
}

/** The runtime has forgotten it, the logs have not: counting goes on from what was reported. */
function restartsBefore({ statuses }: PodServices, pod: Pod, spec: ContainerSpec): number {
  const { containerStatuses = [], initContainerStatuses = [] } = statuses.get(pod);
  const status = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === spec.name);
  return status?.containerID === undefined ? 0 : status.restartCount + 1;
}
