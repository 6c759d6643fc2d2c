import { priorityClasses, storageClasses } from "../kube/kinds.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import { nearestName } from "./nearest.ts";
import { isAloneOnNode } from "./placement.ts";
import { isSingleWriter } from "./rules/rollout.ts";
import { whyStick } from "./stickiness.ts";
import { copiesOf, copiesOfClass } from "./storage-copies.ts";
import type { Settings } from "./tiers.ts";
import type { Hardenable } from "./traits.ts";
import type { Refuse, Room } from "./workload-room.ts";

/** The settings without what cannot be had here; says why, and what is nearest. */
export function possibleSettings(
  workload: Hardenable,
  replicas: number,
  room: Room,
  refuse: Refuse,
): Settings {
  const { settings, view, eligible, traits } = room;
  const { rollout, priorityClassName, storage, sessionAffinity } = settings;
  const { maxSurge = 0, maxUnavailable = 0 } = rollout;
  const spec = workload.spec.template.spec;
  const alone = isAloneOnNode({ spec, labels: workload.spec.template.metadata?.labels ?? {} });
  let possible = settings;
  if (alone && maxSurge > 0 && maxUnavailable === 0 && replicas + maxSurge > eligible) {
    refuse(
      "rollout",
      `no two of its pods may share a node, and ${replicas} and ${maxSurge} more have ${eligible} nodes: an update would never end`,
      "the nearest is maxSurge: 0, maxUnavailable: 1",
    );
    possible = { ...possible, rollout: {} };
  }
  if (maxSurge + maxUnavailable > 0 && isSingle(workload, replicas, room)) {
    refuse(
      "rollout",
      "two of its pods at once would fight over the same volume or get into each other's way",
      "leave rollout out: one pod stops before the next starts",
    );
    possible = { ...possible, rollout: {} };
  }
  if (priorityClassName !== undefined && !view.get(priorityClasses, undefined, priorityClassName)) {
    const names = view.list(priorityClasses).map(({ metadata }) => metadata.name);
    const nearest = nearestName(priorityClassName, names);
    refuse(
      "priority",
      `there is no PriorityClass ${priorityClassName}`,
      nearest === undefined ? "make it first" : `the nearest is ${nearest}; or make it first`,
    );
    possible = { ...possible, priorityClassName: undefined };
  }
  if (storage.copies !== undefined) judgeCopies(workload, storage.copies, view, refuse);
  if (sessionAffinity.mode === "None" && whyStick(traits) !== undefined) {
    refuse(
      "stickiness",
      `without session affinity it breaks: ${whyStick(traits)}`,
      "the nearest is mode: Auto",
    );
  }
  return possible;
}

function isSingle(
  workload: Hardenable,
  replicas: number,
  { view, traits, component, settings }: Room,
): boolean {
  const input = { view, traits, component, settings, replicas, services: [], eligibleNodes: [] };
  return isSingleWriter(workload, input);
}

function judgeCopies(workload: Hardenable, wanted: number, view: ClusterView, refuse: Refuse): void {
  for (const { claim, storageClass, copies } of copiesOf(workload, view)) {
    if (copies === undefined || copies >= wanted) continue;
    const better = view.list(storageClasses).find((each) => (copiesOfClass(each) ?? 0) >= wanted);
    refuse(
      "storage",
      `claim ${claim} is of class ${storageClass}, which keeps ${copies === 1 ? "one copy" : `${copies} copies`} of ${wanted}`,
      better === undefined
        ? `the nearest is copies: ${copies}; or make a class that keeps ${wanted}`
        : `move the data to a claim of class ${better.metadata.name}, or raise the copies of its volume`,
    );
  }
}
