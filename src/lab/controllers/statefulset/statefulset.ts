/**
 * StatefulSets: pods with a number, a name and claims of their own, which come and go in order.
 *
 * A turn finds the revisions in force (`revisions.ts`), sorts the pods into slots and works out the steps (`plan.ts`), takes
 * them (`hands.ts`), and says how things stand (`status.ts`). A pod is never replaced while it is there, whatever its node
 * is up to: a second pod of the name could be a second writer.
 */
import { controllerRevisions, pods, statefulSets } from "../../../kube/kinds.ts";
import { selectorMatches } from "../../../kube/selectors.ts";
import type { StatusError } from "../../../kube/status-error.ts";
import type { ControllerRevision, Pod, StatefulSet } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory, LabContext } from "../../context.ts";
import { refusalOf, slowStart } from "../shared/attempt.ts";
import { claimChildren } from "../shared/claim.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { OrphanIndex } from "../shared/orphans.ts";
import { nextAvailabilityMs } from "../shared/pod-state.ts";
import { sortRevisions } from "../shared/revisions.ts";
import { watchAll, watchChildren } from "../shared/watch.ts";
import { Hands } from "./hands.ts";
import { isMemberOf } from "./identity.ts";
import {
  type Action,
  isMadeByCurrent,
  type Plan,
  planCondemned,
  planReplicas,
  planUpdate,
  slotsOf,
} from "./plan.ts";
import { findRevisions, type Revisions, truncateHistory } from "./revisions.ts";
import { countReplicas, isNews, type ReplicaCounts, statusOf } from "./status.ts";

const NAME = "statefulset-controller";

/** What one turn came to. */
interface Outcome {
  readonly counts: ReplicaCounts;
  readonly refusal?: StatusError | undefined;
}

/** Keeps the pods of StatefulSets, one per ordinal, on the right template. */
export const statefulSet: ControllerFactory = (context) => {
  const { api, engine } = context;
  let orphanPods: OrphanIndex<Pod>;
  let orphanRevisions: OrphanIndex<ControllerRevision>;

  const reconcile = (key: string): void => {
    const { namespace, name } = splitKey(key);
    const set = api.get(statefulSets, namespace, name);
    if (set === undefined) return;
    const known = sortRevisions(claimRevisions(set, namespace));
    const own = claimPods(set, namespace);
    const revisions = findRevisions(api, set, known);
    const { counts, refusal } = update(context, set, own, revisions);
    const status = statusOf(set, counts, revisions);
    if (isNews(set.status, status)) api.updateStatus(statefulSets, { ...set, status });
    truncateHistory(api, set, own, known, revisions);
    if (refusal !== undefined) throw refusal;
    const waitMs = nextAvailabilityMs(own, set.spec.minReadySeconds ?? 0, engine.now());
    if (waitMs !== undefined) queue.addAfter(key, waitMs);
  };

  const claimRevisions = (set: StatefulSet, namespace: string): readonly ControllerRevision[] => {
    const wants = ({ metadata }: ControllerRevision) => selectorMatches(set.spec.selector, metadata.labels);
    const candidates = [
      ...api.ownedBy(controllerRevisions, set.metadata.uid),
      ...orphanRevisions.in(namespace),
    ];
    return claimChildren(api, { childKind: controllerRevisions, owner: set, wants }, candidates);
  };

  const claimPods = (set: StatefulSet, namespace: string): readonly Pod[] => {
    const wants = (pod: Pod) => selects(set, pod) && isMemberOf(set, pod);
    const candidates = [...api.ownedBy(pods, set.metadata.uid), ...orphanPods.in(namespace)];
    return claimChildren(api, { childKind: pods, owner: set, wants }, candidates);
  };

  const queue = new WorkQueue(engine, { name: NAME, reconcile });
  return {
    name: NAME,
    start() {
      orphanPods = new OrphanIndex(api, pods);
      orphanRevisions = new OrphanIndex(api, controllerRevisions);
      watchAll(api, statefulSets, ({ object }) => queue.add(keyOf(object)));
      watchChildren(api, {
        childKind: pods,
        ownerKind: statefulSets,
        selects,
        onOwner: (owner) => queue.add(keyOf(owner)),
      });
    },
  };
};

function selects(set: StatefulSet, pod: Pod): boolean {
  return selectorMatches(set.spec.selector, pod.metadata.labels);
}

/** Takes the steps that are due, phase after phase, until one has to be waited for. */
function update(context: LabContext, set: StatefulSet, own: readonly Pod[], revisions: Revisions): Outcome {
  const nowMs = context.engine.now();
  const slots = slotsOf(set, own);
  const hands = new Hands(context, set, (ordinal) =>
    isMadeByCurrent(set, ordinal) ? revisions.current : revisions.update,
  );
  const counts = countReplicas(set, own, revisions, nowMs);
  if (set.metadata.deletionTimestamp !== undefined) return { counts };
  const surroundings = {
    hasStaleClaims: (ordinal: number) => hands.hasStaleClaims(ordinal),
    needsRepair: (pod: Pod) => hands.needsRepair(pod),
    nowMs,
  };
  const phases: readonly (() => Plan)[] = [
    () => planReplicas(set, slots, surroundings),
    () => planCondemned(set, slots, nowMs),
  ];
  for (const phase of phases) {
    const { actions, goesOn } = phase();
    const refusal = takeAll(set, hands, actions);
    if (refusal !== undefined || !goesOn) return { counts, refusal };
  }
  const replaced = planUpdate(set, slots, revisions.update.metadata.name, nowMs);
  if (replaced === undefined) return { counts };
  const refusal = refusalOf(() => hands.delete(replaced));
  return refusal !== undefined && refusal.reason !== "NotFound"
    ? { counts, refusal }
    : { counts: { ...counts, currentReplicas: counts.currentReplicas - 1 } };
}

/** One after the other up to the first refusal, or all in growing batches where order does not matter. */
function takeAll(set: StatefulSet, hands: Hands, actions: readonly Action[]): StatusError | undefined {
  if (set.spec.podManagementPolicy === "Parallel") {
    return slowStart(actions.length, (i) => hands.take(actions[i] as Action)).refusals[0];
  }
  for (const action of actions) {
    const refusal = refusalOf(() => hands.take(action));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
