import { autoscalerOf, boundAt, floorOf } from "./autoscaler.ts";
import { controllerAmong } from "./field-owner.ts";
import { ownersOf } from "./fields/field-owners.ts";
import { type ClaimMove, moveClaims } from "./shared-claim.ts";
import type { Refusal } from "./step.ts";
import type { Hardenable } from "./traits.ts";
import type { Refuse, Room } from "./workload-room.ts";

/** How many replicas it has when the plan is done, and the claims that move for them; says why not as many as were asked for. */
export function wantedReplicas(
  workload: Hardenable,
  room: Room,
  refuse: Refuse,
): { replicas: number; moves: readonly ClaimMove[] } {
  const { settings, eligible, component, view } = room;
  const current = workload.spec.replicas;
  const stay = { replicas: current, moves: [] };
  if (component?.capability === "singleton") {
    if (settings.stated.replicas && settings.replicas > 1) {
      refuse(
        "replicas",
        `${component.name} is made to run alone: with ${settings.replicas}, ${component.twice}`,
        "the nearest is replicas: 1, which starts soon on another node",
      );
    }
    const autoscaler = autoscalerOf(workload, view);
    if (autoscaler !== undefined && autoscaler.spec.maxReplicas > 1) {
      refuse(
        "replicas",
        `HorizontalPodAutoscaler ${autoscaler.metadata.name} owns its replicas and may run ${autoscaler.spec.maxReplicas} of it: ${component.name} is made to run alone`,
        `set ${boundAt(autoscaler, "max")} to 1`,
      );
    }
    return { replicas: 1, moves: [] };
  }
  if (component?.capability === "sharded") {
    if (settings.stated.replicas && settings.replicas !== current) {
      refuse(
        "replicas",
        `${component.name} is told to do its work in shards, one a replica: another number of replicas needs another number of shards`,
        `the nearest is replicas: ${current}; change the shards where they are set`,
      );
    }
    return stay;
  }
  if (settings.replicas <= current) return stay;
  const possible = Math.max(current, Math.min(settings.replicas, eligible));
  if (settings.stated.replicas && possible < settings.replicas) {
    refuse(
      "replicas",
      `${settings.replicas} replicas on ${eligible === 1 ? "one node" : `${eligible} nodes`} that may run it: two of them would go with the same node`,
      `the nearest is replicas: ${possible}; or add a node, or remove the taint that keeps its pods away`,
    );
    return stay;
  }
  if (!mayRunMore(workload, room, refuse)) return stay;
  const moved = moveClaims(workload, view, settings.storage.className);
  if (!Array.isArray(moved)) {
    refuse((moved as Refusal).rule, (moved as Refusal).why, (moved as Refusal).wouldHelp);
    return stay;
  }
  if (moved.length > 0 && !settings.storage.shareClaims) {
    const names = moved.map(({ from }) => from).join(", ");
    refuse(
      "shared-claim",
      `one node at a time can mount its claim ${names}, and moving the data to one that all can mount is an outage, once`,
      "say storage.shareClaims: true in the policy to have that planned too",
    );
    return stay;
  }
  return { replicas: possible, moves: moved };
}

/** Whether it may have the replicas that survive a loss; says why not. */
function mayRunMore(
  workload: Hardenable,
  { view, traits, eligible, settings, forceConflicts }: Room,
  refuse: Refuse,
): boolean {
  if (traits.role !== "web") {
    refuse(
      "replicas",
      `a second ${traits.role} of this kind would keep data of its own, not a copy of the first one's`,
      NEXT_FOR_ROLE[traits.role],
    );
    return false;
  }
  const autoscaler = autoscalerOf(workload, view);
  if (autoscaler !== undefined) {
    const floor = floorOf(autoscaler);
    if (floor >= settings.replicas) return true;
    const { name } = autoscaler.metadata;
    refuse(
      "replicas",
      `HorizontalPodAutoscaler ${name} owns its replicas and would take a second one away again: its minimum is ${floor}`,
      `set ${boundAt(autoscaler, "min")} to ${settings.replicas}`,
    );
    return false;
  }
  const owner = controllerAmong(ownersOf(workload, ["f:spec", "f:replicas"]), workload);
  if (owner !== undefined && !forceConflicts) {
    refuse(
      "replicas",
      `${owner.name} owns spec.replicas and would set it back`,
      `change it ${owner.changeAt}`,
    );
    return false;
  }
  if (Math.max(eligible, workload.spec.replicas) >= 2) return true;
  refuse(
    "replicas",
    eligible === 0 ? "no node may run it" : "only one node may run it",
    "add a node, or remove the taint that keeps its pods away",
  );
  return false;
}

const NEXT_FOR_ROLE = {
  database:
    "run it as a replicated database with automatic failover (for PostgreSQL the CloudNativePG operator)",
  queue:
    "run it as a cluster of three with replicated queues (for RabbitMQ the cluster operator with quorum queues)",
  cache: "run it with a replica and automatic failover (for Redis three Sentinels)",
} as const;
