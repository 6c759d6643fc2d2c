import { nodes, pods } from "../../kube/kinds.ts";
import { isStatus, StatusError } from "../../kube/status-error.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { DrillTarget } from "../target.ts";
import { chooseNode, type NodeChoice } from "./fail-node.ts";
import type { OwnFault } from "./fault.ts";

const RETRY_MS = 5_000;
const DRAIN_TIMEOUT_MS = 600_000;

/** Cordons a node and evicts what runs on it, as `kubectl drain --ignore-daemonsets --delete-emptydir-data` does. */
export function drainNode(choice: NodeChoice): OwnFault {
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
      const refused = new Map<string, string>();
      for (const pod of list.items.filter(isEvicted)) {
        void evict(target, pod, { stopped: () => stopped, refused });
      }
      const unfinished = () => {
        const [first] = refused;
        if (first === undefined) return undefined;
        const others = refused.size === 1 ? "" : `, and ${refused.size - 1} more`;
        return `the drain of ${node} could not evict pod ${first[0]}${others}: ${first[1]}`;
      };
      return { what: `${node} is drained`, unreachableNodes: [], undo, unfinished };
    },
  };
}

function isEvicted(pod: Pod): boolean {
  const byDaemonSet = pod.metadata.ownerReferences?.some((owner) => owner.kind === "DaemonSet") ?? false;
  const mirror = pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  return !byDaemonSet && !mirror && pod.metadata.deletionTimestamp === undefined;
}

interface Drain {
  stopped(): boolean;
  /** Pods that may not go yet, with what the API server said last. */
  readonly refused: Map<string, string>;
}

async function evict(target: DrillTarget, pod: Pod, { stopped, refused }: Drain): Promise<void> {
  const { namespace, name } = pod.metadata;
  const giveUpMs = target.clock.now() + DRAIN_TIMEOUT_MS;
  while (!stopped() && target.clock.now() < giveUpMs) {
    try {
      await target.client.subresource("create", pods, namespace, name, "eviction", {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name, namespace },
      });
      refused.delete(name);
      return;
    } catch (error) {
      if (isStatus(error, "NotFound")) {
        refused.delete(name);
        return;
      }
      refused.set(name, wordsOf(error));
      // A budget that forbids it now may allow it later; everything else would go on failing.
      if (!isStatus(error, "TooManyRequests")) return;
      await target.sleep(RETRY_MS);
    }
  }
}

/** With the budget's own words, which stand beside the message. */
function wordsOf(error: unknown): string {
  if (!(error instanceof StatusError)) return String(error);
  return [error.message, ...(error.details.causes ?? []).map((cause) => cause.message)].join(" ");
}
