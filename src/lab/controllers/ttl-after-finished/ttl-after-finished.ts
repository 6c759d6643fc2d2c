import { jobs } from "../../../kube/kinds.ts";
import type { Job } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";
import { finishedCondition } from "../shared/finished-job.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { momentMs } from "../shared/moment.ts";
import { watchAll } from "../shared/watch.ts";

const NAME = "ttl-after-finished-controller";

/** Deletes Jobs, and their pods before them, when their time to live after the end is over. */
export const ttlAfterFinished: ControllerFactory = ({ api, engine }) => {
  const reconcile = (key: string): void => {
    const { namespace, name } = splitKey(key);
    const job = api.get(jobs, namespace, name);
    const expiry = job && expiryMs(job);
    if (job === undefined || expiry === undefined) return;
    const waitMs = expiry - engine.now();
    if (waitMs > 0) queue.addAfter(key, waitMs);
    else
      api.delete(jobs, namespace, name, {
        propagationPolicy: "Foreground",
        preconditions: { uid: job.metadata.uid },
      });
  };
  const queue = new WorkQueue(engine, { name: NAME, reconcile });
  return {
    name: NAME,
    start() {
      watchAll(api, jobs, ({ type, object }) => {
        if (type !== "DELETED" && expiryMs(object) !== undefined) queue.add(keyOf(object));
      });
    },
  };
};

/** When the Job's time is over; absent while it runs, has no limit, or is being deleted already. */
function expiryMs({ metadata, spec, status }: Job): number | undefined {
  const finishedAt = finishedCondition(status)?.lastTransitionTime;
  if (metadata.deletionTimestamp !== undefined || finishedAt === undefined) return undefined;
  return spec.ttlSecondsAfterFinished === undefined
    ? undefined
    : momentMs(finishedAt) + spec.ttlSecondsAfterFinished * 1_000;
}
