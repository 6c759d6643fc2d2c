/**
 * Jobs: pods that are to succeed, a number of times.
 *
 * A turn sorts the pods (`job-pods.ts`), sees whether the Job is over (`verdict.ts`), else which pods are missing or too
 * many (`plan.ts`), and counts those that have ended (`accounting.ts`); `job-turn.ts` does it. Every pod carries a finalizer
 * until it has been counted, so that none can vanish uncounted.
 */
import { jobs, pods } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { selectorMatches } from "../../../kube/selectors.ts";
import type { Job, Pod } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";
import { claimChildren } from "../shared/claim.ts";
import { finishedCondition } from "../shared/finished-job.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { OrphanIndex } from "../shared/orphans.ts";
import { resolveController } from "../shared/owners.ts";
import { watchAll, watchChildren } from "../shared/watch.ts";
import { type FailureRecord, nextRecord } from "./failure-backoff.ts";
import { isTracked, TRACKING_FINALIZER, viewOf } from "./job-pods.ts";
import { JobTurn, release } from "./job-turn.ts";

const NAME = "job-controller";
const BUILT_IN = "kubernetes.io/job-controller";

/** Changes of pods, and of the status, wait so long for others of their kind (SyncJobBatchPeriod). */
const BATCH_MS = 1_000;
const BACKOFF_MS = [1_000, 60_000] as const;

/** Runs Jobs to their end. */
export const job: ControllerFactory = (context) => {
  const { api, engine } = context;
  const records = new Map<string, FailureRecord>();
  let orphans: OrphanIndex<Pod>;

  const reconcile = (key: string): void => {
    const { namespace, name } = splitKey(key);
    const found = api.get(jobs, namespace, name);
    if (found === undefined || finishedCondition(found.status) !== undefined) {
      records.delete(key);
      return;
    }
    if (found.spec.managedBy !== undefined && found.spec.managedBy !== BUILT_IN) return;
    const view = viewOf(found, claimPods(found, namespace));
    const record = nextRecord(records.get(key), view.newSucceeded, view.newFailed);
    const { refusal, waitMs, hasCounted } = new JobTurn(context, view).run(record);
    if (hasCounted) remember(key, record);
    if (refusal !== undefined) throw refusal;
    if (waitMs !== undefined) queue.addAfter(key, waitMs);
  };

  const remember = (key: string, record: FailureRecord | undefined): void => {
    if (record === undefined) records.delete(key);
    else records.set(key, record);
  };

  const claimPods = (owner: Job, namespace: string): readonly Pod[] => {
    const wants = (pod: Pod) => selects(owner, pod);
    const candidates = [...api.ownedBy(pods, owner.metadata.uid), ...orphans.in(namespace)];
    return claimChildren(
      api,
      { childKind: pods, owner, wants, finalizers: [TRACKING_FINALIZER] },
      candidates,
    );
  };

  /** A pod whose Job is gone or finished waits for nobody: it is let go of. */
  const releaseOrphan = (key: string): void => {
    const { namespace, name } = splitKey(key);
    const pod = api.get(pods, namespace, name);
    if (pod === undefined || !isTracked(pod)) return;
    const reference = controllerOf(pod);
    if (reference !== undefined && (reference.kind !== "Job" || reference.apiVersion !== "batch/v1")) return;
    const owner = resolveController(api, jobs, namespace, reference);
    if (owner !== undefined && finishedCondition(owner.status) === undefined) return;
    release(api, pod);
  };

  const queue = new WorkQueue(engine, { name: NAME, reconcile, backoffMs: BACKOFF_MS });
  const orphanQueue = new WorkQueue(engine, {
    name: "job-orphan-pod",
    reconcile: releaseOrphan,
    backoffMs: BACKOFF_MS,
  });

  const releaseAll = ({ metadata, spec }: Job): void => {
    if (spec.selector === undefined) return;
    const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
    for (const pod of api.list(pods, { ...place, labelSelector: spec.selector })) {
      if (isTracked(pod)) orphanQueue.add(keyOf(pod));
    }
  };

  return {
    name: NAME,
    start() {
      orphans = new OrphanIndex(api, pods);
      watchAll(api, jobs, ({ type, object, previous }) => {
        const key = keyOf(object);
        const isOver =
          type === "DELETED" || (previous !== undefined && finishedCondition(object.status) !== undefined);
        if (isOver) releaseAll(object);
        if (type === "DELETED") records.delete(key);
        else if (isOver) return;
        else if (object.metadata.generation === previous?.metadata.generation) queue.addAfter(key, BATCH_MS);
        else queue.add(key);
      });
      watchChildren(api, {
        childKind: pods,
        ownerKind: jobs,
        selects,
        onOwner: (owner) => queue.addAfter(keyOf(owner), BATCH_MS),
      });
      watchAll(api, pods, ({ type, object }) => {
        const isLoose = controllerOf(object) === undefined || object.metadata.deletionTimestamp !== undefined;
        if (type !== "DELETED" && isLoose && isTracked(object)) orphanQueue.add(keyOf(object));
      });
    },
  };
};

function selects({ spec }: Job, pod: Pod): boolean {
  return selectorMatches(spec.selector, pod.metadata.labels);
}
