import { TAINT_NOT_READY, TAINT_UNREACHABLE } from "../../kube/taints.ts";
import { planEviction } from "../../lab/controllers/taint-eviction/eviction-plan.ts";
import { leavingSoon } from "../rules/tolerations.ts";
import { type Check, nameOf } from "./check.ts";
import { consequenceOf } from "./consequence.ts";
import { patchFix } from "./fixes.ts";

/** What an API server gives to pods that say nothing, in seconds. */
const DEFAULT_SECONDS = 300;
const LONG_SECONDS = 120;

/** For as long as its tolerations say, a pod on a dead node counts as running, and nothing takes its place. */
export const slowToLeave: Check = {
  id: "slow-to-leave",
  severity: "warning",
  title: "Pods leave a dead node within two minutes",
  *find(cluster) {
    for (const { workload, spec, pods } of cluster.subjects) {
      // What stands in running pods is what counts; before there are any, what the API server will add.
      const given = pods[0]?.spec.tolerations ?? spec.tolerations ?? [];
      const seconds = Math.max(...[TAINT_NOT_READY, TAINT_UNREACHABLE].map((key) => secondsOf(key, given)));
      if (seconds <= LONG_SECONDS) continue;
      const patch = patchFix(workload, leavingSoon(workload));
      yield {
        object: nameOf(workload),
        field: "spec.template.spec.tolerations",
        ...(seconds === Number.POSITIVE_INFINITY && { severity: "critical" as const }),
        message:
          seconds === Number.POSITIVE_INFINITY
            ? "its pods stay on a dead node for ever"
            : `its pods stay on a dead node for ${seconds} s${seconds === DEFAULT_SECONDS ? ", which is what a cluster gives to those that say nothing" : ""}`,
        consequence: consequenceOf(
          cluster,
          workload,
          ["node"],
          "until then nothing is started in their place: one loss less is borne meanwhile",
        ),
        ...(patch && { patch }),
      };
    }
  },
};

function secondsOf(key: string, tolerations: Parameters<typeof planEviction>[1]): number {
  const plan = planEviction([{ key, effect: "NoExecute" }], tolerations);
  if (plan.kind === "stay") return Number.POSITIVE_INFINITY;
  return plan.kind === "evict-now" ? 0 : plan.afterMs / 1000;
}
