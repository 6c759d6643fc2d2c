/**
 * Which pod goes first when there are too many: the less it does and the less it would be missed, the sooner.
 * The order is that of ActivePods and ActivePodsWithRanks in pkg/controller/controller_utils.go.
 */
import type { Pod } from "../../../kube/types/index.ts";
import { momentMs } from "./moment.ts";
import { isPodActive, isPodReady, readySinceMs } from "./pod-state.ts";

type Comparison = (a: Pod, b: Pod) => number;

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

/** The pods in order of deletion, for owners that do not care about nodes (Jobs). */
export function sortForDeletion(pods: readonly Pod[]): Pod[] {
  return [...pods].sort(
    firstDifference([byAssignment, byPhase, byReadiness, byReadyTime, byRestarts, byCreation]),
  );
}

/**
 * The pods in order of deletion, doubled-up nodes first. `related` are the pods of every ReplicaSet of the same owner:
 * with what else a pod shares its node decides. Ages count by order of magnitude, so that not always the youngest goes.
 */
export function sortForDeletionBySpread(pods: readonly Pod[], related: Iterable<Pod>, nowMs: number): Pod[] {
  const onNode = new Map<string, number>();
  for (const pod of related) {
    if (!isPodActive(pod)) continue;
    const node = pod.spec.nodeName ?? "";
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const neighbours = (pod: Pod) => onNode.get(pod.spec.nodeName ?? "") ?? 0;
  return [...pods].sort(
    firstDifference([
      byAssignment,
      byPhase,
      byReadiness,
      (a, b) => deletionCost(a) - deletionCost(b),
      (a, b) => neighbours(b) - neighbours(a),
      (a, b) =>
        byMagnitudeOfAge(readySinceMs(a), readySinceMs(b), nowMs) || byUidUnlessEqual(a, b, readySinceMs),
      byRestarts,
      (a, b) => byMagnitudeOfAge(createdMs(a), createdMs(b), nowMs) || byUidUnlessEqual(a, b, createdMs),
    ]),
  );
}

function firstDifference(comparisons: readonly Comparison[]): Comparison {
  return (a, b) => {
    for (const compare of comparisons) {
      const difference = compare(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

const byAssignment: Comparison = (a, b) => Number(isBound(a)) - Number(isBound(b));
const byPhase: Comparison = (a, b) => phaseOrder(a) - phaseOrder(b);
const byReadiness: Comparison = (a, b) => Number(isPodReady(a)) - Number(isPodReady(b));
const byReadyTime: Comparison = (a, b) => newestFirst(readySinceMs(a), readySinceMs(b));
const byCreation: Comparison = (a, b) => createdMs(b) - createdMs(a);

const byRestarts: Comparison = (a, b) => {
  const left = restartsMax(a);
  const right = restartsMax(b);
  return right.regular - left.regular || right.sidecar - left.sidecar;
};

function isBound(pod: Pod): boolean {
  return pod.spec.nodeName !== undefined && pod.spec.nodeName !== "";
}

function phaseOrder(pod: Pod): number {
  return PHASE_ORDER[pod.status.phase] ?? 0;
}

function createdMs(pod: Pod): number {
  return momentMs(pod.metadata.creationTimestamp);
}

function newestFirst(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return b - a;
}

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST];
  // A broken value costs nothing; the API server lets none in.
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : 0;
}

/** The greatest number of restarts of a container, sidecars counted apart. */
function restartsMax(pod: Pod): { readonly regular: number; readonly sidecar: number } {
  let regular = 0;
  for (const { restartCount } of pod.status.containerStatuses ?? [])
    regular = Math.max(regular, restartCount);
  let sidecar = 0;
  for (const { name, restartCount } of pod.status.initContainerStatuses ?? []) {
    const isSidecar = pod.spec.initContainers?.some(
      (init) => init.name === name && init.restartPolicy === "Always",
    );
    if (isSidecar) sidecar = Math.max(sidecar, restartCount);
  }
  return { regular, sidecar };
}

/** Younger by a factor of two or more first; pods without the moment before all others. */
function byMagnitudeOfAge(a: number | undefined, b: number | undefined, nowMs: number): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return magnitude(nowMs - a) - magnitude(nowMs - b);
}

function magnitude(ageMs: number): number {
  return ageMs > 0 ? Math.trunc(Math.log2(ageMs * 1e6)) : -1;
}

/** Ages of one magnitude are as good as equal: the uid, which is as good as random, decides. */
function byUidUnlessEqual(a: Pod, b: Pod, moment: (pod: Pod) => number | undefined): number {
  if (moment(a) === moment(b)) return 0;
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}
