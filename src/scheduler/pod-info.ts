import type {
  Container,
  ContainerStatus,
  Pod,
  PodSpec,
  ResourceList,
  StringMap,
} from "../kube/types/index.ts";
import { type AffinityTerms, affinityTermsOf, NO_AFFINITY } from "./affinity-terms.ts";
import { type HostPort, hostPortsOf } from "./host-ports.ts";
import { type PodRequests, podRequests } from "./pod-resources.ts";

/** A pod with everything that scheduling reads of it worked out. One per pod object, made when it is first asked for. */
export interface PodInfo extends PodRequests {
  readonly pod: Pod;
  /** "namespace/name". */
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly labels: StringMap;
  readonly priority: number;
  readonly isTerminating: boolean;
  readonly hostPorts: readonly HostPort[];
  readonly affinity: AffinityTerms;
  /** Has inter-pod affinity or anti-affinity of any kind. */
  readonly hasAffinity: boolean;
  /** The names of the claims that its volumes name directly. */
  readonly claimNames: readonly string[];
}

const NO_LABELS: StringMap = Object.freeze({});
const NO_NAMES: readonly string[] = Object.freeze([]);

const infos = new WeakMap<Pod, PodInfo>();

/** Everything scheduling reads of a pod. Pods are immutable, so the answer is kept for as long as the pod is. */
export function podInfo(pod: Pod): PodInfo {
  let info = infos.get(pod);
  if (info === undefined) {
    info = readPod(pod);
    infos.set(pod, info);
  }
  return info;
}

function readPod(pod: Pod): PodInfo {
  const { metadata, spec } = pod;
  const { requests: amounts, hostPorts } = readContainers(pod);
  const namespace = metadata.namespace ?? "";
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const hasAffinity = podAffinity !== undefined || podAntiAffinity !== undefined;
  // Field by field: spreading the amounts into it takes V8 a hundred times as long, and this is done for every state of every pod.
  return {
    requests: amounts.requests,
    nonZeroMilliCpu: amounts.nonZeroMilliCpu,
    nonZeroMemoryBytes: amounts.nonZeroMemoryBytes,
    scoredMilliCpu: amounts.scoredMilliCpu,
    scoredMemoryBytes: amounts.scoredMemoryBytes,
    pod,
    key: `${namespace}/${metadata.name}`,
    uid: metadata.uid,
    namespace,
    labels: metadata.labels ?? NO_LABELS,
    priority: spec.priority ?? 0,
    isTerminating: metadata.deletionTimestamp !== undefined,
    hostPorts,
    affinity: hasAffinity ? affinityTermsOf(pod) : NO_AFFINITY,
    hasAffinity,
    claimNames: claimNamesOf(spec),
  };
}

function claimNamesOf({ volumes }: PodSpec): readonly string[] {
  let names: string[] | undefined;
  for (const { persistentVolumeClaim } of volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    names ??= [];
    names.push(persistentVolumeClaim.claimName);
  }
  return names ?? NO_NAMES;
}

/** What follows from a pod's containers alone, and from what. */
interface ContainerFacts {
  readonly initContainers: readonly Container[] | undefined;
  readonly overhead: ResourceList | undefined;
  readonly podLevel: PodSpec["resources"];
  readonly requests: PodRequests;
  readonly hostPorts: readonly HostPort[];
}

/** Binding, labelling and status updates make new pods around the same containers: those are not read again. */
const facts = new WeakMap<readonly Container[], ContainerFacts>();

function readContainers(pod: Pod): ContainerFacts {
  const { containers, initContainers, overhead, resources: podLevel } = pod.spec;
  const known = facts.get(containers);
  const isSame =
    known !== undefined &&
    known.initContainers === initContainers &&
    known.overhead === overhead &&
    known.podLevel === podLevel;
  const isResized = isBeingResized(pod);
  if (isSame && !isResized) return known;
  const read = {
    initContainers,
    overhead,
    podLevel,
    requests: podRequests(pod),
    hostPorts: hostPortsOf(pod.spec),
  };
  if (!isResized) facts.set(containers, read);
  return read;
}

/** Whether a container was given, or uses, something else than its spec asks for: then the larger counts (KEP-1287). */
function isBeingResized({ spec, status }: Pod): boolean {
  return (
    differs(status.containerStatuses, spec.containers) ||
    differs(status.initContainerStatuses, spec.initContainers)
  );
}

/** By identity: what a kubelet reports as granted is mostly what it read in the spec. */
function differs(
  statuses: readonly ContainerStatus[] | undefined,
  containers: readonly Container[] | undefined,
): boolean {
  if (statuses === undefined) return false;
  for (const { name, resources, allocatedResources } of statuses) {
    if (resources === undefined) continue;
    const asked = containers?.find((container) => container.name === name)?.resources;
    if (asked === undefined || asked.requests !== resources.requests) return true;
    if (allocatedResources !== undefined && allocatedResources !== asked.requests) return true;
  }
  return false;
}
