import { controllerRevisions, daemonSets } from "../../../kube/kinds.ts";
import type { ControllerRevision, DaemonSet, Pod } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import { createRevision, isRevisionOf, REVISION_HASH_LABEL, renumber } from "../shared/revisions.ts";
import { hashOfTemplate } from "../shared/template-hash.ts";

/** The revision of the present template and those of former ones, oldest first. */
export interface DaemonHistory {
  readonly current: ControllerRevision;
  readonly old: readonly ControllerRevision[];
}

/** Finds the present template among the known revisions, oldest first, or stores it. `undefined` when its name is taken. */
export function findHistory(
  api: Api,
  set: DaemonSet,
  known: readonly ControllerRevision[],
): DaemonHistory | undefined {
  const { template } = set.spec;
  const old = known.filter((revision) => !isRevisionOf(revision, template));
  const present = known.findLast((revision) => isRevisionOf(revision, template));
  const number = (old.at(-1)?.revision ?? 0) + 1;
  if (present !== undefined) {
    return { current: present.revision < number ? renumber(api, present, number) : present, old };
  }
  const { status } = set;
  const hash = (count: number | undefined) => hashOfTemplate(template, count);
  const draft = { owner: set, revision: number, hash, hashLabel: REVISION_HASH_LABEL };
  const created = createRevision(api, draft, status.collisionCount);
  if (created !== undefined) return { current: created, old };
  const collisionCount = (status.collisionCount ?? 0) + 1;
  api.updateStatus(daemonSets, { ...set, status: { ...status, collisionCount } });
  return undefined;
}

/** Deletes former revisions that no pod has beyond the history limit, the oldest first. */
export function truncateHistory(
  api: Api,
  set: DaemonSet,
  { old }: DaemonHistory,
  pods: readonly Pod[],
): void {
  const surplus = old.length - set.spec.revisionHistoryLimit;
  if (surplus <= 0) return;
  const live = new Set(pods.map(({ metadata }) => metadata.labels?.[REVISION_HASH_LABEL]));
  const dead = old.filter(({ metadata }) => !live.has(metadata.labels?.[REVISION_HASH_LABEL] ?? ""));
  for (const { metadata } of dead.slice(0, surplus)) {
    api.delete(controllerRevisions, metadata.namespace, metadata.name);
  }
}
