import type { Pod } from "../../kube/types/index.ts";
import type { SchedulingAlgorithm } from "../../scheduler/algorithm.ts";
import type { Nominator } from "../../scheduler/nominator.ts";
import type { SchedulingQueue } from "../../scheduler/queue/scheduling-queue.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import type { LabContext } from "../context.ts";

/** What the parts of the running scheduler share. */
export interface SchedulerState {
  readonly context: LabContext;
  readonly snapshot: Snapshot;
  readonly nominator: Nominator;
  readonly queue: SchedulingQueue;
  readonly algorithm: SchedulingAlgorithm;
  /** By uid, the pods that this scheduler is responsible for and that have no node yet. */
  readonly pending: Map<string, Pod>;
  /** Uids of pods whose node is chosen and whose binding is under way. */
  readonly assumed: Set<string>;
  /** Uids of pods for which others are being evicted. */
  readonly preempting: Set<string>;
  /** Looks whether there is something to do: to be called after changing the queue other than by following the cluster. */
  readonly wake: () => void;
}

/** The pods that this scheduler schedules. */
export const SCHEDULER_NAME = "default-scheduler";

/** How long a request to the API server takes, with all that goes with it. */
export function requestDelayMs({ context: { engine } }: SchedulerState): number {
  return engine.random(`${SCHEDULER_NAME}/requests`).between(1, 6);
}
