import type { NodeInfo } from "../node-info.ts";
import type { PodInfo } from "../pod-info.ts";

/** What became of a node, as far as plugins read it. */
export type NodeChange =
  | {
      readonly kind: "pod";
      readonly node: NodeInfo;
      readonly pod: PodInfo;
      /** 1 for a pod that came, -1 for one that left. */
      readonly by: 1 | -1;
    }
  | {
      /** The node says something else of itself. */
      readonly kind: "node";
      readonly node: NodeInfo;
      readonly isRelabelled: boolean;
      readonly isRetainted: boolean;
    };

/** Something that was worked out about the nodes and can be brought up to date change by change. */
export interface NodeFollower {
  /** Takes the change over. False when that cannot be done: then it has to be worked out anew. */
  follow(change: NodeChange): boolean;
}
