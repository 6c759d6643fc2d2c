import type { StatefulSet } from "../../kube/types/index.ts";
import type { Workload } from "../model/workload.ts";
import type { ChangeOutcome } from "./change-outcome.ts";
import type { ChangingCluster } from "./changing-cluster.ts";
import { LowestReady } from "./lowest-ready.ts";
import { ordinalOf, WaitingRoom } from "./waiting-room.ts";

/** Replaces the pods of a StatefulSet one after another from the highest number down to its partition. */
export function rollOutStatefulSet(cluster: ChangingCluster, workload: Workload): ChangeOutcome {
  const { model } = cluster;
  const { spec } = workload.object as StatefulSet;
  const lowest = new LowestReady(cluster);
  const room = new WaitingRoom(cluster);
  lowest.look(workload.index);
  const outcome = (ends: boolean, waitsFor: readonly number[] = []): ChangeOutcome => ({
    ends,
    lowest: lowest.all,
    refused: [],
    unplaced: room.unplaced,
    notAdmitted: room.notAdmitted,
    held: [],
    waitsFor,
  });
  // Somebody else decides when each pod goes.
  if (spec.updateStrategy?.type === "OnDelete") return outcome(true);
  const pods = cluster.of(workload.index);
  const ordinal = (index: number) => ordinalOf(model.nameOf(index));
  const unready = pods.filter(({ isReady }) => !isReady).map(({ index }) => index);
  if (spec.podManagementPolicy !== "Parallel") {
    // In order means: nothing else happens while one is not ready.
    const waitsFor = [...unready, ...cluster.unboundOf(workload.index)];
    if (waitsFor.length > 0) return outcome(false, waitsFor);
  }
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const descending = [...pods].sort((a, b) => ordinal(b.index) - ordinal(a.index));
  for (const standing of descending) {
    if (ordinal(standing.index) < partition) break;
    cluster.remove(standing);
    lowest.look(workload.index);
    room.left(standing);
    room.settle();
    if (!room.isEmpty) return outcome(false);
  }
  return outcome(true);
}
