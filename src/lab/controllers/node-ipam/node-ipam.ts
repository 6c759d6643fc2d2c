/** Gives every node a range of pod addresses of its own, and takes it back when the node is deleted. */
import { nodes } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Node } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";
import { withoutVersion } from "../shared/reference.ts";
import { watchAll } from "../shared/watch.ts";
import { CidrSet } from "./cidr-set.ts";

const NAME = "cidrAllocator";

/** --cluster-cidr: where all pod addresses come from. */
export const CLUSTER_CIDR = "10.244.0.0/16";

/** --node-cidr-mask-size. */
const NODE_MASK = 24;

/** All ranges are taken; there may be one again when a node goes. */
class NoRangeLeft extends Error {
  override readonly name = "NoRangeLeft";
}

/** Deals out pod address ranges. */
export const nodeIpam: ControllerFactory = ({ api, engine, events }) => {
  const ranges = new CidrSet(CLUSTER_CIDR, NODE_MASK);
  const queue = new WorkQueue(engine, {
    name: NAME,
    reconcile: (name) => {
      const node = api.get(nodes, undefined, name);
      if (node === undefined || node.metadata.deletionTimestamp !== undefined || hasRange(node)) return;
      const range = ranges.allocate();
      if (range === undefined) {
        const message = `Node ${name} status is now: CIDRNotAvailable`;
        events.event(withoutVersion(node), "Normal", "CIDRNotAvailable", message);
        throw new NoRangeLeft(`No pod address range is left for node ${name}`);
      }
      try {
        api.update(nodes, { ...node, spec: { ...node.spec, podCIDR: range, podCIDRs: [range] } });
      } catch (error) {
        ranges.release(range);
        throw error;
      }
    },
    isRetryable: (error) => error instanceof StatusError || error instanceof NoRangeLeft,
  });
  return {
    name: NAME,
    start() {
      // Ranges that nodes have already are marked before the first new one is dealt out.
      for (const node of api.list(nodes)) for (const range of node.spec.podCIDRs ?? []) ranges.occupy(range);
      watchAll(api, nodes, ({ type, object }) => {
        const { podCIDRs = [] } = object.spec;
        if (type === "DELETED") for (const range of podCIDRs) ranges.release(range);
        else if (hasRange(object)) for (const range of podCIDRs) ranges.occupy(range);
        else queue.add(object.metadata.name);
      });
    },
  };
};

function hasRange({ spec }: Node): boolean {
  return (spec.podCIDRs ?? []).length > 0;
}
