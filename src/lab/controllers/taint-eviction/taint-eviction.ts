/**
 * Deletes pods from nodes whose NoExecute taints they do not tolerate, or tolerate only for a while.
 *
 * A pod's time runs from the moment when this controller learns of the taint, not from the taint's `timeAdded`. An eviction
 * that is pending is never moved by further taints; it is called off when no taint is left, or all are tolerated for good.
 */
import { deepEqual } from "../../../base/deep.ts";
import { setCondition } from "../../../kube/conditions.ts";
import { nodes, pods } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { Node, Pod, Taint } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { Timer } from "../../../time/engine.ts";
import type { ControllerFactory, LabContext } from "../../context.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { namedOnly } from "../shared/reference.ts";
import { watchAll } from "../shared/watch.ts";
import { noExecuteTaints, planEviction } from "./eviction-plan.ts";

const NAME = "taint-eviction-controller";

/** Evicts pods from tainted nodes. */
export const taintEviction: ControllerFactory = (context) => {
  const { api, engine } = context;
  const evictions = new Evictions(context);
  const taintsByNode = new Map<string, readonly Taint[]>();

  const judge = (pod: Pod, taints: readonly Taint[]) => {
    const key = keyOf(pod);
    const plan = planEviction(taints, pod.spec.tolerations);
    if (plan.kind === "stay") evictions.cancel(key);
    else if (plan.kind === "evict-now") evictions.now(key);
    else evictions.later(key, plan.afterMs);
  };
  const nodeQueue = new WorkQueue(engine, {
    name: `${NAME}/nodes`,
    reconcile: (name) => {
      const node = api.get(nodes, undefined, name);
      const taints = noExecuteTaints(node);
      if (taints.length === 0) taintsByNode.delete(name);
      else taintsByNode.set(name, taints);
      // What a node's pods wait for goes on when the node itself is deleted.
      if (node === undefined) return;
      for (const pod of api.podsOnNode(name)) {
        if (taints.length === 0) evictions.cancel(keyOf(pod));
        else judge(pod, taints);
      }
    },
  });
  const podQueue = new WorkQueue(engine, {
    name: `${NAME}/pods`,
    reconcile: (key) => {
      const { namespace, name } = splitKey(key);
      const pod = api.get(pods, namespace, name);
      if (pod === undefined) evictions.cancel(key);
      const taints = taintsByNode.get(pod?.spec.nodeName ?? "");
      if (pod !== undefined && taints !== undefined) judge(pod, taints);
    },
  });

  return {
    name: NAME,
    start() {
      watchAll(api, nodes, ({ object, previous }) => {
        if (hasOtherTaints(object, previous)) nodeQueue.add(object.metadata.name);
      });
      watchAll(api, pods, ({ type, object, previous }) => {
        const isNews = type === "DELETED" ? evictions.isPending(keyOf(object)) : hasMoved(object, previous);
        if (isNews) podQueue.add(keyOf(object));
      });
    },
  };
};

function hasOtherTaints(node: Node, previous: Node | undefined): boolean {
  if (node.spec.taints === previous?.spec.taints) return false;
  return !deepEqual(noExecuteTaints(node), noExecuteTaints(previous));
}

function hasMoved({ spec }: Pod, previous: Pod | undefined): boolean {
  if (spec.nodeName === undefined || spec === previous?.spec) return false;
  return spec.nodeName !== previous?.spec.nodeName || !deepEqual(spec.tolerations, previous.spec.tolerations);
}

/** Evictions under way, at most one for each pod. */
class Evictions {
  readonly #context: LabContext;
  readonly #queue: WorkQueue;
  readonly #pending = new Map<string, Timer>();

  constructor(context: LabContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context.engine, {
      name: `${NAME}/evictions`,
      reconcile: (key) => this.#evict(key),
      delayMs: [0, 1],
      // Five tries ten milliseconds apart, and after those the outage outlasts this manager: the next one looks again.
      backoffMs: [10, 15_000],
    });
  }

  isPending(key: string): boolean {
    return this.#pending.has(key);
  }

  now(key: string): void {
    this.cancel(key);
    this.#fire(key);
  }

  later(key: string, afterMs: number): void {
    if (this.#pending.has(key)) return;
    const timer = this.#context.engine.after(afterMs, () => {
      this.#pending.delete(key);
      this.#fire(key);
    });
    this.#pending.set(key, timer);
  }

  cancel(key: string): void {
    const timer = this.#pending.get(key);
    if (timer === undefined) return;
    timer.cancel();
    this.#pending.delete(key);
    this.#tell(key, `Cancelling deletion of Pod ${key}`);
  }

  #fire(key: string): void {
    this.#tell(key, `Marking for deletion Pod ${key}`);
    this.#queue.add(key);
  }

  #tell(key: string, message: string): void {
    const { namespace, name } = splitKey(key);
    this.#context.events.event(namedOnly("Pod", namespace, name), "Normal", "TaintManagerEviction", message);
  }

  #evict(key: string): void {
    const { api, engine } = this.#context;
    const { namespace, name } = splitKey(key);
    const pod = api.get(pods, namespace, name);
    if (pod === undefined) return;
    const { generation } = pod.metadata;
    const draft = {
      type: "DisruptionTarget",
      ...(generation !== undefined && { observedGeneration: generation }),
      status: "True",
      reason: "DeletionByTaintManager",
      message: "Taint manager: deleting due to NoExecute taint",
    } as const;
    const conditions = setCondition(pod.status.conditions, draft, engine.now());
    try {
      if (conditions !== pod.status.conditions) {
        api.updateStatus(pods, { ...pod, status: { ...pod.status, conditions } });
      }
      api.delete(pods, namespace, name);
    } catch (error) {
      if (!isStatus(error, "NotFound")) throw error;
    }
  }
}
