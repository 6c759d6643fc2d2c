/**
 * The lab's running scheduler: kube-scheduler around the algorithm in `src/scheduler/`. It follows the cluster, tries one pod
 * after the other, binds what it places and says why it cannot place the rest.
 *
 * Data goes: API changes → snapshot and queue (`follow-cluster`) → an attempt here → `binding-cycle`, with `volume-binder`
 * before it where claims wait, or `failure`, with `evict-victims` where room can be made. An attempt is one moment; everything
 * that asks the API server to write comes a little later. Nothing here decides where a pod goes.
 */

import { unreachable } from "../base/invariant.ts";
import { type Outcome, SchedulingAlgorithm } from "../scheduler/algorithm.ts";
import { Nominator } from "../scheduler/nominator.ts";
import { PluginError } from "../scheduler/plugin-error.ts";
import { type Preemption, postFilterMessage, preempt } from "../scheduler/preemption/preempt.ts";
import type { QueuedPod } from "../scheduler/queue/queued-pod.ts";
import { SchedulingQueue } from "../scheduler/queue/scheduling-queue.ts";
import { Snapshot } from "../scheduler/snapshot.ts";
import type { Timer } from "../time/engine.ts";
import type { ControllerFactory, LabContext, Part } from "./context.ts";
import { startBinding } from "./scheduling/binding-cycle.ts";
import { evictVictims } from "./scheduling/evict-victims.ts";
import { handleFailure } from "./scheduling/failure.ts";
import { followCluster } from "./scheduling/follow-cluster.ts";
import { SCHEDULER_NAME, type SchedulerState } from "./scheduling/state.ts";
import { VolumeBinder } from "./scheduling/volume-binder.ts";

/** The cluster's one scheduler, for pods whose schedulerName is "default-scheduler". */
export const scheduler: ControllerFactory = (context) => new Scheduler(context);

/** From one attempt to the next, and from a change to the attempt that it leads to. */
const ATTEMPT_MS = [0.5, 3] as const;

class Scheduler implements Part {
  readonly name = SCHEDULER_NAME;
  readonly #state: SchedulerState;
  readonly #binder: VolumeBinder;
  #attempt: Timer | undefined;
  #flush: { readonly timer: Timer; readonly dueMs: number } | undefined;

  constructor(context: LabContext) {
    this.#state = createState(context, () => this.#arm());
    this.#binder = new VolumeBinder(this.#state);
  }

  start(): void {
    followCluster(this.#state, () => {
      this.#binder.noteChange();
      this.#arm();
    });
    this.#arm();
  }

  /** Makes sure that the next thing to do will be done: an attempt soon, or a flush of the queue when one is due. */
  #arm(): void {
    const { queue, context } = this.#state;
    const { engine } = context;
    if (queue.hasNext && !this.#attempt?.pending) {
      const delayMs = engine.random(`${SCHEDULER_NAME}/attempts`).between(...ATTEMPT_MS);
      this.#attempt = engine.after(delayMs, () => this.#scheduleOne());
    }
    const dueMs = queue.nextDueMs();
    if (this.#flush?.timer.pending && this.#flush.dueMs === dueMs) return;
    this.#flush?.timer.cancel();
    this.#flush =
      dueMs === undefined ? undefined : { dueMs, timer: engine.at(dueMs, () => this.#flushQueue()) };
  }

  #flushQueue(): void {
    this.#state.queue.flush();
    this.#arm();
  }

  #scheduleOne(): void {
    const { queue, context, assumed } = this.#state;
    const queued = queue.pop();
    if (queued !== undefined) {
      const { namespace, name, deletionTimestamp } = queued.pod.metadata;
      if (deletionTimestamp !== undefined) {
        const message = `skip schedule deleting pod: ${namespace}/${name}`;
        context.events.event(queued.pod, "Warning", "FailedScheduling", message);
      } else if (!assumed.has(queued.uid)) {
        this.#try(queued);
      }
    }
    this.#arm();
  }

  #try(queued: QueuedPod): void {
    try {
      this.#conclude(queued, this.#state.algorithm.schedule(queued.pod));
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      handleFailure(this.#state, queued, {
        reason: "SchedulerError",
        message: error.message,
        nominatedNode: "",
      });
    }
  }

  #conclude(queued: QueuedPod, outcome: Outcome): void {
    switch (outcome.kind) {
      case "scheduled":
        startBinding(this.#state, this.#binder, queued, outcome);
        return;
      case "no-nodes":
        handleFailure(this.#state, queued, {
          reason: "Unschedulable",
          message: "no nodes available to schedule pods",
          nominatedNode: "",
        });
        return;
      case "unschedulable":
        this.#makeRoom(queued, outcome);
        return;
      default:
        unreachable(outcome);
    }
  }

  #makeRoom(queued: QueuedPod, { attempt, diagnosis }: Extract<Outcome, { kind: "unschedulable" }>): void {
    const { snapshot, context } = this.#state;
    const random = context.engine.random(`${SCHEDULER_NAME}/preemption`);
    const preemption = preempt({ attempt, diagnosis, snapshot, random, nowMs: context.engine.now() });
    if (preemption.kind === "found") evictVictims(this.#state, queued.pod, preemption.candidate);
    const nominatedNode = promiseAfter(preemption);
    handleFailure(this.#state, queued, {
      reason: "Unschedulable",
      message: diagnosis.message(postFilterMessage(preemption)),
      rejectors: diagnosis.rejectors,
      ...(nominatedNode !== undefined && { nominatedNode }),
    });
  }
}

/** The node that the pod is promised after preemption: another one, none any more (""), or the same as before (nothing). */
function promiseAfter(preemption: Preemption): string | undefined {
  if (preemption.kind === "found") return preemption.candidate.nodeName;
  return preemption.kind === "helpless" ? "" : undefined;
}

function createState(context: LabContext, wake: () => void): SchedulerState {
  const { engine, timing } = context;
  const snapshot = new Snapshot();
  const nominator = new Nominator();
  const preempting = new Set<string>();
  const queue = new SchedulingQueue({
    clock: engine,
    nominator,
    backoffMs: timing.schedulerBackoffMs,
    backoffMaxMs: timing.schedulerBackoffMaxMs,
    unschedulableMaxMs: timing.schedulerUnschedulableMaxMs,
    isPreempting: (uid) => preempting.has(uid),
  });
  const random = engine.random(`${SCHEDULER_NAME}/ties`);
  const algorithm = new SchedulingAlgorithm({ snapshot, random, nominator });
  const pods = { pending: new Map(), assumed: new Set<string>(), preempting };
  return { context, snapshot, nominator, queue, algorithm, ...pods, wake };
}
