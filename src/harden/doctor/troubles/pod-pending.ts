import { findCondition } from "../../../kube/conditions.ts";
import { pods } from "../../../kube/kinds.ts";
import type { KubeObject, Pod } from "../../../kube/types/index.ts";
import { nameOf, nameText } from "../../checks/check.ts";
import { counted, listed } from "../commands.ts";
import type { Examined } from "../examined.ts";
import { explainCordon, explainSelector, explainTaint } from "../pending/nodes-closed.ts";
import { explainRoom } from "../pending/room.ts";
import { describeCommand, explainRule } from "../pending/rule.ts";
import { type RefusalSort, readSchedulerMessage } from "../pending/scheduler-message.ts";
import { explainClaim, explainUnbound, explainVolumePlace } from "../pending/volumes.ts";
import type { Explained, WaitingPod } from "../pending/waiting-pod.ts";
import type { Found, Trouble } from "../trouble.ts";

const EXPLAIN: Readonly<Record<RefusalSort, ((waiting: WaitingPod) => Explained) | undefined>> = {
  rule: explainRule,
  room: explainRoom,
  taint: explainTaint,
  cordon: explainCordon,
  selector: explainSelector,
  claim: explainClaim,
  "volume-place": explainVolumePlace,
  ports: ({ refused }) => ({
    cause: "a port that it takes on the node itself (hostPort) is taken there already",
    evidence: [refused.reason],
    remedies: [{ says: "drop hostPort in the pod's template, or run at most one of them a node" }],
  }),
  other: undefined,
};

/** Pods that wait for a node: the scheduler's sentence taken apart. */
export const podPending: Trouble = {
  id: "pod-pending",
  title: "Pods wait for a node",
  *find(examined) {
    const groups = new Map<string, { owner: KubeObject; message: string; waiting: Pod[] }>();
    for (const pod of examined.view.list(pods)) {
      if (pod.status.phase !== "Pending" || pod.spec.nodeName || pod.metadata.deletionTimestamp) continue;
      const owner = examined.ownerOf(pod);
      const message = messageOf(examined, pod);
      const key = `${nameText(nameOf(owner))} ${message}`;
      const group = groups.get(key) ?? { owner, message, waiting: [] };
      group.waiting.push(pod);
      groups.set(key, group);
    }
    for (const { owner, message, waiting } of groups.values())
      yield explain(examined, owner, message, waiting);
  },
};

function messageOf(examined: Examined, pod: Pod): string {
  const condition = findCondition(pod.status.conditions, "PodScheduled");
  return condition?.message ?? examined.lastEvent(nameOf(pod), "FailedScheduling")?.message ?? "";
}

function explain(examined: Examined, owner: KubeObject, message: string, waiting: readonly Pod[]): Found {
  const [pod] = waiting as [Pod];
  const base = {
    object: nameOf(owner),
    concerns: waiting.map(nameOf),
  };
  const who =
    owner === pod
      ? "it waits"
      : `${counted(waiting.length, "pod")} (${listed(
          waiting.map(({ metadata }) => metadata.name),
          2,
        )}) ${waiting.length === 1 ? "waits" : "wait"}`;
  const gates = (pod.spec.schedulingGates ?? []).map(({ name }) => name);
  if (gates.length > 0) {
    return {
      ...base,
      cause: `${who} for whoever set the scheduling gate ${listed(gates)} to take it off`,
      evidence: ["the scheduler does not look at a pod that has gates"],
      remedies: [
        { says: `look whether the controller behind ${gates[0]} runs: it decides when the pod may start` },
      ],
    };
  }
  const read = readSchedulerMessage(message);
  if (read === undefined) {
    const claim = message === "" ? explainUnbound({ examined, pod }) : undefined;
    return claim === undefined
      ? unheard(base, who, pod, message)
      : { ...base, ...claim, cause: `${who}: ${claim.cause}` };
  }
  const sorts = new Set<RefusalSort>();
  const explained = read.refused.flatMap((refused): Explained[] => {
    if (sorts.has(refused.sort) && refused.sort !== "room" && refused.sort !== "other") return [];
    sorts.add(refused.sort);
    const own = EXPLAIN[refused.sort]?.({ examined, pod, subject: examined.subjectOf(pod), refused });
    return [own ?? { cause: refused.reason, evidence: [], remedies: [] }];
  });
  const remedies = explained.flatMap((one) => one.remedies);
  return {
    ...base,
    cause: `${who} for a node: ${explained.map(({ cause }) => cause).join("; and ")}`,
    evidence: [`scheduler: ${message}`, ...explained.flatMap(({ evidence }) => evidence)],
    remedies:
      remedies.length > 0
        ? remedies
        : [{ command: describeCommand(pod), says: "shows all that is known of it" }],
  };
}

/** Nobody has said anything about it, or somebody in words of their own. */
function unheard(base: Pick<Found, "object" | "concerns">, who: string, pod: Pod, message: string): Found {
  const { schedulerName } = pod.spec;
  return {
    ...base,
    cause:
      message === ""
        ? `${who} for scheduler ${schedulerName}, which has not said anything about it`
        : `${who} for a node: ${message}`,
    evidence: [`spec.schedulerName is ${schedulerName}`],
    remedies: [
      {
        command:
          schedulerName === "default-scheduler"
            ? "kubectl get pods -n kube-system -l component=kube-scheduler"
            : `kubectl get pods -A | grep ${schedulerName}`,
        says: "shows whether that scheduler runs",
      },
    ],
  };
}
