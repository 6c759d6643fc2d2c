import { DAEMON, STATIC } from "../model/pod-table.ts";
import type { ChangeOutcome } from "./change-outcome.ts";
import type { ChangingCluster, Standing } from "./changing-cluster.ts";
import { refusalOf } from "./eviction.ts";
import { LowestReady } from "./lowest-ready.ts";
import { WaitingRoom } from "./waiting-room.ts";

/**
 * Drains nodes at the same time, as `kubectl drain --ignore-daemonsets --delete-emptydir-data --force` would: everything that
 * may be evicted is, what is made again is placed and becomes ready, then the rest is tried once more, until nothing moves.
 * Leaves the cluster as it is then, the nodes cordoned.
 */
export function drain(cluster: ChangingCluster, nodes: readonly number[]): ChangeOutcome {
  const { model } = cluster;
  const lowest = new LowestReady(cluster);
  const room = new WaitingRoom(cluster);
  for (const node of nodes) cluster.cordon(node);
  let staying = nodes.flatMap((node) => cluster.on(node)).filter((standing) => isEvicted(cluster, standing));
  const touched = new Set(staying.map(({ index }) => model.podClass(index).workload));
  for (let moves = true; moves; ) {
    moves = false;
    const refused: Standing[] = [];
    for (const standing of staying) {
      if (refusalOf(cluster, standing) !== undefined) {
        refused.push(standing);
        continue;
      }
      cluster.remove(standing);
      room.left(standing);
      moves = true;
    }
    staying = refused;
    for (const workload of touched) lowest.look(workload);
    if (room.settle()) moves = true;
  }
  return {
    ends: staying.length === 0,
    lowest: lowest.all,
    refused: staying.flatMap((standing) => refusalOf(cluster, standing) ?? []),
    unplaced: room.unplaced,
    notAdmitted: room.notAdmitted,
    held: [],
    waitsFor: [],
  };
}

/** DaemonSets' pods and those that kubelets run by themselves stay; what is leaving already needs no eviction. */
function isEvicted({ model }: ChangingCluster, { index, isNew }: Standing): boolean {
  const isKept = ((model.flags[index] as number) & (DAEMON | STATIC)) !== 0;
  return !isKept && (isNew || !model.isTerminating(index));
}
