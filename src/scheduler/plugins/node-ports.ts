import type { Pod } from "../../kube/types/index.ts";
import { UsedPorts } from "../host-ports.ts";
import { type FilterPlugin, rejection } from "../plugin.ts";
import { podInfo } from "../pod-info.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";

const PORT_TAKEN = rejection("NodePorts", true, "node(s) didn't have free ports for the requested pod ports");

/** Keeps pods off nodes where a host port that they want is taken. */
export const nodePorts: FilterPlugin = {
  name: "NodePorts",
  looksAt: "node",
  events: [
    { resource: "Pod", actions: ["Delete"], hint: freedPort },
    { resource: "Node", actions: ["Add"] },
  ],
  preFilter({ hostPorts }) {
    if (hostPorts.length === 0) return undefined;
    return { filter: ({ usedPorts }) => (usedPorts?.conflictsWith(hostPorts) ? PORT_TAKEN : undefined) };
  },
};

function freedPort(pod: Pod, event: ClusterEvent): boolean {
  const deleted = event.before as Pod;
  if (!deleted.spec.nodeName && !deleted.status.nominatedNodeName) return false;
  const freed = new UsedPorts();
  freed.add(podInfo(deleted).hostPorts);
  return freed.conflictsWith(podInfo(pod).hostPorts);
}
