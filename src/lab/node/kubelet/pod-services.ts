import type { Container as ContainerSpec, Pod } from "../../../kube/types/index.ts";
import type { ProcessPlan } from "../apps/process.ts";
import type { ContainerPlace } from "../host/container.ts";
import type { DataVolume } from "../volumes/data-volume.ts";
import type { Backoff } from "./backoff.ts";
import type { ImageManager } from "./image-manager.ts";
import type { KubeletContext } from "./kubelet-context.ts";
import type { Prober } from "./prober.ts";
import type { Relist } from "./relist.ts";
import type { StatusManager } from "./status-manager.ts";
import type { VolumeManager } from "./volume-manager.ts";

/** Works out what the program in a container will do. */
export type PlanProcess = (request: {
  readonly pod: Pod;
  readonly container: ContainerSpec;
  readonly place: ContainerPlace;
  /** What is mounted into the pod, by the names of its volumes. */
  readonly mounts: ReadonlyMap<string, DataVolume | undefined>;
}) => ProcessPlan;

/** What one kubelet's pod workers share. */
export interface PodServices {
  readonly context: KubeletContext;
  readonly statuses: StatusManager;
  readonly prober: Prober;
  readonly images: ImageManager;
  readonly volumes: VolumeManager;
  readonly restarts: Backoff;
  readonly relist: Relist;
  readonly plan: PlanProcess;
}
