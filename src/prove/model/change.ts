import type { Node, Pod } from "../../kube/types/index.ts";

/** One object as the API server has it now, or no longer has it. */
export type ModelChange =
  | { readonly kind: "pod"; readonly pod: Pod }
  | { readonly kind: "pod-gone"; readonly namespace: string; readonly name: string }
  | { readonly kind: "node"; readonly node: Node }
  | { readonly kind: "node-gone"; readonly name: string };

/** Where a pod stands, by the numbers of its moment. */
export interface PodPlace {
  readonly pod: number;
  readonly podClass: number;
  /** -1 for none. */
  readonly node: number;
  readonly flags: number;
}

/** A pod that has come (no `before`), gone (no `after`) or become another. */
export interface PodMove {
  readonly before?: PodPlace;
  readonly after?: PodPlace;
}

/** What a change has made of the model, for those who keep what follows from it. */
export interface ChangedInPlace {
  readonly kind: "in-place";
  /** One that has come or gone renumbers the pods behind it. */
  readonly pods: readonly PodMove[];
  /** The node that says something else than before; `isNew` and `isGone` renumber the nodes behind it. */
  readonly node?: { readonly index: number; readonly isNew: boolean; readonly isGone: boolean };
  /** Whether there is a class more, which is the last. Classes stay when their pods have gone. */
  readonly hasNewClass: boolean;
  /** Indexes of the budgets of which something is different. */
  readonly budgets: readonly number[];
}

/** The change reaches further than one pod or node; nothing has been changed, and a model of all objects has to be built anew. */
export interface NeedsAnother {
  readonly kind: "anew";
  readonly why: string;
}
