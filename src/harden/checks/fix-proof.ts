import type { LossKind, Verdict } from "../../prove/result.ts";
import type { DurationRange } from "../../report/duration-text.ts";

/** What the worst loss of a kind does to a workload, before and after. */
export interface ProvedChange {
  readonly loss: LossKind;
  /** "Deployment shop/cart" */
  readonly workload: string;
  readonly before: { readonly verdict: Verdict; readonly downSeconds?: DurationRange };
  readonly after: { readonly verdict: Verdict; readonly downSeconds?: DurationRange };
}

export interface FixProof {
  readonly better: readonly ProvedChange[];
  /** Of any workload: a patch that makes something worse is no fix. */
  readonly worse: readonly ProvedChange[];
}
