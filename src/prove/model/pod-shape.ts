/**
 * What placing, preempting and judging read of a pod, and nothing else. Pods of which this is equal share it: it is the
 * prototype of their `PodClass`. Names, node and times stay with each pod.
 */
import { deepEqual } from "../../base/deep.ts";
import { findCondition } from "../../kube/conditions.ts";
import { controllerOf } from "../../kube/owners.ts";
import type {
  Affinity,
  Container,
  ContainerStatus,
  NodeSelectorTerm,
  Pod,
  PodSpec,
  PodStatus,
  Probe,
  ResourceList,
  Volume,
} from "../../kube/types/index.ts";
import { checkAmounts } from "./amounts.ts";
import type { Interner } from "./interner.ts";
import { withTerms } from "./node-terms.ts";

export interface PodShape {
  /** Unbound; its name is empty unless nobody owns it: such a pod is like no other. */
  readonly prototype: Pod;
  /** A DaemonSet's pod whose affinity names its node: the prototype leaves that out. */
  readonly isPinned: boolean;
  /** Amounts that cannot be counted with, and are left out. */
  readonly problems: readonly string[];
}

/** Fields of a pod's spec that are kept as they are. */
export const KEPT_SPEC_FIELDS = [
  "restartPolicy",
  "terminationGracePeriodSeconds",
  "nodeSelector",
  "hostNetwork",
  "schedulerName",
  "tolerations",
  "priorityClassName",
  "priority",
  "preemptionPolicy",
  "readinessGates",
  "topologySpreadConstraints",
  "schedulingGates",
  "resourceClaims",
] as const satisfies readonly (keyof PodSpec | "resourceClaims")[];

/** Sources of volumes that placement or the fate of data depends on; projected ones and the like are the same everywhere. */
export const KEPT_VOLUME_SOURCES = [
  "persistentVolumeClaim",
  "ephemeral",
  "emptyDir",
  "hostPath",
  "nfs",
  "csi",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "iscsi",
  "rbd",
] as const satisfies readonly (keyof Volume)[];

/** @param pod as an API server stores it; every field that is there has its right type */
export function shapeOf(pod: Pod, interner: Interner): PodShape {
  const { metadata } = pod;
  const problems: string[] = [];
  const owner = controllerOf(pod);
  const isAlone = owner === undefined || owner.kind === "Node";
  const pinnedTo = owner?.kind === "DaemonSet" ? pinnedNode(pod.spec) : undefined;
  const prototype: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: isAlone ? metadata.name : "",
      ...(metadata.generateName && !isAlone && { generateName: metadata.generateName }),
      namespace: metadata.namespace ?? "default",
      uid: "",
      resourceVersion: "",
      creationTimestamp: "",
      ...(metadata.labels && { labels: interner.intern(metadata.labels) }),
      ...(owner && { ownerReferences: interner.intern([owner]) }),
    },
    spec: specOf(pod, pinnedTo, problems, interner),
    status: statusOf(pod, interner),
  };
  return { prototype, isPinned: pinnedTo !== undefined, problems };
}

function specOf(
  { spec }: Pod,
  pinnedTo: string | undefined,
  problems: string[],
  interner: Interner,
): PodSpec {
  const kept = Object.fromEntries(
    KEPT_SPEC_FIELDS.flatMap((name) => {
      const value = (spec as PodSpec & { readonly resourceClaims?: unknown })[name];
      return value === undefined || value === null ? [] : [[name, interner.intern(value)]];
    }),
  );
  const amounts = (list: ResourceList | undefined, path: string) => {
    const checked = checkAmounts(list);
    problems.push(...checked.problems.map((problem) => `${path}.${problem}`));
    return checked.list;
  };
  const containersOf = (containers: readonly Container[] | undefined, path: string) =>
    (containers ?? []).map((container, i) =>
      interner.intern(
        containerOf(container, (list) => amounts(list, `spec.${path}[${i}].resources.requests`)),
      ),
    );
  const volumes = volumesOf(spec.volumes ?? []);
  const affinity = wholeAffinity(pinnedTo === undefined ? spec.affinity : withoutPin(spec.affinity));
  const overhead = amounts(spec.overhead, "spec.overhead");
  const podLevel = amounts(spec.resources?.requests, "spec.resources.requests");
  return {
    ...(kept as Pick<PodSpec, "restartPolicy" | "terminationGracePeriodSeconds" | "schedulerName">),
    restartPolicy: spec.restartPolicy ?? "Always",
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    schedulerName: spec.schedulerName ?? "default-scheduler",
    containers: containersOf(spec.containers, "containers"),
    ...(spec.initContainers?.length && {
      initContainers: containersOf(spec.initContainers, "initContainers"),
    }),
    ...(volumes.length > 0 && { volumes: interner.intern(volumes) }),
    ...(affinity && { affinity: interner.intern(affinity) }),
    ...(overhead && { overhead: interner.intern(overhead) }),
    ...(podLevel && { resources: interner.intern({ requests: podLevel }) }),
  };
}

function containerOf(
  container: Container,
  checked: (list: ResourceList | undefined) => ResourceList | undefined,
): Container {
  const { name = "", image = "", restartPolicy, readinessProbe, startupProbe } = container;
  const requests = checked(container.resources?.requests);
  const ports = container.ports?.filter(({ hostPort }) => hostPort !== undefined && hostPort > 0);
  return {
    // In order of name, as everything that is interned.
    image,
    imagePullPolicy: container.imagePullPolicy ?? "IfNotPresent",
    name,
    ...(ports?.length && { ports }),
    ...(readinessProbe && { readinessProbe: pacing(readinessProbe) }),
    resources: requests === undefined ? {} : { requests },
    ...(restartPolicy && { restartPolicy }),
    ...(startupProbe && { startupProbe: pacing(startupProbe) }),
  };
}

/** When a probe asks and what it takes, without what it asks. */
function pacing(probe: Probe): Probe {
  const { initialDelaySeconds, periodSeconds, timeoutSeconds, successThreshold, failureThreshold } = probe;
  return {
    failureThreshold: failureThreshold ?? 3,
    ...(initialDelaySeconds !== undefined && { initialDelaySeconds }),
    periodSeconds: periodSeconds ?? 10,
    successThreshold: successThreshold ?? 1,
    timeoutSeconds: timeoutSeconds ?? 1,
  };
}

function volumesOf(volumes: readonly Volume[]): readonly Volume[] {
  return volumes.flatMap((volume) => {
    const source = KEPT_VOLUME_SOURCES.find((name) => volume[name] != null);
    return source === undefined ? [] : [{ name: volume.name ?? "", [source]: volume[source] }];
  });
}

function wholeAffinity(affinity: Affinity | undefined): Affinity | undefined {
  if (affinity?.nodeAffinity === undefined) return affinity;
  const nodeAffinity = withTerms(affinity.nodeAffinity, "requiredDuringSchedulingIgnoredDuringExecution");
  return nodeAffinity === affinity.nodeAffinity ? affinity : { ...affinity, nodeAffinity };
}

/** The node that a DaemonSet's controller made the pod for, once it is there: every required term names it. */
function pinnedNode({ affinity, nodeName }: PodSpec): string | undefined {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!nodeName || !terms?.length) return undefined;
  return terms.every((term) => deepEqual(term.matchFields, fieldsOfPin(nodeName))) ? nodeName : undefined;
}

function fieldsOfPin(nodeName: string): NonNullable<NodeSelectorTerm["matchFields"]> {
  return [{ key: "metadata.name", operator: "In", values: [nodeName] }];
}

function withoutPin(affinity: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity, ...others } = affinity ?? {};
  const { requiredDuringSchedulingIgnoredDuringExecution: required, ...preferred } = nodeAffinity ?? {};
  const terms = (required?.nodeSelectorTerms ?? [])
    .map(({ matchFields: _pin, ...term }) => term)
    .filter((term) => Object.keys(term).length > 0);
  const rest = {
    ...preferred,
    ...(terms.length > 0 && {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
    }),
  };
  const kept = { ...others, ...(Object.keys(rest).length > 0 && { nodeAffinity: rest }) };
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** The affinity of a pinned pod as it stands in the cluster. */
export function withPin(affinity: Affinity | undefined, nodeName: string): Affinity {
  const { nodeAffinity } = affinity ?? {};
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{}];
  const pinned = terms.map((term) => ({ ...term, matchFields: fieldsOfPin(nodeName) }));
  return {
    ...affinity,
    nodeAffinity: {
      ...nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: pinned },
    },
  };
}

/** Only what is not as the spec says: containers that are being resized in place count by what they have (KEP-1287). */
function statusOf({ spec, status }: Pod, interner: Interner): PodStatus {
  const resized = (statuses: readonly ContainerStatus[] | undefined, containers?: readonly Container[]) =>
    statuses?.some((one) => isResized(one, containers))
      ? interner.intern(statuses.map((one) => grantedTo(one)))
      : undefined;
  const containerStatuses = resized(status?.containerStatuses, spec.containers);
  const initContainerStatuses = resized(status?.initContainerStatuses, spec.initContainers);
  if (containerStatuses === undefined && initContainerStatuses === undefined) return PENDING;
  const pending = findCondition(status.conditions, "PodResizePending");
  return {
    phase: "Pending",
    ...(containerStatuses && { containerStatuses }),
    ...(initContainerStatuses && { initContainerStatuses }),
    ...(pending && {
      conditions: [{ type: pending.type, status: pending.status, reason: pending.reason ?? "" }],
    }),
  };
}

const PENDING: PodStatus = Object.freeze({ phase: "Pending" });

function isResized(
  { name, resources, allocatedResources }: ContainerStatus,
  containers?: readonly Container[],
) {
  if (resources === undefined) return false;
  const asked = containers?.find((container) => container.name === name)?.resources?.requests;
  return (
    !deepEqual(resources.requests, asked) ||
    (allocatedResources !== undefined && !deepEqual(allocatedResources, asked))
  );
}

function grantedTo({ name, resources, allocatedResources }: ContainerStatus): ContainerStatus {
  return {
    name,
    state: {},
    lastState: {},
    ready: false,
    restartCount: 0,
    image: "",
    imageID: "",
    ...(resources?.requests && { resources: { requests: resources.requests } }),
    ...(allocatedResources && { allocatedResources }),
  };
}
