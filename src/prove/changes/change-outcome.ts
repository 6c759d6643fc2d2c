/** What a change on purpose comes to: whether it ends, what it takes down meanwhile, and what stands in its way. */

/** A pod that the API server will not evict, however often it is asked. */
export type Refused =
  | { readonly pod: number; readonly why: "several-budgets"; readonly budgets: readonly number[] }
  | {
      readonly pod: number;
      readonly why: "budget";
      readonly budget: number;
      /** Of the budget's pods. */
      readonly healthy: number;
      readonly needed: number;
    };

/** A pod that finds no node. */
export interface Unplaced {
  /** Index in the model of the pod in whose place it was made. */
  readonly pod: number;
  /** In the scheduler's words. */
  readonly message: string;
}

/** A pod that the API server does not let in. */
export interface QuotaRefusal {
  /** Index in the model of the pod in whose place it was to be made. */
  readonly pod: number;
  /** Namespace and name. */
  readonly quota: string;
  /** In the API server's words. */
  readonly message: string;
}

/** A pod that has a node, but whose volume another node still has. */
export interface Held {
  readonly pod: number;
  readonly claim: string;
  /** Index of the node that has the volume. */
  readonly node: number;
}

export interface ChangeOutcome {
  /** Whether it comes to its end by itself. */
  readonly ends: boolean;
  /** By index of the workload that it touched, the fewest of its pods that were ready at any time. */
  readonly lowest: ReadonlyMap<number, number>;
  readonly refused: readonly Refused[];
  readonly unplaced: readonly Unplaced[];
  /** Pods that were to be made, and are not as long as the quota is as it is. */
  readonly notAdmitted: readonly QuotaRefusal[];
  readonly held: readonly Held[];
  /** Pods that are not ready, which a StatefulSet waits for before it goes on. */
  readonly waitsFor: readonly number[];
}
