/**
 * Hardening: what would make a cluster's workloads survive more, as a plan that can be printed before it is done.
 *
 * Nouns: a `Rule` proposes one improvement of one workload, with its reason, or refuses it with what would change that;
 * the `Plan` is an ordered list of `Step`s, component by component, each with what takes it back; a component is a workload with
 * what belongs to it. `apply.ts` does exactly the steps. Planning is pure: it reads a `ClusterView` and asks nobody. Nothing here
 * injects failures.
 */
import type { Body } from "../client/client.ts";
import { apiVersionOf, type Kind } from "../kube/kind.ts";
import type { ManagerIdentity } from "../kube/managed-fields/entries.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { changesBetween, type FieldChange } from "./fields/field-changes.ts";
import { ownersOf } from "./fields/field-owners.ts";
import type { FieldPath } from "./fields/field-path.ts";

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
  /** The workload that it is for. */
  readonly component: StepTarget;
  readonly target: StepTarget;
  readonly reasons: readonly Reason[];
  readonly gate: Gate;
}

export interface CreateStep extends StepBase {
  readonly action: "create";
  readonly object: Body;
}

export interface StepField extends FieldChange {
  /** Who owns it now; nobody where it is new. */
  readonly owners: readonly ManagerIdentity[];
  /** The rule whose reason it is. */
  readonly rule: string;
}

export interface PatchStep extends StepBase {
  readonly action: "patch";
  /** What changes; the values before are what takes it back. */
  readonly fields: readonly StepField[];
}

export type Step = CreateStep | PatchStep;

/** An improvement that was not planned, and what would have to change for it. */
export interface Refusal {
  readonly rule: string;
  readonly target: Omit<StepTarget, "kind"> & { readonly kind: string };
  readonly why: string;
  readonly wouldHelp: string;
}

/** An object that a plan was made from, as it was then. */
export interface ObjectVersion {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly madeFrom: readonly ObjectVersion[];
}

export function targetOf(kind: Kind, object: KubeObject): StepTarget {
  return { kind, namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

/** "Deployment shop/web", "StorageClass fast" */
export function targetText({ kind, namespace, name }: Refusal["target"] | StepTarget): string {
  const kindName = typeof kind === "string" ? kind : kind.kind;
  return `${kindName} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

export type PatchDraft<T extends KubeObject> = Omit<StepBase, "target"> & {
  readonly kind: Kind<T>;
  readonly before: T;
  readonly after: T;
  /** Where fields are of several rules: which one a field is of. */
  readonly ruleOf?: (path: FieldPath) => string;
};

/** The step that makes `after` of `before`. */
export function patchStep<T extends KubeObject>(draft: PatchDraft<T>): PatchStep {
  const { kind, before, after, ruleOf, ...base } = draft;
  const fields = changesBetween(kind, before, after).map((change) => ({
    ...change,
    owners: ownersOf(before, change.path),
    rule: ruleOf?.(change.path) ?? base.reasons[0]?.rule ?? "",
  }));
  return { ...base, action: "patch", target: targetOf(kind, before), fields };
}

/** The version of an object, by which it is noticed that it has changed since. */
export function versionOf(kind: Kind, { metadata }: KubeObject): ObjectVersion {
  const { namespace = "", name, resourceVersion } = metadata;
  return { kind: `${apiVersionOf(kind)} ${kind.kind}`, namespace, name, resourceVersion };
}
