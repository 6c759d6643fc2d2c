import type { Pod } from "../../kube/types/index.ts";
import { isPodReady } from "../../lab/controllers/shared/pod-state.ts";
import { type Check, nameOf } from "./check.ts";

/** What is one short already bears one loss less than its manifest says. */
export const fewerThanWanted: Check = {
  id: "fewer-than-wanted",
  severity: "warning",
  title: "As many pods are ready as are wanted, now",
  *find({ subjects }) {
    for (const { workload, replicas, pods } of subjects) {
      const ready = pods.filter((pod) => isPodReady(pod)).length;
      if (ready >= replicas) continue;
      yield {
        object: nameOf(workload),
        field: "status.readyReplicas",
        ...(ready === 0 && { severity: "critical" as const }),
        message: `${ready} of ${replicas} pods are ready${reasonOf(pods)}`,
        consequence:
          ready === 0
            ? "it is down now"
            : `it bears ${replicas - ready} ${replicas - ready === 1 ? "loss" : "losses"} less than it was made to`,
      };
    }
  },
};

/** What the first pod that is not ready says about it. */
function reasonOf(pods: readonly Pod[]): string {
  for (const pod of pods) {
    if (isPodReady(pod)) continue;
    const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
    const said = scheduled?.status === "False" ? scheduled.message : undefined;
    const waiting = pod.status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined);
    const why = said ?? waiting?.state?.waiting?.reason;
    if (why !== undefined) return `: ${pod.metadata.name}: ${why}`;
  }
  return "";
}
