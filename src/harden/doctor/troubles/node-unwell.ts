import { findCondition } from "../../../kube/conditions.ts";
import { nodes } from "../../../kube/kinds.ts";
import { parseTime } from "../../../kube/time.ts";
import type { Node } from "../../../kube/types/index.ts";
import { durationText } from "../../../report/duration-text.ts";
import { nameOf } from "../../checks/check.ts";
import { counted } from "../commands.ts";
import type { Examined } from "../examined.ts";
import type { Found, Remedy, Trouble } from "../trouble.ts";

const PRESSURES: Readonly<Record<string, { readonly what: string; readonly remedy: string }>> = {
  MemoryPressure: {
    what: "has too little memory left",
    remedy:
      "give what runs there limits and requests that fit, or move some of it; the kubelet evicts pods until it is better",
  },
  DiskPressure: {
    what: "has too little room on its disk",
    remedy:
      "remove images and logs that nobody needs (crictl rmi --prune), or enlarge the disk; the kubelet evicts pods until it is better",
  },
  PIDPressure: {
    what: "has too many processes",
    remedy: "find what starts so many, and set a limit (podPidsLimit)",
  },
  NetworkUnavailable: {
    what: "has no network for its pods",
    remedy: "look at the network plug-in's pod on that node",
  },
};

/** Nodes that do not answer, have too little of something, or were cordoned and are so still. */
export const nodeUnwell: Trouble = {
  id: "node-unwell",
  title: "A node does not answer, is short of something, or is cordoned",
  *find(examined) {
    for (const node of examined.view.list(nodes)) {
      const ready = findCondition(node.status.conditions, "Ready");
      if (ready !== undefined && ready.status !== "True") yield notReady(node, examined);
      for (const [type, { what, remedy }] of Object.entries(PRESSURES)) {
        const condition = findCondition(node.status.conditions, type);
        if (condition?.status !== "True") continue;
        yield {
          object: nameOf(node),
          cause: `it ${what}${forText(condition.lastTransitionTime, examined)}`,
          evidence: [`${type}: ${condition.message ?? condition.reason ?? "True"}`],
          remedies: [
            {
              command: `kubectl describe node ${node.metadata.name}`,
              says: `shows what runs there; ${remedy}`,
            },
          ],
        };
      }
      if (node.spec.unschedulable === true) yield cordoned(node, examined);
    }
  },
};

function notReady(node: Node, examined: Examined): Found {
  const { name } = node.metadata;
  const ready = findCondition(node.status.conditions, "Ready");
  const isSilent = ready?.status === "Unknown";
  const theirs = examined
    .podsOn(name)
    .filter(({ status }) => status.phase === "Running" || status.phase === "Pending");
  return {
    object: nameOf(node),
    cause: `${isSilent ? "nothing has been heard of its kubelet" : "its kubelet says that it cannot run pods"}${forText(ready?.lastTransitionTime, examined)}`,
    evidence: [
      `Ready is ${ready?.status}: ${ready?.message ?? ready?.reason ?? "no reason given"}`,
      `${counted(theirs.length, "pod")} ${theirs.length === 1 ? "is" : "are"} booked on it`,
    ],
    remedies: isSilent
      ? [
          {
            says: `look whether ${name} has power and network; if it has: systemctl status kubelet there (K3s: k3s or k3s-agent)`,
          },
          {
            command: `kubectl get pods -A -o wide --field-selector spec.nodeName=${name}`,
            says: "shows what is on it; pods of Deployments come up elsewhere after their tolerationSeconds, 300 s unless told otherwise",
          },
        ]
      : [
          {
            says: `read its message; on the node: journalctl -u kubelet (K3s: k3s or k3s-agent)`,
          } satisfies Remedy,
        ],
  };
}

function cordoned({ metadata, spec, ...node }: Node, examined: Examined): Found {
  const since = spec.taints?.find(({ key }) => key === "node.kubernetes.io/unschedulable")?.timeAdded;
  const rest = examined.podsOn(metadata.name).filter((pod) => examined.ownerOf(pod).kind !== "DaemonSet");
  return {
    object: nameOf({ ...node, metadata, kind: "Node" }),
    cause: `it is cordoned${forText(since, examined)}: no new pod starts on it`,
    evidence: [
      rest.length === 0
        ? "it is drained: only DaemonSets' pods are on it"
        : `${counted(rest.length, "pod")} ${rest.length === 1 ? "is" : "are"} still on it`,
    ],
    remedies: [
      {
        command: `kubectl uncordon ${metadata.name}`,
        says: "lets pods start on it again, if the work on it is done",
      },
    ],
  };
}

function forText(since: string | undefined, { nowMs }: Examined): string {
  const moment = parseTime(since ?? "");
  return moment === undefined || moment >= nowMs ? "" : ` for ${durationText((nowMs - moment) / 1000)}`;
}
