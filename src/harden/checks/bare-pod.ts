import { pods } from "../../kube/kinds.ts";
import { controllerOf } from "../../kube/owners.ts";
import { type Check, nameOf } from "./check.ts";
import { consequenceOf } from "./consequence.ts";

/** The kubelet makes a pod's static twin itself; its file is on the node. */
const MIRROR = "kubernetes.io/config.mirror";

/** Nobody makes a bare pod anew. */
export const barePod: Check = {
  id: "bare-pod",
  severity: "critical",
  title: "Pods belong to something that replaces them",
  *find(cluster) {
    for (const pod of cluster.view.list(pods)) {
      const { metadata, status } = pod;
      if (controllerOf(pod) !== undefined || metadata.annotations?.[MIRROR] !== undefined) continue;
      if (status?.phase === "Succeeded" || status?.phase === "Failed") continue;
      yield {
        object: nameOf(pod),
        field: "metadata.ownerReferences",
        message: "it is a pod by itself, which no controller replaces",
        consequence: consequenceOf(
          cluster,
          pod,
          ["node", "drain"],
          "when its node is lost or drained it is gone for good; a Deployment or StatefulSet would make another",
        ),
      };
    }
  },
};
