/** kube-scheduler's default profile: which plugins look at a pod, in which order, and what their scores weigh. */
import type { FilterPlugin, PluginName, RequeuePlugin, ScorePlugin } from "./plugin.ts";
import { balancedAllocation } from "./plugins/balanced-allocation.ts";
import { defaultPreemption } from "./plugins/default-preemption.ts";
import { imageLocality } from "./plugins/image-locality.ts";
import { interPodAffinity } from "./plugins/inter-pod-affinity/filter.ts";
import { interPodAffinityScore } from "./plugins/inter-pod-affinity/score.ts";
import { nodeAffinity, nodeAffinityScore } from "./plugins/node-affinity.ts";
import { nodeName } from "./plugins/node-name.ts";
import { nodePorts } from "./plugins/node-ports.ts";
import { leastAllocated, nodeResourcesFit } from "./plugins/node-resources-fit.ts";
import { nodeUnschedulable } from "./plugins/node-unschedulable.ts";
import { nodeVolumeLimits } from "./plugins/node-volume-limits.ts";
import { schedulingGates } from "./plugins/scheduling-gates.ts";
import { taintToleration, taintTolerationScore } from "./plugins/taint-toleration.ts";
import { podTopologySpread } from "./plugins/topology-spread/filter.ts";
import { podTopologySpreadScore } from "./plugins/topology-spread/score.ts";
import { volumeBinding } from "./plugins/volume-binding.ts";
import { volumeRestrictions } from "./plugins/volume-restrictions.ts";
import { volumeZone } from "./plugins/volume-zone.ts";
import type { EventAction } from "./queue/cluster-event.ts";

/** In the order in which they run: the first one that rejects a node gives the reason. */
export const FILTERS: readonly FilterPlugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread,
  interPodAffinity,
];

/** Their scores are weighted and added up. */
export const SCORES: readonly ScorePlugin[] = [
  taintTolerationScore,
  nodeAffinityScore,
  leastAllocated,
  podTopologySpreadScore,
  interPodAffinityScore,
  balancedAllocation,
  imageLocality,
];

/** Everything that can keep a pod waiting, by name, with what brings the pod back. */
export const REQUEUE_PLUGINS: ReadonlyMap<PluginName, RequeuePlugin> = new Map(
  [schedulingGates, defaultPreemption, ...FILTERS].map((plugin) => [plugin.name, withTaintChanges(plugin)]),
);

/**
 * Whoever cares about new nodes is also asked when a node's taints change, and then always says yes: kube-scheduler does so
 * because a node may have been passed over when it was new and tainted (kubernetes/kubernetes#109437).
 */
function withTaintChanges({ name, events }: RequeuePlugin): RequeuePlugin {
  const caresAbout = (action: EventAction) =>
    events.some(({ resource, actions }) => resource === "Node" && actions.includes(action));
  if (!caresAbout("Add") || caresAbout("UpdateNodeTaint")) return { name, events };
  return { name, events: [...events, { resource: "Node", actions: ["UpdateNodeTaint"] }] };
}
