import { pods, replicaSets } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { selectorMatches } from "../../../kube/selectors.ts";
import type { Pod, ReplicaSet } from "../../../kube/types/index.ts";
import type { ControllerFactory } from "../../context.ts";

import { replicaManager } from "./replica-manager.ts";

/** ReplicaSets: pods of one template, as many as asked for; the spread over nodes is judged over the whole Deployment. */
export const replicaSet: ControllerFactory = (context) => {
  const { api } = context;
  function* relatedPods(owner: ReplicaSet): Generator<Pod> {
    const deployment = controllerOf(owner);
    if (deployment === undefined) return;
    for (const sibling of api.ownedBy(replicaSets, deployment.uid))
      yield* api.ownedBy(pods, sibling.metadata.uid);
  }
  return replicaManager(context, {
    name: "replicaset-controller",
    kind: replicaSets,
    selects: (owner, pod) => selectorMatches(owner.spec.selector, pod.metadata.labels),
    relatedPods,
  });
};
