/** A Deployment's ReplicaSets: which one is new, which are old, in what order they are taken, and what they add up to. */
import { deepEqual } from "../../../base/deep.ts";
import type { Deployment, PodTemplateSpec, ReplicaSet } from "../../../kube/types/index.ts";

/** Tells the ReplicaSets of one Deployment, and their pods, apart. */
export const POD_TEMPLATE_HASH = "pod-template-hash";

/** The ReplicaSets of one Deployment, told apart. */
export interface ReplicaSets {
  /** Of the present template; absent until it is created. */
  readonly fresh: ReplicaSet | undefined;
  /** Of former templates, oldest first. */
  readonly old: readonly ReplicaSet[];
}

/** Tells the new one (the oldest with the Deployment's template, should there be several) from the old ones. */
export function sortOut(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSets {
  const sorted = [...sets].sort(byAge);
  const fresh = sorted.find(({ spec }) => isSameTemplate(spec.template, deployment.spec.template));
  return { fresh, old: sorted.filter((set) => set !== fresh) };
}

/** Every one of them, the new one last. */
export function allOf({ fresh, old }: ReplicaSets): readonly ReplicaSet[] {
  return fresh === undefined ? old : [...old, fresh];
}

/** The same with changed ReplicaSets in the place of what they were before. */
export function withChanged(
  { fresh, old }: ReplicaSets,
  changed: ReadonlyMap<string, ReplicaSet>,
): ReplicaSets {
  const latest = (set: ReplicaSet) => changed.get(set.metadata.uid) ?? set;
  return { fresh: fresh && latest(fresh), old: old.map(latest) };
}

/** Those that are to have pods. */
export function activeOf(sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return sets.filter(({ spec }) => spec.replicas > 0);
}

/** Whether two templates are the same but for the label that the hash went into. */
export function isSameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return deepEqual(a.spec, b.spec) && deepEqual(withoutHash(a), withoutHash(b));
}

/** Pods asked for. */
export function desiredPods(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
}

/** Pods there are, ready ones, and available ones, as the ReplicaSets report them. */
export function reportedPods(
  sets: readonly ReplicaSet[],
  field: "replicas" | "readyReplicas" | "availableReplicas",
): number {
  return sets.reduce((sum, { status }) => sum + (status[field] ?? 0), 0);
}

/** Oldest first. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return (
    compareTexts(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    compareTexts(a.metadata.name, b.metadata.name)
  );
}

/** Largest first; of equal ones the newest. */
export function bySizeNewest(a: ReplicaSet, b: ReplicaSet): number {
  return b.spec.replicas - a.spec.replicas || byAge(b, a);
}

/** Largest first; of equal ones the oldest. */
export function bySizeOldest(a: ReplicaSet, b: ReplicaSet): number {
  return b.spec.replicas - a.spec.replicas || byAge(a, b);
}

function withoutHash({ metadata }: PodTemplateSpec): PodTemplateSpec["metadata"] {
  const { [POD_TEMPLATE_HASH]: _, ...labels } = metadata?.labels ?? {};
  return { ...metadata, labels };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
