/**
 * ResourceQuotas: counts what a namespace uses, when a quota is new or changed, and when something has been freed; every five
 * minutes besides, for what tells nobody (`resyncs.ts`). What is added is charged, and what is too much refused, by admission.
 */
import { deepEqual } from "../../../base/deep.ts";
import type { Kind } from "../../../kube/kind.ts";
import { resourceQuotas } from "../../../kube/kinds.ts";
import { quotaEvaluatorOf } from "../../../kube/quota/evaluator.ts";
import { parseTime } from "../../../kube/time.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ChangeHandler } from "../../apiserver/api.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { ControllerFactory } from "../../context.ts";
import { followKinds } from "../shared/follow-kinds.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { watchAll } from "../shared/watch.ts";
import { Resyncs } from "./resyncs.ts";
import { countUsage, frees } from "./usage.ts";

const NAME = "resourcequota-controller";

/** Counts what namespaces with quotas use, of every kind that `kinds` serves. */
export function resourceQuota(kinds: KindRegistry): ControllerFactory {
  return ({ api, engine }) => {
    const countable = new Map<string, Kind>();

    const reconcile = (key: string): void => {
      const { namespace, name } = splitKey(key);
      const quota = api.get(resourceQuotas, namespace, name);
      if (quota === undefined) return;
      const objectsOf = (kind: Kind) => api.list(kind, { namespace });
      const status = countUsage(quota, [...countable.values()], objectsOf, engine.now());
      if (!deepEqual(status, quota.status)) api.updateStatus(resourceQuotas, { ...quota, status });
    };

    const recount = (
      kind: Kind,
      { type, object, previous }: Parameters<ChangeHandler<KubeObject>>[0],
    ): void => {
      const { namespace = "" } = object.metadata;
      // Asked first: nearly every change is one in a namespace without a quota.
      const quotas = api.list(resourceQuotas, { namespace });
      if (quotas.length === 0) return;
      const endMs = kind.plural === "pods" && type !== "DELETED" ? countsUntil(object) : undefined;
      if (endMs !== undefined) for (const quota of quotas) resyncs.after(endMs, keyOf(quota));
      const isFreed = previous !== undefined && frees(kind, object, previous, engine.now());
      if (type !== "DELETED" && !isFreed) return;
      const { limits } = quotaEvaluatorOf(kind);
      for (const quota of quotas) {
        if (Object.keys(quota.status.hard ?? {}).some(limits)) queue.add(keyOf(quota));
      }
    };

    const queue = new WorkQueue(engine, { name: NAME, reconcile });
    const resyncs = new Resyncs(engine, (key) => queue.add(key));
    return {
      name: NAME,
      start() {
        resyncs.start();
        followKinds(kinds, isCountable, (kind) => {
          const id = `${kind.group}/${kind.plural}`;
          countable.set(id, kind);
          const stop = api.onChange(kind, (change) => recount(kind, change));
          return () => {
            stop();
            countable.delete(id);
          };
        });
        watchAll(api, resourceQuotas, ({ type, object, previous }) => {
          const isChanged = !deepEqual(object.spec.hard, previous?.spec.hard);
          if (type === "ADDED" || (type === "MODIFIED" && isChanged)) queue.add(keyOf(object));
          // Somebody may have written a status that is not so.
          else if (type === "MODIFIED") resyncs.after(engine.now(), keyOf(object));
        });
      },
    };
  };
}

/** A pod that is to go counts no more once its grace has passed twice over, though nothing is told of that moment. */
function countsUntil({ metadata }: KubeObject): number | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (deletionTimestamp === undefined) return undefined;
  return (parseTime(deletionTimestamp) ?? 0) + deletionGracePeriodSeconds * 1000;
}

/** Events come and go by the thousand, and no quota limits them. */
function isCountable({ namespaced, plural, verbs }: Kind): boolean {
  return (
    namespaced &&
    plural !== "events" &&
    (["create", "list", "watch", "delete"] as const).every((verb) => verbs.includes(verb))
  );
}
