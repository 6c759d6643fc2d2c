/** One thing that may be lost at once, or is changed on purpose. */
import type { LossKind } from "../result.ts";

export interface Loss {
  /** Stable and readable: "node/node-1", "zone/eu-1", "pair/node-1+node-2", "pod/shop/cart-0", "drain/node-1",
   * "rollout/Deployment/shop/cart". */
  readonly id: string;
  readonly kind: LossKind;
  /** Indexes of the model's nodes, ascending. */
  readonly nodes: readonly number[];
  /** Index of the one pod that is lost, where no node is. */
  readonly pod?: number;
  /** Index of the workload that is rolled out. */
  readonly workload?: number;
}
