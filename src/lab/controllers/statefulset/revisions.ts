import { deepEqual } from "../../../base/deep.ts";
import { controllerRevisions } from "../../../kube/kinds.ts";
import type { ControllerRevision, Pod, StatefulSet } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import {
  createRevision,
  hashOfRevision,
  isRevisionOf,
  REVISION_HASH_LABEL,
  renumber,
} from "../shared/revisions.ts";

/** The two templates that a StatefulSet's pods may have. */
export interface Revisions {
  /** What pods had before the update under way; the same as `update` when none is. */
  readonly current: ControllerRevision;
  /** What the spec asks for. */
  readonly update: ControllerRevision;
  readonly collisionCount: number;
}

const HASH_LABEL = "controller.kubernetes.io/hash";

/** Finds the revisions in force among those that there are, oldest first; the one of a new template is stored. */
export function findRevisions(api: Api, set: StatefulSet, known: readonly ControllerRevision[]): Revisions {
  const { update, collisionCount } = updateRevision(api, set, known);
  const current = known.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? update;
  return { current, update, collisionCount };
}

/** Deletes revisions that nothing refers to beyond the history limit, the oldest first. */
export function truncateHistory(
  api: Api,
  set: StatefulSet,
  pods: readonly Pod[],
  known: readonly ControllerRevision[],
  { current, update }: Revisions,
): void {
  const live = new Set([current.metadata.name, update.metadata.name]);
  for (const { metadata } of pods) live.add(metadata.labels?.[REVISION_HASH_LABEL] ?? "");
  const history = known.filter(({ metadata }) => !live.has(metadata.name));
  const surplus = Math.max(0, history.length - set.spec.revisionHistoryLimit);
  for (const { metadata } of history.slice(0, surplus)) {
    api.delete(controllerRevisions, metadata.namespace, metadata.name);
  }
}

function updateRevision(
  api: Api,
  set: StatefulSet,
  known: readonly ControllerRevision[],
): { readonly update: ControllerRevision; readonly collisionCount: number } {
  let collisionCount = set.status.collisionCount ?? 0;
  const last = known.at(-1);
  const equal = known.findLast((revision) => isRevisionOf(revision, set.spec.template));
  if (equal !== undefined && last !== undefined) {
    // A template that comes back gets its old revision under the next number.
    const isLast = deepEqual(equal.data, last.data);
    return { update: isLast ? last : renumber(api, equal, last.revision + 1), collisionCount };
  }
  const draft = {
    owner: set,
    revision: (last?.revision ?? 0) + 1,
    hash: (count: number | undefined) => hashOfRevision(set.spec.template, count),
    hashLabel: HASH_LABEL,
  };
  for (;;) {
    const update = createRevision(api, draft, collisionCount);
    if (update !== undefined) return { update, collisionCount };
    collisionCount++;
  }
}
