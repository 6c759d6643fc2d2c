/** What a Deployment notes on its ReplicaSets: which revision each is, and by what sizes a later scaling has to go. */
import type { Deployment, KubeObject, ReplicaSet, StringMap } from "../../../kube/types/index.ts";

/** The number of a ReplicaSet's template in the Deployment's history; on the Deployment, the number in force. */
export const REVISION = "deployment.kubernetes.io/revision";
const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

/** Never copied from a Deployment to its ReplicaSets. */
const OWN = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  "deprecated.deployment.rollback.to",
]);

const HISTORY_LENGTH_MAX = 2_000;

/** The revision that an object carries, 0 for none; an int64, which may be beyond what a number holds exactly. */
export function revisionOf(object: KubeObject): bigint {
  return integer(object.metadata.annotations?.[REVISION]) ?? 0n;
}

function integer(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : undefined;
}

/** The annotations of the new ReplicaSet once it has this revision: a template that comes back moves to the front. */
export function revisionAnnotations(
  deployment: Deployment,
  given: StringMap | undefined,
  revision: bigint,
): StringMap {
  const annotations: Record<string, string> = { ...given };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!OWN.has(key)) annotations[key] = value;
  }
  const before = given?.[REVISION];
  const present = integer(before ?? "0");
  if (present === undefined || present >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (before !== undefined) annotations[REVISION_HISTORY] = historyWith(given?.[REVISION_HISTORY], before);
  return annotations;
}

/** The annotations by which a later scaling knows what sizes this one went by. */
export function sizeAnnotations(given: StringMap | undefined, desired: number, max: number): StringMap {
  return { ...given, [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(max) };
}

/** Whether the ReplicaSet's noted sizes are others. */
export function sizesDiffer(set: ReplicaSet, desired: number, max: number): boolean {
  const { annotations } = set.metadata;
  return annotations?.[DESIRED_REPLICAS] !== String(desired) || annotations[MAX_REPLICAS] !== String(max);
}

/** The Deployment's size when this ReplicaSet was last scaled. */
export function notedDesiredReplicas(set: ReplicaSet): number | undefined {
  return count(set.metadata.annotations?.[DESIRED_REPLICAS]);
}

/** The same with its surge. */
export function notedMaxReplicas(set: ReplicaSet): number | undefined {
  return count(set.metadata.annotations?.[MAX_REPLICAS]);
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The former revisions of one template, the oldest dropped when the text grows too long. */
function historyWith(history: string | undefined, revision: string): string {
  const revisions = history === undefined || history === "" ? [] : history.split(",");
  revisions.push(revision);
  while (revisions.length > 1 && revisions.join(",").length > HISTORY_LENGTH_MAX) revisions.shift();
  return revisions.join(",");
}
