import { findCondition } from "../../../kube/conditions.ts";
import { pods } from "../../../kube/kinds.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Condition, Pod } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { LabContext } from "../../context.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { momentMs } from "../shared/moment.ts";
import { isPodTerminal } from "../shared/pod-state.ts";

const TIMEOUT_MS = 120_000;

/** Takes the condition DisruptionTarget back from pods that were to go and, two minutes later, have not been deleted. */
export class StaleDisruptions {
  readonly #context: LabContext;
  readonly #queue: WorkQueue;

  constructor(context: LabContext) {
    this.#context = context;
    const reconcile = (key: string) => this.#reconcile(key);
    this.#queue = new WorkQueue(context.engine, { name: "stale-pod-disruption", reconcile });
  }

  /** Looks at the pod, and again when its time is over. */
  watch(pod: Pod): void {
    const waitMs = this.#waitMs(pod);
    if (waitMs !== undefined) this.#queue.addAfter(keyOf(pod), waitMs);
  }

  #reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const { api, engine } = this.#context;
    const pod = api.get(pods, namespace, name);
    const waitMs = pod && this.#waitMs(pod);
    if (pod === undefined || waitMs === undefined) return;
    if (waitMs > 0) {
      this.#queue.addAfter(key, waitMs);
      return;
    }
    const { generation } = pod.metadata;
    const taken: Condition = {
      type: "DisruptionTarget",
      status: "False",
      lastProbeTime: null,
      lastTransitionTime: formatTime(engine.now()),
      ...(generation !== undefined && { observedGeneration: generation }),
    };
    const conditions = (pod.status.conditions ?? []).map((condition) =>
      condition.type === taken.type ? taken : condition,
    );
    api.updateStatus(pods, { ...pod, status: { ...pod.status, conditions } });
  }

  #waitMs(pod: Pod): number | undefined {
    const target = findCondition(pod.status.conditions, "DisruptionTarget");
    if (target?.status !== "True" || target.reason === "TerminationByKubelet") return undefined;
    if (pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod)) return undefined;
    const since = target.lastTransitionTime === undefined ? 0 : momentMs(target.lastTransitionTime);
    return Math.max(0, since + TIMEOUT_MS - this.#context.engine.now());
  }
}
