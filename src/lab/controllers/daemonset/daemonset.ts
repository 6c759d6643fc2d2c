/**
 * DaemonSets: a pod on every node that wants one.
 *
 * A turn finds the revisions (`history.ts`), what each node is to the set (`node-fit.ts`), works out what to create and
 * delete (`plan.ts`), does it, and says how things stand (`status.ts`). Pods are bound by the scheduler, to the one node
 * that their affinity names.
 */
import { deepEqual } from "../../../base/deep.ts";
import { controllerRevisions, daemonSets, nodes, pods } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { selectorMatches } from "../../../kube/selectors.ts";
import type { StatusError } from "../../../kube/status-error.ts";
import type { ControllerRevision, DaemonSet, Node, Pod } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { Api } from "../../apiserver/api.ts";
import type { ControllerFactory } from "../../context.ts";
import { attemptAll, slowStart } from "../shared/attempt.ts";
import { claimChildren } from "../shared/claim.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { OrphanIndex } from "../shared/orphans.ts";
import { createPod, deletePod, podFromTemplate } from "../shared/pod-control.ts";
import { nextAvailabilityMs } from "../shared/pod-state.ts";
import { REVISION_HASH_LABEL, sortRevisions } from "../shared/revisions.ts";
import { watchAll, watchChildren } from "../shared/watch.ts";
import { daemonTemplate, targetNodeOf, templateForNode } from "./daemon-template.ts";
import { FailedPodBackoff } from "./failed-pod-backoff.ts";
import { findHistory, truncateHistory } from "./history.ts";
import { nodeFit } from "./node-fit.ts";
import { type DaemonPlan, type DaemonView, groupByNode, planPlacement, planUpdate } from "./plan.ts";
import { daemonStatus } from "./status.ts";

const NAME = "daemonset-controller";

/** Pods created, and pods deleted, at once by one turn (BurstReplicas of this controller). */
const BURST_REPLICAS = 250;

/** Keeps a pod of each DaemonSet on every node that it fits. */
export const daemonSet: ControllerFactory = (context) => {
  const { api, engine, events } = context;
  const backoff = new FailedPodBackoff();
  let orphanPods: OrphanIndex<Pod>;
  let orphanRevisions: OrphanIndex<ControllerRevision>;

  const reconcile = (key: string): void => {
    const { namespace, name } = splitKey(key);
    const set = api.get(daemonSets, namespace, name);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const history = findHistory(api, set, sortRevisions(claimRevisions(set, namespace)));
    if (history === undefined) return;
    const own = claimPods(set, namespace);
    const hash = history.current.metadata.labels?.[REVISION_HASH_LABEL] ?? "";
    const view: DaemonView = {
      set,
      hash,
      fits: new Map(api.list(nodes).map((node) => [node.metadata.name, nodeFit(set, node)])),
      podsByNode: groupByNode(own),
      nowMs: engine.now(),
    };
    const refusals = placeAndUpdate(key, view);
    if (refusals.length === 0) truncateHistory(api, set, history, own);
    const status = daemonStatus(view);
    if (!deepEqual(status, set.status)) api.updateStatus(daemonSets, { ...set, status });
    if (refusals[0] !== undefined) throw refusals[0];
    const waitMs = nextAvailabilityMs(own, set.spec.minReadySeconds ?? 0, engine.now());
    if (waitMs !== undefined) queue.addAfter(key, waitMs);
  };

  /** An update waits until every node has its one pod: what has just been done has to be seen first. */
  const placeAndUpdate = (key: string, view: DaemonView): readonly StatusError[] => {
    const placement = planPlacement(view);
    const removable = placement.ended.filter((pod) => mayRemove(key, view.set, pod));
    const refusals = carryOut(view, { ...placement, delete: [...placement.delete, ...removable] });
    const isPlaced = placement.create.length + placement.delete.length + removable.length === 0;
    if (!isPlaced || view.set.spec.updateStrategy.type !== "RollingUpdate") return refusals;
    return carryOut(view, planUpdate(view));
  };

  const mayRemove = (key: string, set: DaemonSet, pod: Pod): boolean => {
    const node = targetNodeOf(pod) ?? "";
    const which = `${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`;
    if (pod.status.phase === "Succeeded") {
      const message = `Found succeeded daemon pod ${which}, will try to delete it`;
      events.event(set, "Normal", "SucceededDaemonPod", message);
      return true;
    }
    const pauseMs = backoff.claim(
      `${set.metadata.uid}/${set.status.observedGeneration}/${node}`,
      engine.now(),
    );
    if (pauseMs > 0) {
      queue.addAfter(key, pauseMs);
      return false;
    }
    events.event(set, "Warning", "FailedDaemonPod", `Found failed daemon pod ${which}, will try to kill it`);
    return true;
  };

  const carryOut = ({ set, hash }: DaemonView, plan: DaemonPlan): readonly StatusError[] => {
    const template = daemonTemplate(set, hash);
    const places = plan.create.slice(0, BURST_REPLICAS);
    const created = slowStart(places.length, (i) => {
      createPod(context, set, podFromTemplate(set, templateForNode(template, places[i] ?? "")));
    });
    const doomed = plan.delete.slice(0, BURST_REPLICAS);
    return [...created.refusals, ...attemptAll(doomed, (pod) => deletePod(context, set, pod))];
  };

  const claimRevisions = (set: DaemonSet, namespace: string): readonly ControllerRevision[] => {
    const wants = ({ metadata }: ControllerRevision) => selectorMatches(set.spec.selector, metadata.labels);
    const candidates = [
      ...api.ownedBy(controllerRevisions, set.metadata.uid),
      ...orphanRevisions.in(namespace),
    ];
    return claimChildren(api, { childKind: controllerRevisions, owner: set, wants }, candidates);
  };

  const claimPods = (set: DaemonSet, namespace: string): readonly Pod[] => {
    const wants = (pod: Pod) => selects(set, pod);
    const candidates = [...api.ownedBy(pods, set.metadata.uid), ...orphanPods.in(namespace)];
    return claimChildren(api, { childKind: pods, owner: set, wants }, candidates);
  };

  const queue = new WorkQueue(engine, { name: NAME, reconcile });
  const onOwner = (owner: DaemonSet) => queue.add(keyOf(owner));
  return {
    name: NAME,
    start() {
      orphanPods = new OrphanIndex(api, pods);
      orphanRevisions = new OrphanIndex(api, controllerRevisions);
      watchAll(api, daemonSets, ({ type, object }) => {
        if (type === "DELETED") backoff.forget(object.metadata.uid);
        else queue.add(keyOf(object));
      });
      watchChildren(api, { childKind: pods, ownerKind: daemonSets, selects, onOwner });
      watchChildren(api, { childKind: controllerRevisions, ownerKind: daemonSets, selects, onOwner });
      api.onChange(nodes, ({ type, object, previous }) => {
        if (type === "DELETED" || !concernsDaemons(object, previous)) return;
        for (const set of api.list(daemonSets)) if (isOutOfPlace(api, set, object)) queue.add(keyOf(set));
      });
    },
  };
};

function selects(set: DaemonSet, child: Pod | ControllerRevision): boolean {
  return selectorMatches(set.spec.selector, child.metadata.labels);
}

/** Only labels and taints decide about daemon pods; a node's status changes all the time. */
function concernsDaemons({ metadata, spec }: Node, previous: Node | undefined): boolean {
  if (previous === undefined) return true;
  return (
    !deepEqual(metadata.labels, previous.metadata.labels) || !deepEqual(spec.taints, previous.spec.taints)
  );
}

function isOutOfPlace(api: Api, set: DaemonSet, node: Node): boolean {
  const { shouldRun, mayStay } = nodeFit(set, node);
  const hasPod = api
    .podsOnNode(node.metadata.name)
    .some((pod) => controllerOf(pod)?.uid === set.metadata.uid);
  return (shouldRun && !hasPod) || (!mayStay && hasPod) || (hasPod && set.status.numberMisscheduled > 0);
}
