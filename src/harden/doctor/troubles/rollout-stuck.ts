import { findCondition } from "../../../kube/conditions.ts";
import { deployments, pods } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { nameOf } from "../../checks/check.ts";
import { inNamespace, typed } from "../commands.ts";
import { whyNotReady } from "../pod-reason.ts";
import type { Trouble } from "../trouble.ts";

/** A rollout that gave up waiting, with the reason of its newest pod. */
export const rolloutStuck: Trouble = {
  id: "rollout-stuck",
  title: "A rollout does not get on",
  *find(examined) {
    for (const deployment of examined.view.list(deployments)) {
      const { spec, status } = deployment;
      if (spec.paused === true && (status.updatedReplicas ?? 0) < spec.replicas) {
        yield {
          object: nameOf(deployment),
          cause: "it is paused in the middle of a rollout: nothing of its template is acted on",
          evidence: [`${status.updatedReplicas ?? 0} of ${spec.replicas} pods are of the new template`],
          remedies: [{ command: `kubectl rollout resume ${typed(deployment)}`, says: "lets it go on" }],
        };
        continue;
      }
      const progressing = findCondition(status.conditions, "Progressing");
      if (progressing?.reason !== "ProgressDeadlineExceeded") continue;
      const sets = examined.replicaSetsOf(deployment);
      const newest = sets.at(-1);
      const waiting = examined.view
        .list(pods, deployment.metadata.namespace)
        .filter(
          (pod) =>
            controllerOf(pod)?.uid === newest?.metadata.uid && whyNotReady(pod, examined) !== undefined,
        );
      const pod = waiting.at(-1);
      const old = status.availableReplicas ?? 0;
      yield {
        object: nameOf(deployment),
        concerns: waiting.map(nameOf),
        cause: `its rollout has not got on for ${spec.progressDeadlineSeconds} s${pod === undefined ? "" : `: pod ${pod.metadata.name} ${whyNotReady(pod, examined)}`}`,
        evidence: [
          `${progressing.reason}: ${progressing.message ?? ""}`,
          old === 0 ? "none of its pods serves" : `${old} of ${spec.replicas} pods serve`,
        ],
        remedies: [
          ...(pod === undefined
            ? []
            : [
                {
                  command: `holdfast doctor pod/${pod.metadata.name}${inNamespace(pod)}`,
                  says: "tells what is wrong with the new pod",
                },
              ]),
          ...(sets.length > 1
            ? [
                {
                  command: `kubectl rollout undo ${typed(deployment)}`,
                  says: "goes back to the template before; nothing goes back by itself",
                },
              ]
            : []),
        ],
      };
    }
  },
};
