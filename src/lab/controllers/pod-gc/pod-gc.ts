/**
 * Deletes, by force, pods that no kubelet will ever end: those of nodes that are gone, those being deleted that were never
 * bound or whose node is declared out of service, and ended ones beyond the threshold.
 *
 * The real controller looks every 20 seconds; here the passes are run that have something to look at, at the same moments.
 * A node that is missing is given a quarantine first: its object may only have been late.
 */
import { setCondition } from "../../../kube/conditions.ts";
import { nodes, pods } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Node, Pod, PodStatus } from "../../../kube/types/index.ts";
import type { ControllerFactory, LabContext, Part } from "../../context.ts";
import { LazyLoop } from "../shared/lazy-loop.ts";
import { isPodTerminal } from "../shared/pod-state.ts";
import { watchAll } from "../shared/watch.ts";
import {
  abandonedReason,
  type GarbageReason,
  isOutOfService,
  sortForDeletion,
  surplusTerminated,
  TERMINATED_PODS_MAX,
} from "./garbage.ts";

const NAME = "pod-garbage-collector-controller";

/** Cleans up after kubelets that are not there. */
export const podGc: ControllerFactory = (context) => new PodGc(context);

class PodGc implements Part {
  readonly name = NAME;
  readonly #context: LabContext;
  readonly #loop: LazyLoop;
  /** Missing nodes, and from when on a pass may believe that they are gone. */
  readonly #quarantine = new Map<string, number>();
  #ended = 0;

  constructor(context: LabContext) {
    this.#context = context;
    this.#loop = new LazyLoop(context.engine, {
      name: NAME,
      periodMs: context.timing.podGcPeriodMs,
      pass: (nowMs) => this.#pass(nowMs),
    });
  }

  start(): void {
    const { api } = this.#context;
    this.#loop.start();
    watchAll(api, nodes, ({ type, object, previous }) => {
      if (type === "DELETED" || (isOutOfService(object) && !(previous && isOutOfService(previous))))
        this.#loop.wake();
    });
    watchAll(api, pods, ({ type, object, previous }) => {
      const isThere = type !== "DELETED";
      this.#ended +=
        Number(isThere && isPodTerminal(object)) - Number(previous !== undefined && isPodTerminal(previous));
      if (isThere && this.#concerns(object)) this.#loop.wake();
    });
  }

  /** Whether a pass may find something to do about the pod. */
  #concerns(pod: Pod): boolean {
    if (this.#ended > TERMINATED_PODS_MAX) return true;
    const { nodeName } = pod.spec;
    if (nodeName !== undefined && this.#node(nodeName) === undefined) return true;
    return abandonedReason(pod, (name) => this.#node(name)) !== undefined;
  }

  #node(name: string): Node | undefined {
    return this.#context.api.get(nodes, undefined, name);
  }

  #pass(nowMs: number): void {
    let isDone = true;
    const all = this.#context.api.list(pods);
    for (const pod of surplusTerminated(all)) isDone = this.#collect(pod, "terminated") && isDone;
    isDone = this.#collectAbandoned(all, "out-of-service") && isDone;
    isDone = this.#collectOrphans(all, nowMs) && isDone;
    isDone = this.#collectAbandoned(all, "unscheduled") && isDone;
    if (!isDone) this.#loop.wake();
  }

  #collectAbandoned(all: readonly Pod[], reason: "out-of-service" | "unscheduled"): boolean {
    const found = all.filter((pod) => abandonedReason(pod, (name) => this.#node(name)) === reason);
    let isDone = true;
    for (const pod of reason === "out-of-service" ? sortForDeletion(found) : found) {
      isDone = this.#collect(pod, reason) && isDone;
    }
    return isDone;
  }

  /** Sends missing nodes to quarantine, and deletes the pods of those that have come out of it and are missing still. */
  #collectOrphans(all: readonly Pod[], nowMs: number): boolean {
    const orphans = all.filter(
      ({ spec }) => spec.nodeName !== undefined && this.#node(spec.nodeName) === undefined,
    );
    for (const { spec } of orphans) {
      const name = spec.nodeName as string;
      if (!this.#quarantine.has(name))
        this.#quarantine.set(name, nowMs + this.#context.timing.podGcQuarantineMs);
    }
    const gone = new Set<string>();
    for (const [name, untilMs] of this.#quarantine) if (untilMs <= nowMs) gone.add(name);
    for (const name of gone) this.#quarantine.delete(name);
    let isDone = this.#quarantine.size === 0;
    for (const pod of orphans) {
      if (gone.has(pod.spec.nodeName as string)) isDone = this.#collect(pod, "orphaned") && isDone;
    }
    return isDone;
  }

  /** Marks the pod as failed, so that whoever waits for its end sees one, and deletes it without grace. */
  #collect(pod: Pod, reason: GarbageReason): boolean {
    const { api } = this.#context;
    const { namespace, name } = pod.metadata;
    try {
      if (!isPodTerminal(pod)) api.updateStatus(pods, { ...pod, status: this.#failed(pod, reason) });
      api.delete(pods, namespace, name, { gracePeriodSeconds: 0 });
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return error.reason === "NotFound";
    }
  }

  #failed({ metadata, status }: Pod, reason: GarbageReason): PodStatus {
    const { generation } = metadata;
    const observed = generation === undefined ? {} : { observedGeneration: generation };
    const failed: PodStatus = { ...status, ...observed, phase: "Failed" };
    if (reason !== "orphaned") return failed;
    const draft = {
      type: "DisruptionTarget",
      ...observed,
      status: "True",
      reason: "DeletionByPodGC",
      message: "PodGC: node no longer exists",
    } as const;
    return { ...failed, conditions: setCondition(status.conditions, draft, this.#context.engine.now()) };
  }
}
