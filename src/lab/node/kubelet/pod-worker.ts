import { deepEqual } from "../../../base/deep.ts";
import { secondsOf } from "../../../kube/seconds.ts";
import type { Container as ContainerSpec, Pod } from "../../../kube/types/index.ts";
import type { Timer } from "../../../time/engine.ts";
import { type Routine, runRoutine } from "../routine.ts";
import { isSidecar } from "./container-kinds.ts";
import { startContainer } from "./container-start.ts";
import type { StartFailure } from "./container-status.ts";
import { machineNow } from "./kubelet-context.ts";
import { type PodActions, podActions } from "./pod-actions.ts";
import { graceSecondsOf, killContainer, killPod } from "./pod-killing.ts";
import type { PodServices } from "./pod-services.ts";
import { podStatus, type Verdicts } from "./pod-status.ts";

/** kubelet.go and pod_workers.go: after a sync that did not get everything done. */
const RETRY_MS = 10_000;
const RETRY_JITTER = 0.5;

type State = "syncing" | "terminating" | "terminated";

/** How a pod is to be ended, when nobody has deleted it in the ordinary way. */
export interface Ending {
  /** Instead of the pod's own. */
  readonly graceSeconds?: number;
  /** What the pod is reported to have failed of. */
  readonly failure?: Verdicts;
}

/** Sees one pod through on its node: started, kept running, ended, cleaned up. A pod that was ended never runs again. */
export class PodWorker {
  readonly uid: string;
  readonly #services: PodServices;
  #pod: Pod;
  #state: State = "syncing";
  #pending = true;
  #wake: (() => void) | undefined;
  #lastSyncMs: number | undefined;
  #startFailures = new Map<string, StartFailure>();
  #failure: Verdicts | undefined;
  #graceSeconds: number | undefined;
  #retry: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(services: PodServices, pod: Pod, onTerminated: (worker: PodWorker) => void) {
    this.uid = pod.metadata.uid;
    this.#services = services;
    this.#pod = pod;
    this.#see(pod);
    runRoutine(services.context.agenda, this.#work(), () => onTerminated(this));
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** Whether something of the pod might still run. */
  get mayRun(): boolean {
    return this.#state !== "terminated";
  }

  get isTerminating(): boolean {
    return this.#state !== "syncing";
  }

  /** The pod's object has changed. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    this.#see(pod);
    const isDeleted = pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp;
    // A change of nothing but the status is our own doing, or will be put right by the status manager.
    const isOfInterest =
      pod.metadata.generation !== before.metadata.generation ||
      !deepEqual(pod.spec, before.spec) ||
      hasGateChange(before, pod);
    if (isDeleted || isOfInterest) this.requestSync();
  }

  /** Looks at the pod again soon. */
  requestSync(): void {
    this.#pending = true;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Ends the pod. */
  terminate(ending: Ending = {}): void {
    if (this.#state !== "syncing") return;
    this.#state = "terminating";
    this.#failure ??= ending.failure;
    this.#graceSeconds = ending.graceSeconds;
    this.#services.volumes.cancel(this.uid);
    this.requestSync();
  }

  /** What the object itself asks for: a pod that is deleted, or over already, is only to be ended. */
  #see(pod: Pod): void {
    const { phase } = pod.status;
    const isOver = this.#lastSyncMs === undefined && (phase === "Succeeded" || phase === "Failed");
    if (pod.metadata.deletionTimestamp !== undefined || isOver) this.terminate();
  }

  *#work(): Routine {
    const { agenda } = this.#services.context;
    for (;;) {
      if (!this.#pending) yield (wake) => (this.#wake = wake);
      this.#pending = false;
      yield* this.#waitForRelist();
      if (this.#state === "terminating") {
        yield* this.#end();
        return;
      }
      this.#retry?.cancel();
      const outcome = yield* this.#sync();
      this.#lastSyncMs = agenda.engine.now();
      if (outcome === "terminal") this.terminate();
      if (outcome === "failed") {
        const pauseMs = this.#services.context.random.jitter(RETRY_MS, RETRY_JITTER);
        this.#retry = agenda.after(pauseMs, () => this.requestSync());
      }
    }
  }

  /** A worker does not act twice on the same look at the container runtime. */
  *#waitForRelist(): Routine {
    if (this.#lastSyncMs === undefined) return;
    const now = this.#services.context.agenda.engine.now();
    const seenMs = this.#services.relist.after(this.#lastSyncMs);
    if (seenMs > now) yield seenMs - now;
  }

  *#sync(): Routine<"done" | "failed" | "terminal"> {
    const { context, statuses, volumes, prober } = this.#services;
    const pod = this.#pod;
    this.#watchDeadline(pod);
    const { phase } = this.#report(pod, false);
    if (phase === "Succeeded" || phase === "Failed") return "terminal";
    const mounting = yield* volumes.mountAll(pod);
    if (mounting.kind === "cancelled") return "done";
    if (mounting.kind === "unprocessed") context.tell(pod, "Warning", "FailedMount", mounting.message);
    if (mounting.kind !== "mounted") return "failed";
    prober.add(pod);
    const actions = podActions(pod, context.runtime.pod(this.uid), prober);
    const wentWell = yield* this.#carryOut(pod, actions);
    if (statuses.has(this.uid)) this.#services.prober.poke(this.uid);
    return wentWell ? "done" : "failed";
  }

  *#carryOut(pod: Pod, actions: PodActions): Routine<boolean> {
    const { context } = this.#services;
    const { runtime, random } = context;
    if (actions.createSandbox && runtime.pod(this.uid).sandboxes.length > 0) {
      const text = "Pod sandbox changed, it will be killed and re-created.";
      context.tell(pod, "Normal", "SandboxChanged", text);
    }
    if (actions.killPod) yield* killPod(context, pod, runtime.pod(this.uid), undefined);
    else {
      for (const kill of actions.toKill) {
        const { container, message } = kill;
        const graceSeconds = graceSecondsOf(pod, container.spec, kill);
        yield* killContainer(context, pod, container, { message, graceSeconds });
      }
    }
    if (actions.createSandbox) {
      yield random.between(150, 500);
      runtime.createSandbox(pod);
    }
    let allStarted = true;
    for (const spec of actions.ephemeralToStart) {
      const isStarted = yield* this.#start(pod, spec);
      if (!isStarted) allStarted = false;
    }
    for (const spec of actions.initToStart) {
      const isStarted = yield* this.#start(pod, spec);
      if (!isStarted) allStarted = false;
      if (!isStarted && !isSidecar(spec)) return false;
    }
    for (const spec of actions.toStart) {
      const isStarted = yield* this.#start(pod, spec);
      if (!isStarted) allStarted = false;
    }
    return allStarted;
  }

  *#start(pod: Pod, spec: ContainerSpec): Routine<boolean> {
    const failure = yield* startContainer(this.#services, pod, spec);
    if (failure === undefined) this.#startFailures.delete(spec.name);
    else this.#startFailures.set(spec.name, failure);
    return failure === undefined;
  }

  *#end(): Routine {
    const { context, prober, volumes, statuses, images, restarts } = this.#services;
    this.#retry?.cancel();
    this.#deadline?.cancel();
    this.#report(this.#pod, false);
    prober.stopLivenessAndStartup(this.#pod);
    const graceSeconds = endingGraceSeconds(this.#pod, this.#graceSeconds);
    yield* killPod(context, this.#pod, context.runtime.pod(this.uid), graceSeconds);
    prober.remove(this.uid);
    this.#state = "terminated";
    this.#report(this.#pod, true);
    this.#lastSyncMs = context.agenda.engine.now();
    yield* this.#waitForRelist();
    this.#report(this.#pod, true);
    yield* volumes.unmountAll(this.#pod);
    images.forget(this.uid);
    restarts.forget(`${this.uid}_`);
    statuses.finish(this.#pod);
  }

  #report(pod: Pod, isTerminal: boolean) {
    const { context, statuses, prober } = this.#services;
    const machine = context.machine();
    const status = podStatus({
      pod,
      runtime: context.runtime.pod(this.uid),
      previous: statuses.get(pod),
      readiness: prober,
      startFailures: this.#startFailures,
      hostIp: machine.ip,
      failure: this.#failure,
      isTerminal,
      nowMs: machineNow(context),
      clockOffsetMs: machine.clockOffsetMs,
    });
    statuses.set(pod, status);
    prober.poke(this.uid);
    return status;
  }

  /** activeDeadlineSeconds counts from the pod's start on this node. */
  #watchDeadline(pod: Pod): void {
    const seconds = pod.spec.activeDeadlineSeconds;
    const startTime = this.#services.statuses.get(pod).startTime;
    if (seconds === undefined || startTime === undefined || this.#failure !== undefined) return;
    const { context } = this.#services;
    const dueMs = Date.parse(startTime) - context.machine().clockOffsetMs + secondsOf(seconds) * 1000;
    if (context.agenda.engine.now() >= dueMs) {
      const message = "Pod was active on the node longer than the specified deadline";
      this.#failure = { reason: "DeadlineExceeded", message };
      context.tell(pod, "Normal", "DeadlineExceeded", message);
    } else if (!this.#deadline?.pending) {
      this.#deadline = context.agenda.at(dueMs, () => this.requestSync());
    }
  }
}

/** What the object says goes first; somebody in a hurry can only shorten it. */
function endingGraceSeconds(pod: Pod, override: number | undefined): number {
  const deletion = pod.metadata.deletionGracePeriodSeconds;
  const asked = [deletion, override].filter((seconds) => seconds !== undefined && seconds > 0);
  if (asked.length > 0) return Math.min(...(asked as number[]));
  return deletion === undefined && override === undefined
    ? secondsOf(pod.spec.terminationGracePeriodSeconds)
    : 1;
}

function hasGateChange(before: Pod, after: Pod): boolean {
  const gates = after.spec.readinessGates ?? [];
  const of = (pod: Pod, type: string) => pod.status.conditions?.find((each) => each.type === type)?.status;
  return gates.some(({ conditionType }) => of(before, conditionType) !== of(after, conditionType));
}
