/**
 * Deployments: one ReplicaSet for each pod template, scaled up and down against each other.
 *
 * A turn looks at the Deployment and its ReplicaSets (`replica-sets.ts`), works out the next step (`scaling.ts`), takes it
 * (`turn.ts`), and says how things stand (`status.ts`). It never touches a pod: that is the ReplicaSets' part.
 */
import { deployments, pods, replicaSets } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { selectorMatches } from "../../../kube/selectors.ts";
import type { Deployment, Pod, ReplicaSet } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { Api } from "../../apiserver/api.ts";
import type { ControllerFactory } from "../../context.ts";
import { claimChildren } from "../shared/claim.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { OrphanIndex } from "../shared/orphans.ts";
import { resolveController } from "../shared/owners.ts";
import { isNamespaceTerminating } from "../shared/pod-control.ts";
import { isPodTerminal } from "../shared/pod-state.ts";
import { watchAll, watchChildren } from "../shared/watch.ts";
import { activeOf, allOf, reportedPods } from "./replica-sets.ts";
import { isScalingEvent, newReplicaSetSize, planScaleDown, planScaling } from "./scaling.ts";
import { countStatus, isComplete, progressCheckMs, rolloutStatus } from "./status.ts";
import { Turn } from "./turn.ts";

const NAME = "deployment-controller";

/** Past this the Deployment waits for the next change (maxRetries in deployment_controller.go). */
const RETRIES_MAX = 15;

const selects = (owner: Deployment, set: ReplicaSet) =>
  selectorMatches(owner.spec.selector, set.metadata.labels);

/** Rolls out, scales and cleans up the ReplicaSets of Deployments. */
export const deployment: ControllerFactory = (context) => {
  const { api, engine } = context;
  let orphans: OrphanIndex<ReplicaSet>;

  const reconcile = (key: string): void => {
    const { namespace, name } = splitKey(key);
    const found = api.get(deployments, namespace, name);
    if (found === undefined) return;
    const wants = (set: ReplicaSet) => selects(found, set);
    const candidates = [...api.ownedBy(replicaSets, found.metadata.uid), ...orphans.in(namespace)];
    const claim = { childKind: replicaSets, owner: found, wants };
    const turn = new Turn(context, found, claimChildren(api, claim, candidates));
    try {
      const isRollout = step(turn, api);
      const status = isRollout ? rolloutStatus : countStatus;
      const hasChanged = turn.writeStatus(status(turn.deployment, turn.sets, engine.now()));
      if (isRollout && !hasChanged) checkProgressLater(key, turn.deployment);
    } catch (error) {
      // A namespace on its way out takes no ReplicaSet in; trying again would not change that.
      if (!isNamespaceTerminating(error)) throw error;
    }
  };

  const checkProgressLater = (key: string, owner: Deployment): void => {
    const waitMs = progressCheckMs(owner, engine.now());
    if (waitMs === undefined) return;
    // Conditions carry whole seconds: a second more, and the deadline has passed for certain. Once it has, looking again
    // without a change would find nothing new.
    if (waitMs > -1_000) queue.addAfter(key, Math.max(waitMs, 0) + 1_000);
  };

  const queue = new WorkQueue(engine, { name: NAME, reconcile, retriesMax: RETRIES_MAX });
  return {
    name: NAME,
    start() {
      orphans = new OrphanIndex(api, replicaSets);
      watchAll(api, deployments, ({ object }) => queue.add(keyOf(object)));
      watchChildren(api, {
        childKind: replicaSets,
        ownerKind: deployments,
        selects,
        onOwner: (owner) => queue.add(keyOf(owner)),
      });
      api.onChange(pods, ({ type, object }) => {
        const owner = type === "DELETED" ? recreatedOwner(api, object) : undefined;
        if (owner !== undefined) queue.add(keyOf(owner));
      });
    },
  };
};

/** Takes the next step. Whether it belongs to a rollout, which is watched for progress. */
function step(turn: Turn, api: Api): boolean {
  const { spec, metadata } = turn.deployment;
  const isLeaving = metadata.deletionTimestamp !== undefined;
  if (!isLeaving) turn.notePause();
  turn.syncRevision();
  if (isLeaving) return false;
  if (spec.paused === true || isScalingEvent(turn.deployment, turn.sets)) {
    turn.resize(planScaling(turn.deployment, turn.sets));
    if (spec.paused === true) turn.cleanUp();
    return false;
  }
  if (spec.strategy.type === "Recreate") recreate(turn, api);
  else rollOut(turn);
  return true;
}

function rollOut(turn: Turn): void {
  turn.ensureNewReplicaSet();
  if (scaleNew(turn)) return;
  if (turn.resize(planScaleDown(turn.deployment, turn.sets))) return;
  if (isComplete(turn.deployment, turn.deployment.status)) turn.cleanUp();
}

/** Every old pod goes before the first new one comes. */
function recreate(turn: Turn, api: Api): void {
  if (turn.resize(activeOf(turn.sets.old).map((set) => ({ set, replicas: 0 })))) return;
  if (hasOldPods(turn, api)) return;
  turn.ensureNewReplicaSet();
  scaleNew(turn);
  if (isComplete(turn.deployment, turn.deployment.status)) turn.cleanUp();
}

function scaleNew(turn: Turn): boolean {
  const { fresh } = turn.sets;
  if (fresh === undefined) return false;
  const replicas = newReplicaSetSize(turn.deployment, allOf(turn.sets), fresh.spec.replicas);
  return replicas !== fresh.spec.replicas && turn.resize([{ set: fresh, replicas }]);
}

/** Pods that are being deleted still run: only ended ones do not count. */
function hasOldPods({ sets }: Turn, api: Api): boolean {
  if (reportedPods(sets.old, "replicas") > 0) return true;
  return sets.old.some(({ metadata }) => api.ownedBy(pods, metadata.uid).some((pod) => !isPodTerminal(pod)));
}

/** The Deployment that waits for its last old pod to go, when this was it. */
function recreatedOwner(api: Api, pod: Pod): Deployment | undefined {
  const { namespace } = pod.metadata;
  const set = resolveController(api, replicaSets, namespace, controllerOf(pod));
  const owner = set && resolveController(api, deployments, namespace, controllerOf(set));
  if (owner?.spec.strategy.type !== "Recreate") return undefined;
  const sets = api.ownedBy(replicaSets, owner.metadata.uid);
  return sets.some(({ metadata }) => api.ownedBy(pods, metadata.uid).length > 0) ? undefined : owner;
}
