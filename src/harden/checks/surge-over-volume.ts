import type { Deployment } from "../../kube/types/index.ts";
import { rollingBounds } from "../../lab/controllers/deployment/rolling-bounds.ts";
import { type Check, nameOf } from "./check.ts";
import { patchFix } from "./fixes.ts";
import { rollingStrategy } from "./rolling-strategy.ts";
import { isShared } from "./subject.ts";

/** The extra pod of an update wants a volume that one node at a time may have. */
export const surgeOverVolume: Check = {
  id: "surge-over-volume",
  severity: "critical",
  title: "An update starts no extra pod on a volume that one node at a time may have",
  *find(cluster) {
    for (const subject of cluster.subjects) {
      const { workload, replicas } = subject;
      if (workload.kind !== "Deployment" || replicas === 0) continue;
      const deployment = workload as Deployment;
      const held = subject.claims.find(({ claim }) => !isShared(claim));
      if (held === undefined || rollingBounds(deployment).maxSurge === 0) continue;
      // One writer has to stop before the next one starts; of several, one goes first.
      const strategy = replicas === 1 ? ({ type: "Recreate" } as const) : rollingStrategy(subject);
      const patch = patchFix(deployment, { ...deployment, spec: { ...deployment.spec, strategy } });
      const { name, namespace } = held.claim.metadata;
      yield {
        object: nameOf(workload),
        field: "spec.strategy.rollingUpdate.maxSurge",
        message: `an update starts an extra pod while claim ${namespace}/${name} (${(held.claim.spec.accessModes ?? []).join(", ")}) is with the old one's node`,
        consequence:
          "on another node the new pod waits for the volume for ever (Multi-Attach); on the same node two pods write to the same files",
        ...(patch && { patch }),
      };
    }
  },
};
