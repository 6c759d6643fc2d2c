import type { Container as ContainerSpec, Pod } from "../../../kube/types/index.ts";
import type { Process } from "../apps/process.ts";

/** What a container is to its pod: an init container, one that stays beside the others, one of its own, or one to look around. */
export type ContainerPlace = "init" | "sidecar" | "regular" | "ephemeral";

/** A pod's network namespace and address. */
export interface Sandbox {
  readonly id: string;
  readonly podUid: string;
  /** The machine's own address for a pod on the host's network. */
  readonly ip: string;
  readonly attempt: number;
  readonly createdAtMs: number;
  ready: boolean;
}

/** A container as its runtime keeps it, which outlives the process in it until the container is removed. */
export interface Container {
  readonly id: string;
  readonly pod: Pod;
  readonly spec: ContainerSpec;
  readonly place: ContainerPlace;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  /** How often the pod had started this container before. */
  readonly attempt: number;
  readonly createdAtMs: number;
  readonly process: Process;
  state: "running" | "exited";
  startedAtMs: number;
  finishedAtMs: number;
  exitCode: number;
  /** "Completed", "Error", or "Unknown" when the machine lost power under it. */
  reason: string;
}

/** Everything that a machine's container runtime has of one pod. */
export interface RuntimePod {
  readonly uid: string;
  /** Newest first. */
  readonly sandboxes: readonly Sandbox[];
  /** Newest first; of each name the newest and the one before. */
  readonly containers: readonly Container[];
}

/** The newest container of that name. */
export function findContainer(pod: RuntimePod, name: string): Container | undefined {
  return pod.containers.find((container) => container.name === name);
}

/** The sandbox that the pod lives in now. */
export function readySandbox(pod: RuntimePod): Sandbox | undefined {
  const newest = pod.sandboxes[0];
  return newest?.ready ? newest : undefined;
}
