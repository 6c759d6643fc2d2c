/**
 * What controllers make of workloads: ReplicaSets and pods, in the form in which they would be stored, not yet on a node. The
 * drafts are the lab's controllers' own; names and uids follow from the owner, so that equal manifests make equal pods.
 */
import { fnv32 } from "../../base/hash.ts";
import { controllerReferenceTo } from "../../kube/owners.ts";
import type {
  DaemonSet,
  Deployment,
  Job,
  KubeObject,
  Node,
  PersistentVolumeClaim,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from "../../kube/types/index.ts";
import { withDefaultTolerations } from "../../lab/apiserver/admission/default-toleration-seconds.ts";
import { daemonTemplate, templateForNode } from "../../lab/controllers/daemonset/daemon-template.ts";
import { nodeFit } from "../../lab/controllers/daemonset/node-fit.ts";
import { draftReplicaSet } from "../../lab/controllers/deployment/new-replica-set.ts";
import { hashOf } from "../../lab/controllers/shared/template-hash.ts";
import { draftClaims, volumesWithClaims } from "../../lab/controllers/statefulset/claims.ts";
import { identityLabels, ordinalRange, podNameOf } from "../../lab/controllers/statefulset/identity.ts";
import { CREATED } from "./assumed-nodes.ts";

/** What a workload comes to. */
export interface Made {
  readonly replicaSets: readonly ReplicaSet[];
  readonly claims: readonly PersistentVolumeClaim[];
  readonly pods: readonly Pod[];
}

const NOTHING: Made = { replicaSets: [], claims: [], pods: [] };

/** The pods of a workload, and what else they bring. Kinds that make no pods of their own make nothing. */
export function madeOf(object: KubeObject, nodes: readonly Node[]): Made {
  switch (`${object.apiVersion}/${object.kind}`) {
    case "apps/v1/Deployment":
      return ofDeployment(object as Deployment);
    case "apps/v1/ReplicaSet":
    case "v1/ReplicationController":
      return { ...NOTHING, pods: replicas(object as ReplicaSet) };
    case "apps/v1/StatefulSet":
      return ofStatefulSet(object as StatefulSet);
    case "apps/v1/DaemonSet":
      return { ...NOTHING, pods: ofDaemonSet(object as DaemonSet, nodes) };
    case "batch/v1/Job":
      return { ...NOTHING, pods: ofJob(object as Job) };
    default:
      return NOTHING;
  }
}

/** How many pods a workload asks for, as far as it says so itself. */
export function wantedOf(object: KubeObject): number {
  const { replicas: wanted, parallelism } =
    (object as { spec?: { replicas?: number; parallelism?: number } }).spec ?? {};
  return wanted ?? parallelism ?? 0;
}

function ofDeployment(deployment: Deployment): Made {
  // A Deployment out of a file has no status to count collisions in.
  const { metadata, spec } = draftReplicaSet({ ...deployment, status: {} }, 1n);
  const set = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: stored("ReplicaSet", metadata),
    spec: { ...spec, replicas: deployment.spec.replicas },
    status: { replicas: deployment.spec.replicas },
  } as ReplicaSet;
  return { ...NOTHING, replicaSets: [set], pods: replicas(set) };
}

function replicas(owner: ReplicaSet): Pod[] {
  return Array.from({ length: owner.spec.replicas }, (_, index) =>
    podOf(owner, suffixed(owner.metadata.name, index), owner.spec.template),
  );
}

function ofStatefulSet(set: StatefulSet): Made {
  const { start, end } = ordinalRange(set);
  const ordinals = Array.from({ length: end - start }, (_, index) => start + index);
  const claims = ordinals.flatMap((ordinal) =>
    draftClaims(set, ordinal).map(
      (draft) =>
        ({
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          ...draft,
          metadata: stored("PersistentVolumeClaim", draft.metadata as { name: string }),
          status: { phase: "Pending" },
        }) as PersistentVolumeClaim,
    ),
  );
  const pods = ordinals.map((ordinal) => {
    const name = podNameOf(set, ordinal);
    const { metadata, spec } = set.spec.template;
    const volumes = volumesWithClaims(set, ordinal, spec.volumes ?? []);
    return podOf(set, name, {
      metadata: { ...metadata, labels: { ...metadata?.labels, ...identityLabels(set, ordinal) } },
      spec: { ...spec, hostname: name, subdomain: set.spec.serviceName ?? "", volumes },
    });
  });
  return { ...NOTHING, claims, pods };
}

function ofDaemonSet(set: DaemonSet, nodes: readonly Node[]): Pod[] {
  const template = daemonTemplate(set, hashOf(set.spec.template, undefined));
  return nodes
    .filter((node) => nodeFit(set, node).shouldRun)
    .map(({ metadata: { name } }, index) =>
      podOf(set, suffixed(set.metadata.name, index), templateForNode(template, name)),
    );
}

function ofJob(job: Job): Pod[] {
  const { parallelism = 1, completions, suspend, template } = job.spec;
  const count = suspend === true ? 0 : Math.min(parallelism, completions ?? parallelism);
  const label = { "batch.kubernetes.io/job-name": job.metadata.name, "job-name": job.metadata.name };
  const labelled = {
    ...template,
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...label } },
  };
  return Array.from({ length: count }, (_, index) =>
    podOf(job, suffixed(job.metadata.name, index), labelled),
  );
}

function podOf(owner: KubeObject, name: string, { metadata, spec }: PodTemplateSpec): Pod {
  const { labels, annotations } = metadata ?? {};
  const { namespace } = owner.metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...stored("Pod", { name, ...(namespace !== undefined && { namespace }) }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ownerReferences: [controllerReferenceTo(owner)],
    },
    spec: withDefaultTolerations(spec),
    status: { phase: "Pending" },
  };
}

/** Metadata with what a server gives every object; the uid says what the object is. */
export function stored<M extends { readonly name: string; readonly namespace?: string }>(
  kind: string,
  metadata: M,
) {
  const uid = `${kind.toLowerCase()}.${metadata.namespace ?? ""}.${metadata.name}`;
  return { resourceVersion: "1", creationTimestamp: CREATED, uid, ...metadata };
}

const SUFFIX = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;

/** A name as the API server would make it up: the same every time, and no two of an owner alike. */
function suffixed(owner: string, index: number): string {
  let rest = (fnv32(owner) + index) % SUFFIX.length ** SUFFIX_LENGTH;
  let suffix = "";
  for (let i = 0; i < SUFFIX_LENGTH; i++) {
    suffix = SUFFIX.charAt(rest % SUFFIX.length) + suffix;
    rest = Math.floor(rest / SUFFIX.length);
  }
  return `${owner.slice(0, 247)}-${suffix}`;
}
