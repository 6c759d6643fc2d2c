/**
 * Which nodes get a daemon pod and which pods go: first to have one pod on each node that wants one, then, when that is so,
 * to bring old ones up to the present template. Only looks and answers.
 */
import type { DaemonSet, Pod } from "../../../kube/types/index.ts";
import { scaledValue } from "../shared/int-or-percent.ts";
import { isPodAvailable, isPodReady, isPodTerminal } from "../shared/pod-state.ts";
import { REVISION_HASH_LABEL } from "../shared/revisions.ts";
import { isUpdated, targetNodeOf } from "./daemon-template.ts";
import type { NodeFit } from "./node-fit.ts";

/** A DaemonSet as it stands. */
export interface DaemonView {
  readonly set: DaemonSet;
  /** Names the present template in the labels of its pods. */
  readonly hash: string;
  /** What each node is to the set, in order of names. */
  readonly fits: ReadonlyMap<string, NodeFit>;
  /** The set's pods by the node that they are on or meant for. */
  readonly podsByNode: ReadonlyMap<string, readonly Pod[]>;
  readonly nowMs: number;
}

/** What to do next. */
export interface DaemonPlan {
  /** Names of nodes. */
  readonly create: readonly string[];
  readonly delete: readonly Pod[];
  /** Pods that have ended and are in the way; deleting failed ones is subject to a back-off. */
  readonly ended: readonly Pod[];
}

/** The pods by node. One that has ended and is being deleted counts for nothing any more. */
export function groupByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
    const node = targetNodeOf(pod);
    if (node === undefined) continue;
    const group = groups.get(node);
    if (group === undefined) groups.set(node, [pod]);
    else group.push(pod);
  }
  return groups;
}

/** The oldest that is bound to a node first: that one is kept, and counts. */
export function byPrecedence(a: Pod, b: Pod): number {
  const isBound = (pod: Pod) => Number(pod.spec.nodeName !== undefined && pod.spec.nodeName !== "");
  const older = compareTexts(a.metadata.creationTimestamp, b.metadata.creationTimestamp);
  return isBound(b) - isBound(a) || older || compareTexts(a.metadata.name, b.metadata.name);
}

/** One pod on each node that wants one, and none elsewhere. */
export function planPlacement(view: DaemonView): DaemonPlan {
  const create: string[] = [];
  const surplus: Pod[] = [];
  const ended: Pod[] = [];
  for (const [node, fit] of view.fits) {
    const pods = view.podsByNode.get(node);
    if (pods === undefined) {
      if (fit.shouldRun) create.push(node);
      continue;
    }
    const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (!fit.mayStay) {
      surplus.push(...living);
      continue;
    }
    ended.push(...living.filter(isPodTerminal));
    const running = living.filter((pod) => !isPodTerminal(pod)).sort(byPrecedence);
    if (running.length === 0 && fit.shouldRun && allowsSurge(view.set)) create.push(node);
    surplus.push(...(allowsSurge(view.set) ? surplusOfPair(view, running) : running.slice(1)));
  }
  for (const [node, pods] of view.podsByNode) {
    // Its node is gone, and it will never be bound to it.
    if (!view.fits.has(node)) surplus.push(...pods.filter(({ spec }) => (spec.nodeName ?? "") === ""));
  }
  return { create, delete: surplus, ended };
}

/** The next step of a rolling update: by taking old pods away, or with surge by putting new ones beside them. */
export function planUpdate(view: DaemonView): DaemonPlan {
  const bounds = updateBounds(view);
  return bounds.maxSurge === 0 ? planReplacement(view, bounds) : planSurge(view, bounds);
}

interface UpdateBounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly desired: number;
}

/** The old and the new pod of a node; `undefined` when it has several of a kind, which has to be settled first. */
interface Pair {
  readonly fresh: Pod | undefined;
  readonly old: Pod | undefined;
}

function planReplacement(view: DaemonView, { maxUnavailable }: UpdateBounds): DaemonPlan {
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const [, pair] of pairs(view)) {
    if (pair === undefined || (pair.fresh === undefined) === (pair.old === undefined)) {
      unavailable++;
    } else if (pair.fresh !== undefined) {
      if (!isAvailable(view, pair.fresh)) unavailable++;
    } else if (pair.old !== undefined && !isAvailable(view, pair.old)) {
      // It serves nobody: its going costs nothing.
      broken.push(pair.old);
      unavailable++;
    } else if (pair.old !== undefined && unavailable < maxUnavailable) {
      candidates.push(pair.old);
    }
  }
  const room = Math.max(0, maxUnavailable - unavailable);
  return { create: [], delete: [...broken, ...candidates.slice(0, room)], ended: [] };
}

function planSurge(view: DaemonView, { maxSurge, desired }: UpdateBounds): DaemonPlan {
  const done: Pod[] = [];
  const misplaced: Pod[] = [];
  const urgent: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let available = 0;
  for (const [node, pair] of pairs(view)) {
    if (pair === undefined) {
      surging++;
      continue;
    }
    const counted = pair.old ?? pair.fresh;
    if (counted !== undefined && isAvailable(view, counted)) available++;
    if (pair.old === undefined) continue;
    if (pair.fresh !== undefined) {
      if (isAvailable(view, pair.fresh)) done.push(pair.old);
      else surging++;
      continue;
    }
    const isWanted = view.fits.get(node)?.shouldRun ?? false;
    if (!isAvailable(view, pair.old)) {
      if (isWanted) urgent.push(node);
      else done.push(pair.old);
    } else if (!isWanted) {
      misplaced.push(pair.old);
    } else if (surging < maxSurge) {
      candidates.push(node);
    }
  }
  const spare = Math.max(0, available - desired);
  const room = Math.max(0, maxSurge - surging);
  return {
    create: [...urgent, ...candidates.slice(0, room)],
    delete: [...done, ...misplaced.slice(0, spare)],
    ended: [],
  };
}

/** The nodes that have pods, and those that should have, each with its old and new pod. */
function* pairs(view: DaemonView): Generator<readonly [node: string, pair: Pair | undefined]> {
  for (const [node, pods] of view.podsByNode) yield [node, pairOf(view, pods)];
  for (const [node, { shouldRun }] of view.fits) {
    if (shouldRun && !view.podsByNode.has(node)) yield [node, { fresh: undefined, old: undefined }];
  }
}

function pairOf(view: DaemonView, pods: readonly Pod[]): Pair | undefined {
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const fresh = living.filter((pod) => isUpdated(view.set, pod, view.hash));
  const old = living.filter((pod) => !isUpdated(view.set, pod, view.hash));
  return fresh.length > 1 || old.length > 1 ? undefined : { fresh: fresh[0], old: old[0] };
}

/** With surge a node may have an old and a new pod at once, until the new one is available or the old one is of no use. */
function surplusOfPair(view: DaemonView, running: readonly Pod[]): readonly Pod[] {
  if (running.length <= 1) return [];
  const isFresh = (pod: Pod) => pod.metadata.labels?.[REVISION_HASH_LABEL] === view.hash;
  const fresh = running.find(isFresh);
  const old = running.find((pod) => !isFresh(pod));
  const surplus = running.filter((pod) => pod !== fresh && pod !== old);
  const isOldOver =
    fresh !== undefined && old !== undefined && (!isPodReady(old) || isAvailable(view, fresh));
  return isOldOver ? [...surplus, old] : surplus;
}

function updateBounds({ set, fits }: DaemonView): UpdateBounds {
  const { rollingUpdate } = set.spec.updateStrategy;
  const desired = [...fits.values()].filter(({ shouldRun }) => shouldRun).length;
  const maxSurge = scaledValue(rollingUpdate?.maxSurge ?? 0, desired, "up");
  const unavailable = scaledValue(rollingUpdate?.maxUnavailable ?? 0, desired, "up");
  const isStuck = desired > 0 && maxSurge === 0 && unavailable === 0;
  return { maxSurge, maxUnavailable: isStuck ? 1 : unavailable, desired };
}

function allowsSurge({ spec }: DaemonSet): boolean {
  const { type, rollingUpdate } = spec.updateStrategy;
  return type === "RollingUpdate" && scaledValue(rollingUpdate?.maxSurge ?? 0, 1, "up") > 0;
}

function isAvailable({ set, nowMs }: DaemonView, pod: Pod): boolean {
  return isPodAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
