/** Objects without what no answer reads: managed fields, the copy that kubectl keeps, images that no pod uses. */
import type {
  ContainerImage,
  Deployment,
  KubeObject,
  Node,
  ObjectMeta,
  PersistentVolume,
  Pod,
  ReplicaSet,
} from "../../kube/types/index.ts";
import type { Interner } from "./interner.ts";
import { withTerms } from "./node-terms.ts";
import { groupKindOf } from "./owners.ts";
import type { PodClass } from "./pod-class.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** An object as the model keeps it. */
export function slimObject(object: KubeObject, interner: Interner): KubeObject {
  const { apiVersion, kind } = object;
  const slim = { ...object, apiVersion, kind, metadata: slimMetadata(object.metadata, interner) };
  switch (groupKindOf(object)) {
    case "/Node":
      return slimNode(slim as Node, interner);
    case "apps/ReplicaSet":
    case "/ReplicationController":
      return slimReplicaSet(slim as ReplicaSet);
    case "apps/Deployment":
    case "apps/StatefulSet":
    case "apps/DaemonSet":
    case "batch/Job":
      return withoutTemplate(slim as Deployment);
    case "/PersistentVolume":
      return wholeVolume(withParts(slim) as PersistentVolume);
    default:
      return withParts(slim);
  }
}

function wholeVolume(volume: PersistentVolume): PersistentVolume {
  const { nodeAffinity } = volume.spec;
  if (nodeAffinity === undefined) return volume;
  return { ...volume, spec: { ...volume.spec, nodeAffinity: withTerms(nodeAffinity, "required") } };
}

/** Nearly every kind has these, and whoever reads them relies on it. */
function withParts(object: KubeObject & { readonly spec?: object; readonly status?: object }): KubeObject {
  return { ...object, spec: object.spec ?? {}, status: object.status ?? {} } as KubeObject;
}

/** Who it is, whose, and what is said of it: hundreds of thousands of objects have no room for more. */
function slimMetadata(metadata: ObjectMeta, interner: Interner): ObjectMeta {
  const { name, namespace, uid = "", labels, annotations, ownerReferences, deletionTimestamp } = metadata;
  const { [LAST_APPLIED]: _copy, ...kept } = annotations ?? {};
  return {
    name,
    ...(namespace && { namespace: interner.text(namespace) }),
    uid,
    resourceVersion: "",
    creationTimestamp: "",
    ...(labels && { labels: interner.intern(labels) }),
    ...(Object.keys(kept).length > 0 && { annotations: interner.intern(kept) }),
    ...(ownerReferences && { ownerReferences }),
    ...(deletionTimestamp && { deletionTimestamp }),
  };
}

function slimNode({ apiVersion, kind, metadata, spec, status }: Node, interner: Interner): Node {
  const { taints, unschedulable } = spec ?? {};
  const { allocatable, capacity, images, conditions } = status ?? {};
  return {
    apiVersion,
    kind,
    metadata,
    spec: {
      ...(taints?.length && { taints: interner.intern(taints) }),
      ...(unschedulable && { unschedulable }),
    },
    status: {
      ...(allocatable && { allocatable: interner.intern(allocatable) }),
      ...(capacity && { capacity: interner.intern(capacity) }),
      ...(conditions && {
        conditions: conditions.map(({ type, status }) => interner.intern({ type, status })),
      }),
      ...(images && { images: images.map((image) => slimImage(image, interner)) }),
    },
  };
}

/** Sizes of an image differ from node to node, its names do not. */
function slimImage({ names, sizeBytes }: ContainerImage, interner: Interner): ContainerImage {
  return {
    ...(names && { names: names.map((name) => interner.text(name)) }),
    ...(sizeBytes !== undefined && { sizeBytes }),
  };
}

/** Every name that an image of the pods may have on a node. */
export function imagesOf(classes: readonly PodClass[]): ReadonlySet<string> {
  const imagesIn = ({ spec }: Pod) => [...(spec.initContainers ?? []), ...spec.containers];
  const names = classes.flatMap(({ prototype }) => imagesIn(prototype).map(({ image }) => image));
  return new Set(names.flatMap((name) => [name, `${name}:latest`]));
}

/** The node with only those images that a name of the set means. */
export function withImages(node: Node, used: ReadonlySet<string>): Node {
  const { images } = node.status;
  if (images === undefined) return node;
  const kept = images.filter(({ names }) => names?.some((name) => used.has(name)));
  return kept.length === images.length ? node : { ...node, status: { ...node.status, images: kept } };
}

/** What it has of its own. */
function slimReplicaSet({ apiVersion, kind, metadata, spec }: ReplicaSet): ReplicaSet {
  const { replicas, selector, minReadySeconds } = spec ?? {};
  const { labels: _labels, annotations: _annotations, ...identity } = metadata;
  return {
    apiVersion,
    kind,
    metadata: identity,
    spec: { replicas, selector, ...(minReadySeconds && { minReadySeconds }) },
  } as ReplicaSet;
}

/** Its pods say what its template says. */
function withoutTemplate({ apiVersion, kind, metadata, spec, status }: Deployment): Deployment {
  const { template: _template, ...kept } = spec ?? {};
  // Only a Job's status says something that its pods do not.
  const told = kind === "Job" ? (status ?? {}) : {};
  return { apiVersion, kind, metadata, spec: kept, status: told } as Deployment;
}
