import { isConditionTrue } from "../../../kube/conditions.ts";
import { nodes, pods } from "../../../kube/kinds.ts";
import { TAINT_OUT_OF_SERVICE } from "../../../kube/taints.ts";
import { parseTime } from "../../../kube/time.ts";
import type { Pod } from "../../../kube/types/index.ts";
import { durationText } from "../../../report/duration-text.ts";
import { nameOf } from "../../checks/check.ts";
import { counted, inNamespace, listed } from "../commands.ts";
import { concernsOf } from "../containers.ts";
import type { Examined } from "../examined.ts";
import { outOfService } from "../out-of-service.ts";
import type { Trouble } from "../trouble.ts";

/** Long after the grace period: kubelets take some seconds to report. */
const LATE_MS = 30_000;

/** Pods that were deleted and are not gone: their node does not say that they have ended, or somebody holds them. */
export const stuckTerminating: Trouble = {
  id: "stuck-terminating",
  title: "Pods are stuck in Terminating",
  *find(examined) {
    const late = examined.view.list(pods).filter((pod) => isLate(pod, examined));
    const held = late.filter(({ metadata }) => (metadata.finalizers ?? []).length > 0);
    for (const pod of held) {
      const names = pod.metadata.finalizers ?? [];
      yield {
        object: nameOf(pod),
        concerns: concernsOf(examined, pod),
        cause: `${listed(names)} holds it: whoever set that finalizer has not taken it off`,
        evidence: [`deleted ${sinceText(pod, examined)} ago`],
        remedies: [
          {
            says: `look whether the controller behind ${names[0]} runs: it is the one to take the finalizer off`,
          },
        ],
      };
    }
    for (const node of new Set(late.flatMap(({ spec }) => spec.nodeName ?? []))) {
      const theirs = late.filter((pod) => pod.spec.nodeName === node && !held.includes(pod));
      const [first] = theirs;
      if (first === undefined) continue;
      const known = examined.node(node);
      const isReady = isConditionTrue(known?.status.conditions, "Ready");
      const isMarked = known?.spec.taints?.some(({ key }) => key === TAINT_OUT_OF_SERVICE) === true;
      const names = theirs.map(({ metadata }) => metadata.name);
      const single = theirs.filter((pod) => examined.ownerOf(pod).kind === "StatefulSet");
      yield {
        object: known === undefined ? nameOf(first) : nameOf(known),
        concerns: theirs.flatMap((pod) => [nameOf(pod), ...concernsOf(examined, pod)]),
        cause: isReady
          ? `${counted(theirs.length, "pod")} should have ended on ${node} and ${theirs.length === 1 ? "has" : "have"} not: ${listed(names)}`
          : `${counted(theirs.length, "pod")} cannot be said to have ended, as ${node} ${known === undefined ? "is no node any more" : "does not answer"}: ${listed(names)}${single.length > 0 ? "; a StatefulSet starts no second one until that is known" : ""}`,
        evidence: theirs
          .slice(0, 3)
          .map((pod) => `${pod.metadata.name} was deleted ${sinceText(pod, examined)} ago`),
        remedies: isReady
          ? [
              {
                command: `kubectl delete pod ${first.metadata.name}${inNamespace(first)} --force --grace-period=0`,
                says: "forgets it; its processes may go on, so not for what writes to a volume, unless you saw that they have ended",
              },
            ]
          : isMarked || known === undefined
            ? [
                {
                  command: `kubectl delete pod ${first.metadata.name}${inNamespace(first)} --force --grace-period=0`,
                  says: "forgets it: the node is known to be off",
                },
              ]
            : outOfService(node),
      };
    }
  },
};

/** @param examined whose newest moment is now: nobody's clock is asked */
function isLate({ metadata, spec }: Pod, examined: Examined): boolean {
  const due = parseTime(metadata.deletionTimestamp ?? "");
  if (due === undefined) return false;
  // On a node that does not answer it will not end by itself, however long its grace period is.
  const node = examined.view.list(nodes).find((one) => one.metadata.name === spec.nodeName);
  if (spec.nodeName !== undefined && !isConditionTrue(node?.status.conditions, "Ready")) return true;
  return examined.nowMs - due > LATE_MS;
}

/** deletionTimestamp is when the grace period ends. */
function sinceText({ metadata }: Pod, { nowMs }: Examined): string {
  const due = parseTime(metadata.deletionTimestamp ?? "") ?? nowMs;
  return durationText(Math.max(0, nowMs - due) / 1000 + (metadata.deletionGracePeriodSeconds ?? 0));
}
