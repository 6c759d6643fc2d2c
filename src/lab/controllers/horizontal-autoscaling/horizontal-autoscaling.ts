/**
 * Horizontal autoscaling: sets the size of workloads by what their pods use.
 *
 * Every 15 seconds an autoscaler has a turn (`autoscaler-turn.ts`): it asks each metric for a number of pods (`metrics.ts`,
 * `pod-usage.ts`), holds the highest to what was asked for lately and to its rules (`limits.ts`), and scales its target.
 * Without autoscalers nothing runs.
 */
import { horizontalPodAutoscalers } from "../../../kube/kinds.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { ControllerFactory } from "../../context.ts";
import type { PodMetrics } from "../../pod-metrics.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { watchAll } from "../shared/watch.ts";
import { AutoscalerTurn } from "./autoscaler-turn.ts";
import { type History, NO_HISTORY } from "./limits.ts";

/** How events name it. */
const NAME = "horizontal-pod-autoscaler";

/** Scales what autoscalers name by what `metrics` says that pods use. */
export function horizontalAutoscaling(kinds: KindRegistry, metrics: PodMetrics): ControllerFactory {
  return (context) => {
    const { api, engine, timing } = context;
    const histories = new Map<string, History>();

    const reconcile = (key: string): void => {
      const { namespace, name } = splitKey(key);
      const autoscaler = api.get(horizontalPodAutoscalers, namespace, name);
      if (autoscaler === undefined) return;
      queue.addAfter(key, timing.hpaSyncMs);
      const turn = new AutoscalerTurn(
        { context, kinds, metrics },
        autoscaler,
        histories.get(key) ?? NO_HISTORY,
      );
      histories.set(key, turn.run());
    };

    const queue = new WorkQueue(engine, {
      name: NAME,
      reconcile,
      // A turn that fails is not made up for: the next one comes at its time.
      backoffMs: [timing.hpaSyncMs, timing.hpaSyncMs],
    });
    return {
      name: NAME,
      start() {
        watchAll(api, horizontalPodAutoscalers, ({ type, object }) => {
          if (type === "DELETED") histories.delete(keyOf(object));
          else queue.addAfter(keyOf(object), timing.hpaSyncMs);
        });
      },
    };
  };
}
