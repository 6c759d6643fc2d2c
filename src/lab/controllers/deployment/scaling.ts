/**
 * How large each ReplicaSet of a Deployment is to be. Everything here looks at the objects and answers; nothing is written.
 */
import type { Deployment, ReplicaSet } from "../../../kube/types/index.ts";
import { notedDesiredReplicas, notedMaxReplicas } from "./annotations.ts";
import {
  activeOf,
  allOf,
  byAge,
  bySizeNewest,
  bySizeOldest,
  desiredPods,
  type ReplicaSets,
  reportedPods,
} from "./replica-sets.ts";
import { rollingBounds } from "./rolling-bounds.ts";

/** A ReplicaSet and the size it is to have. Its present size means: only note the sizes gone by. Steps follow one another. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** Whether the Deployment's size has changed since its ReplicaSets were scaled: that is dealt with before any rollout. */
export function isScalingEvent(deployment: Deployment, sets: ReplicaSets): boolean {
  return activeOf(allOf(sets)).some((set) => {
    const noted = notedDesiredReplicas(set);
    return noted !== undefined && noted !== deployment.spec.replicas;
  });
}

/**
 * A change of size outside of a rollout's own steps. One ReplicaSet takes it all; in the middle of a rollout each takes
 * a share by its size, so that a bad new version does not get all that is added.
 */
export function planScaling(deployment: Deployment, sets: ReplicaSets): readonly Resize[] {
  const { replicas } = deployment.spec;
  const only = activeOrLatest(sets);
  if (only !== undefined) return only.spec.replicas === replicas ? [] : [{ set: only, replicas }];
  if (isSaturated(deployment, sets.fresh)) return activeOf(sets.old).map((set) => ({ set, replicas: 0 }));
  return deployment.spec.strategy.type === "RollingUpdate" ? planProportional(deployment, sets) : [];
}

/** The size of the new ReplicaSet in the next step of a rollout. */
export function newReplicaSetSize(deployment: Deployment, sets: readonly ReplicaSet[], size: number): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type === "Recreate" || size >= replicas) return replicas;
  const room = replicas + rollingBounds(deployment).maxSurge - desiredPods(sets);
  return room <= 0 ? size : size + Math.min(room, replicas - size);
}

/**
 * What may be taken from old ReplicaSets in the next step of a rolling update: first pods that do not work anyway,
 * then as many available ones as the new ReplicaSet makes up for. Nothing is taken on the word of a status that is older
 * than its ReplicaSet's size: it would count pods that are already on their way out.
 */
export function planScaleDown(deployment: Deployment, sets: ReplicaSets): readonly Resize[] {
  const { fresh } = sets;
  const old = activeOf(sets.old);
  if (fresh === undefined || old.length === 0) return [];
  const minAvailable = deployment.spec.replicas - rollingBounds(deployment).maxUnavailable;
  const freshUnavailable = fresh.spec.replicas - (fresh.status.availableReplicas ?? 0);
  const removable = desiredPods(allOf(sets)) - minAvailable - freshUnavailable;
  if (removable <= 0 || old.some(reportsTooMany)) return [];
  const sizes = new Map(old.map((set) => [set, set.spec.replicas]));
  const unhealthy = take(sizes, removable, (set, size) => size - (set.status.availableReplicas ?? 0));
  const spare = reportedPods([...old, fresh], "availableReplicas") - minAvailable;
  return [...unhealthy, ...take(sizes, spare, (_, size) => size)];
}

function reportsTooMany({ spec, status }: ReplicaSet): boolean {
  return (status.availableReplicas ?? 0) > spec.replicas;
}

/** Takes up to `most` pods from the sets in order, from each no more than `from` allows, and notes the new sizes. */
function take(
  sizes: Map<ReplicaSet, number>,
  most: number,
  from: (set: ReplicaSet, size: number) => number,
): readonly Resize[] {
  const steps: Resize[] = [];
  let left = most;
  for (const [set, size] of sizes) {
    const taken = Math.min(left, from(set, size), size);
    if (taken <= 0) continue;
    sizes.set(set, size - taken);
    steps.push({ set, replicas: size - taken });
    left -= taken;
  }
  return steps;
}

/** The one that takes a change of size alone: the only one with pods, or the latest when none has any. */
function activeOrLatest(sets: ReplicaSets): ReplicaSet | undefined {
  const active = activeOf(allOf(sets));
  if (active.length > 1) return undefined;
  return active[0] ?? sets.fresh ?? [...sets.old].sort(byAge).at(-1);
}

/** Whether the new ReplicaSet has everything, and has it available. */
function isSaturated(deployment: Deployment, fresh: ReplicaSet | undefined): boolean {
  const { replicas } = deployment.spec;
  return (
    fresh !== undefined &&
    fresh.spec.replicas === replicas &&
    notedDesiredReplicas(fresh) === replicas &&
    (fresh.status.availableReplicas ?? 0) === replicas
  );
}

function planProportional(deployment: Deployment, sets: ReplicaSets): readonly Resize[] {
  const { replicas } = deployment.spec;
  const active = activeOf(allOf(sets));
  const allowed = replicas > 0 ? replicas + rollingBounds(deployment).maxSurge : 0;
  const toAdd = allowed - desiredPods(active);
  // What is left by rounding goes to the first: the largest, and of equal ones the newest to grow, the oldest to shrink.
  const ordered = toAdd === 0 ? active : [...active].sort(toAdd > 0 ? bySizeNewest : bySizeOldest);
  let added = 0;
  const sizes = ordered.map((set) => {
    const share = proportion(deployment, set, toAdd, added);
    added += share;
    return set.spec.replicas + share;
  });
  return ordered.map((set, i) => {
    const size = sizes[i] ?? 0;
    return { set, replicas: i === 0 && toAdd !== 0 ? Math.max(0, size + toAdd - added) : size };
  });
}

/** One ReplicaSet's share of what is added or taken, never more than what is left. */
function proportion(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  if (set.spec.replicas === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(deployment, set);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

function fractionOf(deployment: Deployment, set: ReplicaSet): number {
  const { replicas } = deployment.spec;
  if (replicas === 0) return -set.spec.replicas;
  const maxBefore = notedMaxReplicas(set) || (deployment.status.replicas ?? 0);
  if (maxBefore === 0) return 0;
  const size = (set.spec.replicas * (replicas + rollingBounds(deployment).maxSurge)) / maxBefore;
  return Math.round(size) - set.spec.replicas;
}
