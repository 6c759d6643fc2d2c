/**
 * Puts what people had made in one cluster into a lab: from a snapshot's objects to the few that have to be created, in an
 * order in which each finds what it needs. What controllers and kubelets had made of them they make again.
 *
 * `planRestore` decides and is pure; `restore` does it.
 */
import type { Body, Client } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import { nodes } from "../kube/kinds.ts";
import { StatusError } from "../kube/status-error.ts";
import type { KubeObject, Node, Taint } from "../kube/types/index.ts";

type Fields = Readonly<Record<string, unknown>>;
type Loose = KubeObject & Fields;

export interface RestorePlan {
  /** Objects to create, in order. */
  readonly creations: readonly KubeObject[];
  /** The old cluster's nodes, in order of name. */
  readonly nodes: readonly Node[];
  /** How many zones those stood in; at least one. */
  readonly zones: number;
}

/** An object that the lab did not take, and what it said. */
export interface Refused {
  /** "Deployment shop/cart" */
  readonly object: string;
  readonly why: string;
}

const ZONE_LABEL = "topology.kubernetes.io/zone";

/** What is made anew by those that run a cluster, or says how things stood. */
const PASSING = new Set([
  "v1 ComponentStatus",
  "v1 Endpoints",
  "v1 Event",
  "v1 Node",
  "events.k8s.io/v1 Event",
  "apiregistration.k8s.io/v1 APIService",
  "coordination.k8s.io/v1 Lease",
  "discovery.k8s.io/v1 EndpointSlice",
  "storage.k8s.io/v1 CSINode",
  "storage.k8s.io/v1 VolumeAttachment",
  "storage.k8s.io/v1 CSIStorageCapacity",
]);

/** Kinds that others refer to, in the order in which they are made; all others follow, workloads after what they mount. */
const FIRST = [
  "Namespace",
  "CustomResourceDefinition",
  "PriorityClass",
  "StorageClass",
  "CSIDriver",
  "IngressClass",
  "ServiceAccount",
  "Secret",
  "ConfigMap",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Service",
];
/** They would hold back what is already known to fit. */
const LAST = ["LimitRange", "ResourceQuota"];

/** Chooses what is to be created, and strips it of what belonged to the old cluster. */
export function planRestore(objects: readonly KubeObject[]): RestorePlan {
  const found = objects.filter(
    (object): object is Node => object.apiVersion === "v1" && object.kind === "Node",
  );
  const kept = objects.filter((object) => isKept(object as Loose)).map((object) => stripped(object as Loose));
  return {
    creations: kept
      .map((object, index) => ({ object, index, rank: rankOf(object) }))
      .sort((a, b) => a.rank - b.rank || a.index - b.index)
      .map(({ object }) => object),
    nodes: [...found].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
    zones: Math.max(1, new Set(found.map(({ metadata }) => metadata.labels?.[ZONE_LABEL])).size),
  };
}

function rankOf({ kind }: KubeObject): number {
  const first = FIRST.indexOf(kind);
  if (first >= 0) return first;
  return FIRST.length + (LAST.includes(kind) ? 1 : 0);
}

function isKept(object: Loose): boolean {
  const { metadata } = object;
  if (PASSING.has(`${object.apiVersion} ${object.kind}`)) return false;
  if (object.kind === "Service" && metadata.namespace === "default" && metadata.name === "kubernetes")
    return false;
  if (metadata.deletionTimestamp !== undefined) return false;
  // Its owner makes it again.
  if (metadata.ownerReferences?.some((owner) => owner.controller)) return false;
  return !isFinished(object);
}

function isFinished({ kind, status }: Loose): boolean {
  const { phase, conditions } = (status ?? {}) as {
    readonly phase?: string;
    readonly conditions?: readonly Fields[];
  };
  if (kind === "Pod") return phase === "Succeeded" || phase === "Failed";
  if (kind !== "Job") return false;
  return (conditions ?? []).some(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
}

/** Without what only a server sets: another server sets its own. */
function stripped(object: Loose): KubeObject {
  const { status: _status, ...rest } = object;
  const { name, namespace, labels, annotations, finalizers } = object.metadata;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(finalizers === undefined
      ? {}
      : { finalizers: finalizers.filter((each) => !BUILT_IN_FINALIZERS.has(each)) }),
  };
  return { ...rest, metadata, ...respecified(object) } as unknown as KubeObject;
}

// Set again by those who take them away again.
const BUILT_IN_FINALIZERS = new Set([
  "kubernetes",
  "kubernetes.io/pvc-protection",
  "kubernetes.io/pv-protection",
  "foregroundDeletion",
  "orphan",
]);

const JOB_LABELS = [
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
  "job-name",
  "batch.kubernetes.io/job-name",
];

/** The spec without uids of the old cluster in it. */
function respecified({ kind, spec }: Loose): { readonly spec?: Fields } {
  const fields = spec as Fields | undefined;
  if (fields === undefined) return {};
  if (kind === "Pod") return { spec: without(fields, ["nodeName"]) };
  if (kind === "PersistentVolume" && fields.claimRef) {
    return { spec: { ...fields, claimRef: without(fields.claimRef as Fields, ["uid", "resourceVersion"]) } };
  }
  if (kind !== "Job" || fields.manualSelector === true) return {};
  const template = fields.template as { readonly metadata?: { readonly labels?: Fields } };
  const labels = without(template.metadata?.labels ?? {}, JOB_LABELS);
  return {
    spec: {
      ...without(fields, ["selector"]),
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** Creates what the plan says. What is there already stays; what is refused is told, and does not stop the rest. */
export async function restore(
  client: Client,
  plan: RestorePlan,
  findKind: (apiVersion: string, kind: string) => Kind | undefined,
): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  const attempt = async (object: KubeObject, make: () => Promise<unknown>) => {
    try {
      await make();
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const { reason, message } = error;
      if (reason !== "AlreadyExists") refused.push({ object: nameOf(object), why: message });
    }
  };
  for (const object of plan.creations) {
    const kind = findKind(object.apiVersion, object.kind);
    if (kind === undefined)
      refused.push({ object: nameOf(object), why: `${object.apiVersion} is not served` });
    else await attempt(object, () => client.create(kind, object.metadata.namespace, { ...object }));
  }
  const { items } = await client.list(nodes);
  const byName = new Map(items.map((node) => [node.metadata.name, node]));
  for (const [index, old] of plan.nodes.entries()) {
    const node = byName.get(old.metadata.name) ?? items[index];
    if (node === undefined) break;
    await attempt(old, () => client.patch(nodes, undefined, node.metadata.name, "strategic", likeNode(old)));
  }
  return refused;
}

/** What people had set on a node, as a patch for another. */
function likeNode({ metadata, spec }: Node): Body {
  const own = (key: string) => /(^|\.)(kubernetes\.io|k8s\.io)\//.test(key) && !key.startsWith("node-role.");
  const labels = Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => !own(key)));
  const taints = (spec.taints ?? []).filter(({ key }: Taint) => !key.startsWith("node.kubernetes.io/"));
  return {
    metadata: { labels },
    spec: {
      ...(spec.unschedulable ? { unschedulable: true } : {}),
      ...(taints.length > 0 ? { taints } : {}),
    },
  };
}

function nameOf({ apiVersion: _version, kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}
