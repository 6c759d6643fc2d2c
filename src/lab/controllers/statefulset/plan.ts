/**
 * What a StatefulSet does next. OrderedReady takes one step at a time, from the lowest ordinal up, and takes no other before
 * that pod is there, ready and available; Parallel does everything at once. Only looks and answers.
 */
import type { Pod, StatefulSet } from "../../../kube/types/index.ts";
import { isPodAvailable, isPodReady } from "../shared/pod-state.ts";
import { REVISION_HASH_LABEL } from "../shared/revisions.ts";
import { isInRange, ordinalOf, ordinalRange } from "./identity.ts";

/** One ordinal that the set is to have, and the pod that is there for it. */
export interface Slot {
  readonly ordinal: number;
  readonly pod: Pod | undefined;
}

/** The pods of a set by what is to become of them. */
export interface Slots {
  /** In order of ordinals. */
  readonly replicas: readonly Slot[];
  /** Beyond the range: to be scaled away, the highest ordinal first. */
  readonly condemned: readonly Pod[];
}

export type Action =
  | { readonly kind: "create"; readonly ordinal: number }
  | { readonly kind: "delete"; readonly pod: Pod }
  /** Makes claims that the pending pod waits for, should they have gone missing. */
  | { readonly kind: "provide-claims"; readonly pod: Pod }
  /** Gives the pod its labels, and its claims their owners, back. */
  | { readonly kind: "repair"; readonly pod: Pod }
  /** Gives the claims of a condemned pod the owner that the retention policy asks for. */
  | { readonly kind: "hand-over-claims"; readonly pod: Pod };

/** The steps of one phase, and whether the next phase may follow. */
export interface Plan {
  readonly actions: readonly Action[];
  readonly goesOn: boolean;
}

/** What only a look at other objects tells. */
export interface Surroundings {
  /** A claim of the pod to come belongs to its predecessor and is about to be deleted with it. */
  hasStaleClaims(ordinal: number): boolean;
  /** The pod lacks a label or a volume, or a claim of it the right owner. */
  needsRepair(pod: Pod): boolean;
  readonly nowMs: number;
}

/** Sorts pods into the slots of the set. */
export function slotsOf(set: StatefulSet, pods: readonly Pod[]): Slots {
  const byOrdinal = new Map<number, Pod>();
  const condemned: Pod[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(pod);
    if (isInRange(set, ordinal)) byOrdinal.set(ordinal, pod);
    else if (ordinal >= 0) condemned.push(pod);
  }
  const { start } = ordinalRange(set);
  const replicas = Array.from({ length: set.spec.replicas }, (_, i) => ({
    ordinal: start + i,
    pod: byOrdinal.get(start + i),
  }));
  return { replicas, condemned: condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a)) };
}

/** Brings the pods that there should be into being and into order. */
export function planReplicas(set: StatefulSet, { replicas }: Slots, surroundings: Surroundings): Plan {
  const isOrdered = isOneByOne(set);
  const actions: Action[] = [];
  for (const { ordinal, pod } of replicas) {
    if (pod === undefined) {
      if (!surroundings.hasStaleClaims(ordinal)) actions.push({ kind: "create", ordinal });
      if (isOrdered) return { actions, goesOn: false };
      continue;
    }
    if (hasEnded(pod)) {
      if (!isTerminating(pod)) actions.push({ kind: "delete", pod });
      if (isOrdered) return { actions, goesOn: false };
      continue;
    }
    if (pod.status.phase === "Pending") actions.push({ kind: "provide-claims", pod });
    if (isOrdered && isUnavailable(set, pod, surroundings.nowMs)) return { actions, goesOn: false };
    if (surroundings.needsRepair(pod)) actions.push({ kind: "repair", pod });
  }
  return { actions, goesOn: true };
}

/** Scales away, the highest ordinal first; ordered sets wait for each to be gone, but not for a broken one to heal. */
export function planCondemned(set: StatefulSet, slots: Slots, nowMs: number): Plan {
  const isOrdered = isOneByOne(set);
  const { condemned } = slots;
  const actions: Action[] = condemned.map((pod) => ({ kind: "hand-over-claims", pod }));
  const firstBroken = firstUnavailable(set, slots, nowMs);
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (isOrdered) return { actions, goesOn: false };
      continue;
    }
    if (isOrdered && isUnavailable(set, pod, nowMs) && pod !== firstBroken) return { actions, goesOn: false };
    actions.push({ kind: "delete", pod });
    if (isOrdered) return { actions, goesOn: false };
  }
  return { actions, goesOn: true };
}

/**
 * The pod that a rolling update replaces next: from the highest ordinal down to the partition, and never a second one while
 * one above is unavailable. (`maxUnavailable` is behind a gate that is off in 1.34.)
 */
export function planUpdate(
  set: StatefulSet,
  { replicas }: Slots,
  updateRevision: string,
  nowMs: number,
): Pod | undefined {
  if (set.spec.updateStrategy.type !== "RollingUpdate") return undefined;
  const partition = set.spec.updateStrategy.rollingUpdate?.partition ?? 0;
  for (const { pod } of replicas.slice(partition).reverse()) {
    if (pod === undefined) return undefined;
    if (pod.metadata.labels?.[REVISION_HASH_LABEL] !== updateRevision && !isTerminating(pod)) return pod;
    if (isUnavailable(set, pod, nowMs)) return undefined;
  }
  return undefined;
}

/** Whether the pod of that ordinal is still made by the template from before the update. */
export function isMadeByCurrent(set: StatefulSet, ordinal: number): boolean {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  if (type !== "RollingUpdate") return false;
  const kept =
    rollingUpdate === undefined ? (set.status.currentReplicas ?? 0) : (rollingUpdate.partition ?? 0);
  return ordinal < ordinalRange(set).start + kept;
}

function isOneByOne({ spec }: StatefulSet): boolean {
  return spec.podManagementPolicy !== "Parallel";
}

function isTerminating({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function hasEnded({ status }: Pod): boolean {
  return status.phase === "Failed" || status.phase === "Succeeded";
}

function isUnavailable({ spec }: StatefulSet, pod: Pod, nowMs: number): boolean {
  const isRunning = pod.status.phase === "Running" && isPodReady(pod);
  return !isRunning || !isPodAvailable(pod, spec.minReadySeconds ?? 0, nowMs) || isTerminating(pod);
}

/** The one whose trouble may be cured by scaling it away; a replica that is missing or broken comes before any condemned pod. */
function firstUnavailable(set: StatefulSet, { replicas, condemned }: Slots, nowMs: number): Pod | undefined {
  const broken = replicas.find(({ pod }) => pod === undefined || isUnavailable(set, pod, nowMs));
  if (broken !== undefined) return broken.pod;
  return condemned.findLast((pod) => isUnavailable(set, pod, nowMs));
}
