/**
 * Checks: what in a cluster would hurt when something fails, with what mends it.
 *
 * Nouns: a `Check` looks at one thing and files `Complaint`s; a `Subject` is a workload with everything that concerns it; the
 * `CheckedCluster` is what checks look at, the proof of what losses do included; a `Finding` is a complaint that names its check;
 * the score says in one number how much there is. Checks are pure: they read what they are given and ask nobody.
 */
import type { KubeObject } from "../../kube/types/index.ts";
import type { CheckedCluster } from "./checked-cluster.ts";
import type { FixProof } from "./fix-proof.ts";

/**
 * - `critical`: the loss of one node, a drain or an update takes the workload down, never ends, or may lose data.
 * - `warning`: it holds, but by luck, slower than it need be, or not for long.
 * - `advice`: what would be better, and hurts nobody today.
 */
export const SEVERITIES = ["critical", "warning", "advice"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Cluster-scoped objects have no namespace. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/**
 * What mends a finding: an object to create, or the fields of one to change. The latter is a strategic merge patch in the form of
 * a manifest: `kubectl patch --type=strategic` takes it, and so does `holdfast prove --with`.
 */
export interface Fix {
  readonly action: "create" | "patch";
  readonly object: Pick<KubeObject, "apiVersion" | "kind"> & {
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly [field: string]: unknown;
  };
}

export interface Complaint {
  readonly object: ObjectName;
  /** The workload that suffers, where the object is another; it is the one whose score this counts against. */
  readonly workload?: ObjectName;
  /** Path of the field that is wrong, or where the missing one belongs: "spec.template.spec.containers[0].readinessProbe". */
  readonly field: string;
  /** What is so, in one sentence without an end mark. */
  readonly message: string;
  /** What would happen, with the seconds that the proof gives where it gives some. */
  readonly consequence: string;
  /** Where this one weighs less, or more, than its check. */
  readonly severity?: Severity;
  readonly patch?: Fix;
}

export interface Check {
  /** Short, lower case, with dashes: the name of its page under `docs/checks/` too. */
  readonly id: string;
  readonly severity: Severity;
  /** What it looks at, as a sentence about what should be so. */
  readonly title: string;
  find(cluster: CheckedCluster): Iterable<Complaint>;
}

export interface Finding extends Complaint {
  readonly rule: string;
  readonly severity: Severity;
  /** What the patch would do, where that was asked for. */
  readonly proof?: FixProof;
}

export function nameOf({
  kind,
  metadata: { namespace, name },
}: Pick<KubeObject, "kind" | "metadata">): ObjectName {
  return { kind, ...(namespace !== undefined && { namespace }), name };
}

/** "Deployment shop/cart", "Node node-1" */
export function nameText({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
