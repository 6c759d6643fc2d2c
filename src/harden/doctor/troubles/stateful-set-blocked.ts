import { pods, statefulSets } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { nameOf } from "../../checks/check.ts";
import { counted, inNamespace } from "../commands.ts";
import { whyNotReady } from "../pod-reason.ts";
import type { Trouble } from "../trouble.ts";

/** OrderedReady: one pod that is not ready holds back all that come after it, and an update as well. */
export const statefulSetBlocked: Trouble = {
  id: "stateful-set-blocked",
  title: "A StatefulSet waits for one of its pods",
  *find(examined) {
    for (const set of examined.view.list(statefulSets)) {
      if (set.spec.podManagementPolicy === "Parallel") continue;
      const ordinal = (name: string) => Number(name.slice(name.lastIndexOf("-") + 1));
      const theirs = examined.view
        .list(pods, set.metadata.namespace)
        .filter((pod) => controllerOf(pod)?.uid === set.metadata.uid)
        .sort((a, b) => ordinal(a.metadata.name) - ordinal(b.metadata.name));
      const broken = theirs.find((pod) => whyNotReady(pod, examined) !== undefined);
      if (broken === undefined) continue;
      const missing = set.spec.replicas - theirs.length;
      const { updateRevision, currentRevision } = set.status;
      const isUpdating = updateRevision !== undefined && updateRevision !== currentRevision;
      const isOld = isUpdating && broken.metadata.labels?.["controller-revision-hash"] !== updateRevision;
      if (missing <= 0 && !isOld) continue;
      const { name } = broken.metadata;
      yield {
        object: nameOf(set),
        concerns: [nameOf(broken)],
        cause: isOld
          ? `its update waits: pod ${name} of the revision before is not ready, and the new template cannot reach it until it is or is deleted`
          : `${counted(missing, "pod")} of it ${missing === 1 ? "is" : "are"} not made: pods come in order, and ${name} is not ready`,
        evidence: [`pod ${name} ${whyNotReady(broken, examined)}`],
        remedies: [
          {
            command: `holdfast doctor pod/${name}${inNamespace(broken)}`,
            says: "tells what is wrong with it",
          },
          ...(isOld
            ? [
                {
                  command: `kubectl delete pod ${name}${inNamespace(broken)}`,
                  says: "has it made anew from the new template, if that is the one that works; not while its node does not answer",
                },
              ]
            : []),
        ],
      };
    }
  },
};
