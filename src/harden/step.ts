/**
 * Hardening: what would make a cluster's workloads survive more, as a plan that can be printed before it is done.
 *
 * Nouns: a `Rule` proposes one improvement of one workload, with its reason, or refuses it with what would change that;
 * the `Plan` is an ordered list of `Step`s, each with its undo worked out before anything is done; `apply.ts` does
 * exactly the steps. Planning is pure: it reads a `ClusterView` and asks nobody. Nothing here injects failures.
 */
import type { Body } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import type { KubeObject } from "../kube/types/index.ts";

export interface StepTarget {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** What has to be so before the next step may begin. */
export type Gate = "none" | "rolled-out" | "no-pods" | "job-complete";

/** One reason for one part of a step, with the rule that gave it. */
export interface Reason {
  readonly rule: string;
  readonly text: string;
}

interface StepBase {
  readonly phase: 1 | 2 | 3;
  readonly target: StepTarget;
  readonly reasons: readonly Reason[];
  readonly gate: Gate;
}

export interface CreateStep extends StepBase {
  readonly action: "create";
  readonly object: Body;
}

export interface PatchStep extends StepBase {
  readonly action: "patch";
  /** RFC 7386 merge patches: what to change, and what takes it back. */
  readonly patch: Body;
  readonly revert: Body;
}

export type Step = CreateStep | PatchStep;

/** An improvement that was not planned, and what would have to change for it. */
export interface Refusal {
  readonly rule: string;
  readonly target: Omit<StepTarget, "kind"> & { readonly kind: string };
  readonly why: string;
  readonly wouldHelp: string;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
}

export function targetOf(kind: Kind, object: KubeObject): StepTarget {
  return { kind, namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}
