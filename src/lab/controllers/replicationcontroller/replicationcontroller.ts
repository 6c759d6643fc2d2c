import { replicationControllers } from "../../../kube/kinds.ts";
import { labelsContain } from "../../../kube/selectors.ts";
import type { ControllerFactory } from "../../context.ts";
import { replicaManager } from "../replicaset/replica-manager.ts";

/** ReplicationControllers: ReplicaSets before selectors had expressions and Deployments stood above. */
export const replicationController: ControllerFactory = (context) =>
  replicaManager(context, {
    name: "replication-controller",
    kind: replicationControllers,
    selects: (owner, pod) => labelsContain(pod.metadata.labels, owner.spec.selector),
    relatedPods: () => [],
  });
