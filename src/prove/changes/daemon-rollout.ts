import type { DaemonSet } from "../../kube/types/index.ts";
import type { Workload } from "../model/workload.ts";
import type { ChangeOutcome, QuotaRefusal, Unplaced } from "./change-outcome.ts";
import type { ChangingCluster } from "./changing-cluster.ts";
import { LowestReady } from "./lowest-ready.ts";
import { madeAgain, WaitingRoom } from "./waiting-room.ts";

/** Replaces the pods of a DaemonSet node by node: the old one first, or with a surge the new one first. */
export function rollOutDaemonSet(cluster: ChangingCluster, workload: Workload): ChangeOutcome {
  const { updateStrategy } = (workload.object as DaemonSet).spec;
  const lowest = new LowestReady(cluster);
  const room = new WaitingRoom(cluster);
  const unplaced: Unplaced[] = [];
  const notAdmitted: QuotaRefusal[] = [];
  lowest.look(workload.index);
  const surges = !["0", "0%", "undefined"].includes(String(updateStrategy?.rollingUpdate?.maxSurge));
  const pods = updateStrategy?.type === "OnDelete" ? [] : cluster.of(workload.index);
  for (const standing of pods) {
    if (!surges) cluster.remove(standing);
    lowest.look(workload.index);
    const refusal = cluster.make(standing.index);
    if (refusal !== undefined) {
      notAdmitted.push(refusal);
      break;
    }
    const placing = cluster.place(madeAgain(cluster, standing.index), standing.index);
    for (const victim of placing.victims) room.left(victim);
    if (placing.kind === "unplaced") {
      // The set has as many unavailable pods as it may have now: it goes no further.
      unplaced.push({ pod: standing.index, message: placing.message });
      break;
    }
    if (surges) cluster.remove(standing);
    room.settle();
  }
  return {
    ends: unplaced.length + notAdmitted.length === 0,
    lowest: lowest.all,
    refused: [],
    unplaced: [...unplaced, ...room.unplaced],
    notAdmitted: [...notAdmitted, ...room.notAdmitted],
    held: [],
    waitsFor: [],
  };
}
