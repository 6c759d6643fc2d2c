/** Rules about other pods: required anti-affinity, and spread that binds. */

import { isConditionTrue } from "../../../kube/conditions.ts";
import { nodes } from "../../../kube/kinds.ts";
import type { Deployment } from "../../../kube/types/index.ts";
import type { Subject } from "../../checks/subject.ts";
import { ownersOf } from "../../fields/field-owners.ts";
import { HOSTNAME, isAloneOnNode, selects } from "../../placement.ts";
import { counted, listed, patchRemedy, scaleRemedy, typed } from "../commands.ts";
import type { Remedy } from "../trouble.ts";
import type { Explained, WaitingPod } from "./waiting-pod.ts";

export function explainRule({ examined, pod, subject, refused }: WaitingPod): Explained {
  if (subject === undefined || /pod affinity rules/.test(refused.reason)) return ofOthers(refused.reason);
  if (/existing pods/.test(refused.reason)) return ofOldPods(subject) ?? ofOthers(refused.reason);
  const eligible = subject.eligibleNodes.filter(({ status }) => isConditionTrue(status.conditions, "Ready"));
  const taken = subject.pods.flatMap(({ metadata, spec }) =>
    spec.nodeName === undefined ? [] : `pod ${metadata.name} is on ${spec.nodeName}`,
  );
  const all = examined.view.list(nodes).length;
  const evidence = [
    `${counted(eligible.length, "node")} of ${all} may take its pods now: ${listed(eligible.map(({ metadata }) => metadata.name))}`,
    ...(taken.length === 0 ? [] : [listed(taken)]),
  ];
  if (!isAloneOnNode(subject)) return spreadOnly(subject, evidence);
  const { replicas } = subject;
  if (replicas > eligible.length) {
    return {
      cause: `no two of its pods may share a node, ${replicas} are wanted${scaledBy(subject)} and ${counted(eligible.length, "node")} may take one: the rule works as intended`,
      evidence,
      remedies: [...fewer(subject, eligible.length), soften(subject), moreNodes(replicas - eligible.length)],
    };
  }
  const isUpdate =
    subject.workload.kind === "Deployment" &&
    surges(subject.workload as Deployment) &&
    pod.status.phase === "Pending";
  if (isUpdate && replicas === eligible.length) {
    return {
      cause: `an update starts a new pod before an old one goes, no two may share a node, and each of the ${counted(eligible.length, "node")} has an old one`,
      evidence,
      remedies: [
        patchRemedy(
          subject.workload,
          { spec: { strategy: lettingGo(1) } },
          "lets one old pod go first, at every update; the others keep serving",
        ),
        moreNodes(1),
      ],
    };
  }
  return {
    cause: "no two of its pods may share a node, and the nodes without one cannot take it for other reasons",
    evidence,
    remedies: [soften(subject)],
  };
}

/** A rule that was taken out of the template is still in the pods that were made before. */
function ofOldPods(subject: Subject): Explained | undefined {
  const { workload, pods, replicas } = subject;
  const old = pods.filter(
    ({ metadata, spec }) =>
      spec.nodeName !== undefined && isAloneOnNode({ spec, labels: metadata.labels ?? {} }),
  );
  if (old.length === 0 || workload.kind !== "Deployment") return undefined;
  return {
    cause:
      "its old pods have a rule that its template has no more, and it keeps new pods off their nodes until one goes",
    evidence: [`with the rule: ${listed(old.map(({ metadata }) => metadata.name))}`],
    remedies: [
      patchRemedy(
        workload,
        { spec: { strategy: lettingGo(replicas - old.length + 1) } },
        `lets an old pod go first; ${counted(old.length - 1, "pod")} stay meanwhile; set maxUnavailable to 1 afterwards`,
      ),
    ],
  };
}

function lettingGo(maxUnavailable: number) {
  return { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable } };
}

function ofOthers(reason: string): Explained {
  return {
    cause: /existing/.test(reason)
      ? "pods that are there already ask not to share a node with it"
      : "it asks to be where certain other pods are, and they are not, or are where it cannot be",
    evidence: [],
    remedies: [],
  };
}

function spreadOnly(subject: Subject, evidence: readonly string[]): Explained {
  const binding = (subject.spec.topologySpreadConstraints ?? []).filter(
    (constraint) => constraint.whenUnsatisfiable === "DoNotSchedule" && selects(constraint, subject.labels),
  );
  const [constraint] = binding;
  const over = constraint?.topologyKey === HOSTNAME ? "node" : (constraint?.topologyKey ?? "node");
  return {
    cause: `its spread constraint (at most ${constraint?.maxSkew ?? 1} more per ${over} than on the emptiest) leaves it only nodes that cannot take it: the rule works as intended`,
    evidence,
    remedies: [
      {
        says: "bring back, uncordon or make room on the nodes that have fewest of its pods: the rule counts them too",
      },
      patchRemedy(
        subject.workload,
        {
          spec: {
            template: {
              spec: {
                topologySpreadConstraints: binding.map(({ topologyKey }) => ({
                  topologyKey,
                  whenUnsatisfiable: "ScheduleAnyway",
                })),
              },
            },
          },
        },
        "turns the rule into a wish: the pod starts, and one node may take more of them down",
      ),
    ],
  };
}

function scaledBy({ workload, autoscaler }: Subject): string {
  if (autoscaler !== undefined)
    return ` (its HorizontalPodAutoscaler ${autoscaler.metadata.name} may go up to ${autoscaler.spec.maxReplicas})`;
  const [writer] = ownersOf(workload, ["f:spec", "f:replicas"]);
  return writer === undefined ? "" : ` (set by ${writer.manager})`;
}

function fewer({ workload, autoscaler }: Subject, count: number): Remedy[] {
  if (count === 0) return [];
  if (autoscaler === undefined)
    return [scaleRemedy(workload, count, "as many as there are nodes for: nothing waits any more")];
  const patch = {
    spec: {
      maxReplicas: count,
      ...((autoscaler.spec.minReplicas ?? 1) > count && { minReplicas: count }),
    },
  };
  return [
    patchRemedy(
      { ...autoscaler, kind: "HorizontalPodAutoscaler" },
      patch,
      "caps it at the nodes there are; scaled by hand, the autoscaler would scale it back",
      "merge",
    ),
  ];
}

/** Pods that have the rule keep pods without it off their nodes, so an update that softens it has to let one go first. */
function soften({ workload, spec, replicas, pods }: Subject): Remedy {
  const apart = spec.affinity?.podAntiAffinity;
  const required = apart?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const preferred = apart?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const podAntiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: null,
    preferredDuringSchedulingIgnoredDuringExecution: [
      ...preferred,
      ...required.map((podAffinityTerm) => ({ weight: 100, podAffinityTerm })),
    ],
  };
  const placed = pods.filter((pod) => pod.spec.nodeName !== undefined).length;
  const isDeployment = workload.kind === "Deployment";
  return patchRemedy(
    workload,
    {
      spec: {
        ...(isDeployment && { strategy: lettingGo(Math.max(1, replicas - placed + 1)) }),
        template: { spec: { affinity: { podAntiAffinity } } },
      },
    },
    `turns the rule into a wish: all start, two may share a node, and its loss takes both${isDeployment ? `; ${counted(Math.max(0, placed - 1), "pod")} stay meanwhile, which takes some minutes; then set maxUnavailable to 1 and look again how they stand` : ""}`,
  );
}

function moreNodes(count: number): Remedy {
  return { says: `add ${counted(count, "node")} that may take its pods` };
}

function surges({ spec: { strategy } }: Deployment): boolean {
  return strategy.type === "RollingUpdate" && String(strategy.rollingUpdate?.maxSurge ?? "25%") !== "0";
}

/** For those who want to look further. */
export function describeCommand(pod: WaitingPod["pod"]): string {
  return `kubectl describe ${typed({ ...pod, kind: "Pod" })}`;
}
