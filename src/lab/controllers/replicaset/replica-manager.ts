import { deepEqual } from "../../../base/deep.ts";
import type { Kind } from "../../../kube/kind.ts";
import { pods } from "../../../kube/kinds.ts";
import type { StatusError } from "../../../kube/status-error.ts";
import type { Pod } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { LabContext, Part } from "../../context.ts";
import { attemptAll, slowStart } from "../shared/attempt.ts";
import { claimChildren } from "../shared/claim.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { OrphanIndex } from "../shared/orphans.ts";
import { BURST_REPLICAS, createPod, deletePod, podFromTemplate } from "../shared/pod-control.ts";
import { sortForDeletionBySpread } from "../shared/pod-ranking.ts";
import { isPodActive, nextAvailabilityMs } from "../shared/pod-state.ts";
import { watchAll, watchChildren } from "../shared/watch.ts";
import { type ReplicaFailure, type ReplicaOwner, replicaStatus } from "./replica-status.ts";

export interface ReplicaManagerOptions<T extends ReplicaOwner> {
  readonly name: string;
  readonly kind: Kind<T>;
  readonly selects: (owner: T, pod: Pod) => boolean;
  /** The pods that share the owner's fate: with how many of them a pod shares its node decides which one goes first. */
  readonly relatedPods: (owner: T) => Iterable<Pod>;
}

/** Keeps the number of pods of each owner of a kind at what it asks for. */
export function replicaManager<T extends ReplicaOwner>(
  context: LabContext,
  options: ReplicaManagerOptions<T>,
): Part {
  const { api, engine } = context;
  const { name, kind, selects } = options;
  let orphans: OrphanIndex<Pod>;

  const reconcile = (key: string): void => {
    const { namespace, name: ownName } = splitKey(key);
    const owner = api.get(kind, namespace, ownName);
    if (owner === undefined) return;
    const active = claimActivePods(owner, namespace);
    const error = owner.metadata.deletionTimestamp === undefined ? scale(owner, active) : undefined;
    writeStatus(owner, active, error);
    if (error !== undefined) throw error;
    const waitMs = nextAvailabilityMs(active, owner.spec.minReadySeconds ?? 0, engine.now());
    if (waitMs !== undefined) queue.addAfter(key, waitMs);
  };

  const claimActivePods = (owner: T, namespace: string): Pod[] => {
    const wants = (pod: Pod) => selects(owner, pod);
    const candidates = [...api.ownedBy(pods, owner.metadata.uid), ...orphans.in(namespace)].filter(
      isPodActive,
    );
    return claimChildren(api, { childKind: pods, owner, wants }, candidates);
  };

  const scale = (owner: T, active: readonly Pod[]): StatusError | undefined => {
    const missing = Math.min(owner.spec.replicas - active.length, BURST_REPLICAS);
    if (missing > 0) {
      const draft = podFromTemplate(owner, owner.spec.template);
      return slowStart(missing, () => createPod(context, owner, draft)).refusals[0];
    }
    const surplus = podsToDelete(owner, active, Math.min(-missing, BURST_REPLICAS));
    return attemptAll(surplus, (pod) => deletePod(context, owner, pod))[0];
  };

  const podsToDelete = (owner: T, active: readonly Pod[], count: number): readonly Pod[] => {
    if (count <= 0) return [];
    if (count >= active.length) return active;
    return sortForDeletionBySpread(active, options.relatedPods(owner), engine.now()).slice(0, count);
  };

  const writeStatus = (owner: T, active: readonly Pod[], error: StatusError | undefined): void => {
    const reason = active.length < owner.spec.replicas ? "FailedCreate" : "FailedDelete";
    const failure: ReplicaFailure | undefined = error && { reason, message: error.message };
    const status = replicaStatus(owner, active, failure, engine.now());
    if (!deepEqual(status, owner.status)) api.updateStatus(kind, { ...owner, status });
  };

  const queue = new WorkQueue(engine, { name, reconcile });
  return {
    name,
    start() {
      orphans = new OrphanIndex(api, pods);
      watchAll(api, kind, ({ object }) => queue.add(keyOf(object)));
      watchChildren(api, {
        childKind: pods,
        ownerKind: kind,
        selects,
        onOwner: (owner) => queue.add(keyOf(owner)),
      });
    },
  };
}
