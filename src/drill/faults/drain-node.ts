import { nodes, pods } from "../../kube/kinds.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { DrillTarget } from "../target.ts";
import { chooseNode, type NodeChoice } from "./fail-node.ts";
import type { Fault } from "./fault.ts";

const RETRY_MS = 5_000;
const DRAIN_TIMEOUT_MS = 600_000;

/** Cordons a node and evicts what runs on it, as `kubectl drain --ignore-daemonsets --delete-emptydir-data` does. */
export function drainNode(choice: NodeChoice): Fault {
  return {
    async inject(target) {
      const node = await chooseNode(target.client, choice);
      let stopped = false;
      const undo = async () => {
        stopped = true;
        await target.client.patch(nodes, undefined, node, "merge", { spec: { unschedulable: null } });
      };
      await target.client.patch(nodes, undefined, node, "merge", { spec: { unschedulable: true } });
      const list = await target.client.list(pods, { fieldSelector: `spec.nodeName=${node}` });
      // Evictions run beside the measurement, each retried on its own, as kubectl does with a goroutine a pod.
      for (const pod of list.items.filter(isEvicted)) void evict(target, pod, () => stopped);
      return { what: `${node} is drained`, unreachableNodes: [], undo };
    },
  };
}

function isEvicted(pod: Pod): boolean {
  const byDaemonSet = pod.metadata.ownerReferences?.some((owner) => owner.kind === "DaemonSet") ?? false;
  const mirror = pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  return !byDaemonSet && !mirror && pod.metadata.deletionTimestamp === undefined;
}

async function evict(target: DrillTarget, pod: Pod, stopped: () => boolean): Promise<void> {
  const { namespace, name } = pod.metadata;
  const giveUpMs = target.clock.now() + DRAIN_TIMEOUT_MS;
  while (!stopped() && target.clock.now() < giveUpMs) {
    try {
      await target.client.subresource("create", pods, namespace, name, "eviction", {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name, namespace },
      });
      return;
    } catch (error) {
      if (isStatus(error, "NotFound")) return;
      // A budget that forbids it now may allow it later; everything else would go on failing.
      if (!isStatus(error, "TooManyRequests")) return;
      await target.sleep(RETRY_MS);
    }
  }
}
