import { priorityClasses, storageClasses } from "../kube/kinds.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import { eligibleNodes } from "./eligible-nodes.ts";
import { nearestName } from "./nearest.ts";
import { domainOf, isAloneOnNode, ZONE } from "./placement.ts";
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
  if (storage.className !== undefined && !view.get(storageClasses, undefined, storage.className)) {
    const names = view.list(storageClasses).map(({ metadata }) => metadata.name);
    const nearest = nearestName(storage.className, names);
    refuse(
      "storage",
      `there is no StorageClass ${storage.className}`,
      nearest === undefined ? "make it first" : `the nearest is ${nearest}; or make it first`,
    );
  }
  if (settings.spread.zones === "Required" && replicas > 1 && zonesOf(workload, view) < 2) {
    refuse(
      "spread",
      "the nodes that may run it are all in one zone, so its pods cannot be in several",
      "the nearest is spread.zones: Off; or add nodes in another zone, labelled topology.kubernetes.io/zone",
    );
  }
  if (settings.budget !== undefined && replicas > 1 && settings.budget >= replicas) {
    refuse(
      "budget",
      `a drain that may take ${settings.budget} of ${replicas} pods takes all at once`,
      `the nearest is disruptionBudget.maxUnavailable: ${replicas - 1}`,
    );
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

function zonesOf({ spec: { template } }: Hardenable, view: ClusterView): number {
  return new Set(eligibleNodes(template.spec, view).map((node) => domainOf(node, ZONE))).size;
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
