/** In one line, why a pod does not serve; each has a trouble of its own that tells more. */
import { isConditionTrue } from "../../kube/conditions.ts";
import type { Pod } from "../../kube/types/index.ts";
import { nameOf } from "../checks/check.ts";
import { whyPodIsNotReady, whyPodWaits } from "../pod-wait.ts";
import type { Examined } from "./examined.ts";

/** `undefined` for one that is ready. */
export function whyNotReady(pod: Pod, examined: Examined): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined && isConditionTrue(pod.status.conditions, "Ready"))
    return undefined;
  const waits = whyPodWaits(pod);
  if (waits !== undefined) return waits;
  const node = examined.node(pod.spec.nodeName ?? "");
  if (node !== undefined && !isConditionTrue(node.status.conditions, "Ready"))
    return `is on ${node.metadata.name}, which does not answer`;
  const probe = examined
    .eventsOf(nameOf(pod))
    .findLast(({ reason, message = "" }) => reason === "Unhealthy" && message.startsWith("Readiness"));
  if (probe !== undefined)
    return `does not pass its readiness probe: ${probe.message?.split("\n")[0]?.slice(0, 160)}`;
  return whyPodIsNotReady(pod);
}
