import type { Reader } from "../../client/client.ts";
import { nodes } from "../../kube/kinds.ts";
import type { WorkloadRef } from "../subject.ts";
import type { NodeFailure } from "../target.ts";
import { firstPodOf } from "./delete-pod.ts";
import type { Fault } from "./fault.ts";

/** A node by name, or the one that carries a workload's first pod. */
export type NodeChoice = { readonly node: string } | { readonly under: WorkloadRef };

/** Makes a node fail; healing it is the undo. */
export function failNode(choice: NodeChoice, how: NodeFailure): Fault {
  return {
    async inject(target) {
      const node = await chooseNode(target.client, choice);
      const undo = () => target.healNode(node);
      await target.failNode(node, how);
      return {
        what: `${node} ${WHAT[how]}`,
        unreachableNodes: how === "power-off" || how === "partition" || how === "flap" ? [node] : [],
        undo,
      };
    },
  };
}

/** @throws Error when the cluster has no node to choose. */
export async function chooseNode(client: Reader, choice: NodeChoice): Promise<string> {
  if ("node" in choice) return choice.node;
  const pod = await firstPodOf(client, choice.under);
  const name = pod?.spec.nodeName ?? (await client.list(nodes)).items[0]?.metadata.name;
  if (name === undefined) throw new Error("The cluster has no node that could fail; add one");
  return name;
}

const WHAT: Readonly<Record<NodeFailure, string>> = {
  "power-off": "is powered off",
  partition: "is cut off the network, its pods go on running",
  "kubelet-stop": "has no kubelet any more, its pods go on running",
  "kubelet-hang": "has a kubelet that hangs, its pods go on running",
  "disk-full": "has a full disk",
  flap: "goes off and comes back, again and again",
};
