import type { Node, Pod } from "../kube/types/index.ts";
import { SchedulingAlgorithm } from "../scheduler/algorithm.ts";
import { NodeRanking } from "../scheduler/node-ranking.ts";
import { PluginError } from "../scheduler/plugin-error.ts";
import type { Snapshot } from "../scheduler/snapshot.ts";

/** Whether the literal scheduler finds a node for the pod as things are, without anybody having to leave. */
export function findsNode(pod: Pod, snapshot: Snapshot): boolean {
  try {
    const algorithm = new SchedulingAlgorithm({ snapshot, random: new NodeRanking(1), scansAllNodes: true });
    return algorithm.schedule(pod).kind === "scheduled";
  } catch (error) {
    if (error instanceof PluginError) return false;
    throw error;
  }
}

/** The same if the node were there, in the place of the one of its name where there is one. The snapshot is left as it was. */
export function findsNodeWith(node: Node, pod: Pod, snapshot: Snapshot): boolean {
  const { name } = node.metadata;
  const before = snapshot.node(name)?.node;
  snapshot.setNode(node);
  try {
    return findsNode(pod, snapshot);
  } finally {
    if (before === undefined) snapshot.removeNode(name);
    else snapshot.setNode(before);
  }
}
