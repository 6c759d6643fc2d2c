/** Nodes that keep pods away: taints that are not tolerated, cordons, labels that are asked for and missing. */
import { isConditionTrue } from "../../../kube/conditions.ts";
import { nodes } from "../../../kube/kinds.ts";
import { TAINT_UNSCHEDULABLE, toleratesTaint } from "../../../kube/taints.ts";
import type { Node, Pod, Taint } from "../../../kube/types/index.ts";
import { matchesRequiredAffinity } from "../../../scheduler/required-node-affinity.ts";
import { listed } from "../commands.ts";
import type { Remedy } from "../trouble.ts";
import type { Explained, WaitingPod } from "./waiting-pod.ts";

export function explainCordon({ examined }: WaitingPod): Explained {
  const cordoned = examined.view.list(nodes).filter(({ spec }) => spec.unschedulable === true);
  const names = cordoned.map(({ metadata }) => metadata.name);
  return {
    cause: `${listed(names)} ${names.length === 1 ? "is" : "are"} cordoned`,
    evidence: [],
    remedies: cordoned.filter(isWell).map(({ metadata: { name } }) => ({
      command: `kubectl uncordon ${name}`,
      says: `lets pods start on ${name} again, if whoever cordoned it is done`,
    })),
  };
}

export function explainTaint({ examined, pod }: WaitingPod): Explained {
  const found = examined.view.list(nodes).flatMap((node) => {
    const taint = (node.spec.taints ?? []).find((one) => keepsAway(one, pod));
    return taint === undefined ? [] : [{ node, taint }];
  });
  const names = found.map(({ node }) => node.metadata.name);
  return {
    cause: `${listed(names)} ${names.length === 1 ? "has a taint" : "have taints"} that it does not tolerate`,
    evidence: found.map(({ node, taint }) => `${node.metadata.name}: taint ${taintText(taint)}`),
    remedies: found.flatMap(({ node, taint }) => againstTaint(node, taint)),
  };
}

function keepsAway(taint: Taint, pod: Pod): boolean {
  if (taint.effect === "PreferNoSchedule" || taint.key === TAINT_UNSCHEDULABLE) return false;
  return !(pod.spec.tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint));
}

function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined || value === "" ? "" : `=${value}`}:${effect}`;
}

/** The taints of Kubernetes itself go when what they say is over. */
function againstTaint({ metadata: { name } }: Node, taint: Taint): Remedy[] {
  if (/^node\.(cloudprovider\.)?kubernetes\.io\//.test(taint.key)) return [];
  if (/^node-role\.kubernetes\.io\//.test(taint.key))
    return [
      {
        says: `${name} keeps its room for the control plane: leave that taint, or tolerate it where there is no other node`,
      },
    ];
  return [
    {
      command: `kubectl taint nodes ${name} ${taint.key}:${taint.effect}-`,
      says: `opens ${name} to all pods, if its taint is a leftover; else tolerate it in the pod's template`,
    },
  ];
}

export function explainSelector({ examined, pod }: WaitingPod): Explained {
  const all = examined.view.list(nodes);
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  const missing = wanted.filter(([key, value]) =>
    all.every(({ metadata }) => metadata.labels?.[key] !== value),
  );
  const fitting = all.filter((node) => matchesRequiredAffinity(pod.spec, node));
  const [first] = missing;
  if (first !== undefined) {
    const [key, value] = first;
    const others = [...new Set(all.flatMap(({ metadata }) => metadata.labels?.[key] ?? []))];
    return {
      cause: `it wants a node with label ${key}=${value}, and no node has it`,
      evidence: [
        others.length === 0 ? `no node has a label ${key} at all` : `nodes have ${key}=${listed(others)}`,
      ],
      remedies: [
        {
          command: `kubectl label node ${all.find(isWell)?.metadata.name ?? "NODE"} ${key}=${value}`,
          says: "gives a node the label, if it is what the label says; else mend nodeSelector in the pod's template",
        },
      ],
    };
  }
  return {
    cause:
      fitting.length === 0
        ? "no node has all that its node selector and required node affinity ask for"
        : `only ${listed(fitting.map(({ metadata }) => metadata.name))} ${fitting.length === 1 ? "has" : "have"} what its node selector and required node affinity ask for`,
    evidence: wanted.map(([key, value]) => `nodeSelector ${key}=${value}`),
    remedies: [
      { says: "widen nodeSelector or node affinity in the pod's template, or give more nodes the labels" },
    ],
  };
}

function isWell({ status }: Node): boolean {
  return isConditionTrue(status.conditions, "Ready");
}
