import type { RandomStream } from "../../../base/random.ts";
import type { Timing } from "../../../kube/timing.ts";
import type { KubeObject, Pod } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import type { Agenda } from "../agenda.ts";
import type { ContainerRuntime } from "../host/container-runtime.ts";
import type { Machine } from "../world.ts";

/** Says something about an object, as a client-go recorder on that node would. */
export type TellEvent = (
  object: KubeObject,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
  fieldPath?: string,
) => void;

/** What every part of one kubelet is given. */
export interface KubeletContext {
  readonly nodeName: string;
  /** The kubelet process's own work: gone when it stops, held back while it hangs. */
  readonly agenda: Agenda;
  readonly api: Api;
  readonly timing: Timing;
  readonly random: RandomStream;
  readonly runtime: ContainerRuntime;
  /** Lost, as real ones are in the end, while the API server is out of reach. */
  readonly tell: TellEvent;
  readonly machine: () => Machine;
  /** Whether the API server would answer now. */
  readonly isConnected: () => boolean;
}

/** The moment by the machine's own clock. */
export function machineNow(context: KubeletContext): number {
  return context.agenda.engine.now() + context.machine().clockOffsetMs;
}

/** Where an event about one container of a pod points. */
export function containerPath(pod: Pod, name: string): string {
  const isInit = pod.spec.initContainers?.some((spec) => spec.name === name) ?? false;
  return isInit ? `spec.initContainers{${name}}` : `spec.containers{${name}}`;
}
