import { isConditionTrue } from "../../../kube/conditions.ts";
import type { Pod } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import type { Subject } from "../../checks/subject.ts";
import { spreadStrength } from "../../placement.ts";
import { counted, inNamespace, listed, patchRemedy, spreadPatch } from "../commands.ts";
import type { Examined } from "../examined.ts";
import { cameAfter, emptyNodes, hasRoomFor, podsByNode, youngest } from "../moving.ts";
import type { Found, Remedy, Trouble } from "../trouble.ts";

/** Nothing moves a pod that runs: the remedy has to, and only where the rule then puts it elsewhere. */
export const podsOnOneNode: Trouble = {
  id: "pods-on-one-node",
  title: "All pods of a workload are on one node",
  *find(examined) {
    for (const subject of examined.subjects) {
      const placed = podsByNode(subject);
      const [first] = placed;
      if (placed.size !== 1 || first === undefined || first[1].length < 2) continue;
      yield explain(subject, first[0], first[1], examined);
    }
  },
};

function explain(subject: Subject, node: string, theirs: readonly Pod[], examined: Examined): Found {
  const { workload, eligibleNodes, labels } = subject;
  const others = emptyNodes(subject, new Map([[node, theirs]]));
  const roomy = others.filter((other) => hasRoomFor(theirs[0] as Pod, other, examined));
  const base = {
    object: nameOf(workload),
    concerns: theirs.map(nameOf),
    evidence: [
      `on ${node}: ${listed(theirs.map(({ metadata }) => metadata.name))}`,
      others.length === 0
        ? `nodes that would take its pods: ${listed(eligibleNodes.map(({ metadata }) => metadata.name))}`
        : `without any of its pods: ${listed(others.map(({ metadata }) => metadata.name))}`,
    ],
  };
  const all = `all ${theirs.length} of its pods are on ${node}`;
  if (others.length === 0)
    return {
      ...base,
      cause: `${all}: ${whyNoOther(subject, node)}`,
      remedies: [
        {
          says: "give it a second node: one that is ready, not cordoned, and that its selector and tolerations allow",
        },
      ],
    };
  const strength = spreadStrength(subject);
  if (strength === "none") {
    return {
      ...base,
      cause: `${all}: nothing asks the scheduler to keep them apart`,
      remedies: [
        patchRemedy(
          workload,
          spreadPatch(workload, matchLabelsOf(subject, labels)),
          "keeps them apart, and starts them anew, which spreads them",
        ),
      ],
    };
  }
  const wasAlone = others.every((other) => theirs.every((pod) => cameAfter(other, pod)));
  const why = wasAlone
    ? `no other node was there when they were placed, and nothing moves a pod that runs`
    : strength === "wish"
      ? "its rule is a wish only, and the scheduler had others that weighed more"
      : "they were placed before the rule was there, or before other nodes could take them, and nothing moves a pod that runs";
  if (roomy.length === 0) {
    return {
      ...base,
      cause: `${all}: ${why}; no other node has room for one now`,
      remedies: [
        {
          says: `make room on ${listed(others.map(({ metadata }) => metadata.name))} first; deleting a pod now would only bring it back here`,
        },
      ],
    };
  }
  return { ...base, cause: `${all}: ${why}`, remedies: movers(theirs, strength) };
}

function whyNoOther({ eligibleNodes }: Subject, node: string): string {
  const others = eligibleNodes.filter(({ metadata }) => metadata.name !== node);
  if (others.length === 0) return "it is the only node that would take them";
  const down = others.filter(({ status }) => !isConditionTrue(status.conditions, "Ready"));
  return `the other nodes that would take them are not ready: ${listed(down.map(({ metadata }) => metadata.name))}`;
}

/** One at a time: the next is judged by where that one went. */
export function movers(theirs: readonly Pod[], strength: "binding" | "wish"): Remedy[] {
  const pod = youngest(theirs);
  return [
    {
      command: `kubectl delete pod ${pod.metadata.name}${inNamespace(pod)}`,
      says: `${strength === "binding" ? "its successor must" : "its successor most likely does"} start on another node, as the ${strength === "binding" ? "rule" : "wish"} counts ${counted(theirs.length - 1, "pod")} left here; wait until it is ready, then look again`,
    },
  ];
}

function matchLabelsOf({ workload }: Subject, labels: Readonly<Record<string, string>>) {
  const { matchLabels } = workload.spec.selector;
  return matchLabels !== undefined && Object.keys(matchLabels).length > 0 ? matchLabels : labels;
}
