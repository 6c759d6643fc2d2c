import type { Kind } from "../../kube/kind.ts";
import { daemonSets, deployments, statefulSets } from "../../kube/kinds.ts";
import type { WorkloadRef } from "../subject.ts";
import type { OwnFault } from "./fault.ts";

const KINDS: Readonly<Record<WorkloadRef["kind"], Kind>> = {
  Deployment: deployments,
  StatefulSet: statefulSets,
  DaemonSet: daemonSets,
};

/** Changes a workload's template so that every pod is replaced, as `kubectl rollout restart` does. */
export function rollingUpdate(workload: WorkloadRef): OwnFault {
  return {
    async inject(target) {
      const kind = KINDS[workload.kind];
      const restartedAt = new Date(target.clock.now()).toISOString();
      await target.client.patch(kind, workload.namespace, workload.name, "merge", {
        spec: {
          template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": restartedAt } } },
        },
      });
      return { what: `${workload.name} is rolled out anew`, unreachableNodes: [], undo: async () => {} };
    },
  };
}
