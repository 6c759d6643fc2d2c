/**
 * The smallest change that would give a pod a node, found by trying: the scheduler is asked again about the pod with one thing
 * changed, on the state in which it found no node. Changes of the pod come before changes of the cluster.
 */
import { formatQuantity, milliQuantityOf, quantityOf } from "../base/quantity.ts";
import { TAINT_UNREACHABLE } from "../kube/taints.ts";
import type { Container, Node, Pod, PodSpec, Toleration } from "../kube/types/index.ts";
import { SchedulingAlgorithm } from "../scheduler/algorithm.ts";
import type { NodeInfo } from "../scheduler/node-info.ts";
import { NodeRanking } from "../scheduler/node-ranking.ts";
import { PluginError } from "../scheduler/plugin-error.ts";
import { podRequests } from "../scheduler/pod-resources.ts";
import type { Snapshot } from "../scheduler/snapshot.ts";
import { replacementPod } from "./literal/replacement.ts";
import type { Model } from "./model/model.ts";

interface Change {
  readonly text: string;
  readonly spec: PodSpec;
}

/** The change in words; nothing when no single one that is known here would do. */
export function smallestChange(model: Model, index: number, snapshot: Snapshot): string | undefined {
  const pod = replacementPod(model, index);
  for (const { text, spec } of changesOf(pod, snapshot)) {
    if (finds({ ...pod, spec }, snapshot)) return text;
  }
  return withAnotherNode(pod, model, model.nodeOf[index] as number, snapshot);
}

function finds(pod: Pod, snapshot: Snapshot): boolean {
  try {
    return (
      new SchedulingAlgorithm({ snapshot, random: new NodeRanking(1), scansAllNodes: true }).schedule(pod)
        .kind === "scheduled"
    );
  } catch (error) {
    if (error instanceof PluginError) return false;
    throw error;
  }
}

function* changesOf(pod: Pod, snapshot: Snapshot): Generator<Change> {
  const { spec } = pod;
  const hard =
    spec.topologySpreadConstraints?.filter(
      ({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule",
    ) ?? [];
  if (hard.length > 0) {
    const keys = hard.map(({ topologyKey }) => topologyKey).join(", ");
    const constraints = spec.topologySpreadConstraints ?? [];
    yield {
      text: `nodeTaintsPolicy: Honor in its spread over ${keys}, so that lost nodes do not count`,
      spec: {
        ...spec,
        topologySpreadConstraints: constraints.map((one) => ({ ...one, nodeTaintsPolicy: "Honor" as const })),
      },
    };
    yield {
      text: `whenUnsatisfiable: ScheduleAnyway in its spread over ${keys}`,
      spec: {
        ...spec,
        topologySpreadConstraints: constraints.map((one) => ({
          ...one,
          whenUnsatisfiable: "ScheduleAnyway" as const,
        })),
      },
    };
  }
  const { podAntiAffinity, podAffinity, nodeAffinity } = spec.affinity ?? {};
  if (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length) {
    yield {
      text: "preferred in place of required anti-affinity, or one more node",
      spec: withAffinity(spec, { podAffinity, nodeAffinity }),
    };
  }
  if (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length) {
    yield {
      text: "preferred in place of required affinity to other pods",
      spec: withAffinity(spec, { podAntiAffinity, nodeAffinity }),
    };
  }
  const less = smallerRequests(pod, snapshot);
  if (less !== undefined) yield less;
  if (
    spec.nodeSelector !== undefined ||
    nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined
  ) {
    const { nodeSelector: _selector, ...rest } = spec;
    yield {
      text: "a node selector or affinity that more nodes match",
      spec: withAffinity(rest, { podAffinity, podAntiAffinity }),
    };
  }
  const taints = [
    ...new Set(snapshot.nodes.flatMap(({ hardTaints }) => hardTaints.map(({ key }) => key))),
  ].filter((key) => key !== TAINT_UNREACHABLE);
  if (taints.length > 0) {
    const added = taints.map((key): Toleration => ({ key, operator: "Exists" }));
    yield {
      text: `a toleration of ${taints.sort().join(", ")}`,
      spec: { ...spec, tolerations: [...(spec.tolerations ?? []), ...added] },
    };
  }
  if (spec.containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort))) {
    yield {
      text: "no host port, or one more node",
      spec: { ...spec, containers: spec.containers.map(({ ports: _ports, ...rest }) => rest) },
    };
  }
}

function withAffinity(
  spec: PodSpec,
  parts: { readonly [K in "nodeAffinity" | "podAffinity" | "podAntiAffinity"]?: unknown },
): PodSpec {
  const kept = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
  return { ...spec, affinity: kept };
}

/** Requests cut to what the node has left where the least has to be cut. */
function smallerRequests(pod: Pod, snapshot: Snapshot): Change | undefined {
  const { requests } = podRequests(pod);
  let best:
    | { readonly node: NodeInfo; readonly cpu: number; readonly memory: number; readonly share: number }
    | undefined;
  for (const node of snapshot.nodes) {
    if (node.hardTaints.some(({ key }) => key === TAINT_UNREACHABLE)) continue;
    const cpu = Math.max(0, requests.milliCpu - (node.allocatable.milliCpu - node.requestedMilliCpu));
    const memory = Math.max(
      0,
      requests.memoryBytes - (node.allocatable.memoryBytes - node.requestedMemoryBytes),
    );
    const share = Math.max(cpu / (requests.milliCpu || 1), memory / (requests.memoryBytes || 1));
    if (share > 0 && share <= 1 && (best === undefined || share < best.share))
      best = { node, cpu, memory, share };
  }
  if (best === undefined) return undefined;
  const parts = [
    ...(best.cpu > 0 ? [`${formatQuantity(milliQuantityOf(best.cpu))} CPU`] : []),
    ...(best.memory > 0 ? [`${Math.ceil(best.memory / 2 ** 20)}Mi of memory`] : []),
  ];
  const left = { cpu: requests.milliCpu - best.cpu, memory: requests.memoryBytes - best.memory };
  return {
    text: `${parts.join(" and ")} more room on ${best.node.name}, or requests that are so much smaller`,
    spec: { ...pod.spec, ...withoutRequests(pod.spec), containers: requesting(pod.spec.containers, left) },
  };
}

function withoutRequests({ initContainers }: PodSpec) {
  return initContainers === undefined
    ? {}
    : { initContainers: initContainers.map((container) => ({ ...container, resources: {} })) };
}

/** The first container asks for everything. */
function requesting(
  containers: readonly Container[],
  { cpu, memory }: { readonly cpu: number; readonly memory: number },
): readonly Container[] {
  const requests = {
    cpu: formatQuantity(milliQuantityOf(cpu)),
    memory: formatQuantity(quantityOf(memory, "BinarySI")),
  };
  return containers.map((container, index) => ({ ...container, resources: index === 0 ? { requests } : {} }));
}

/** One more node like the one that is lost, empty. */
function withAnotherNode(pod: Pod, model: Model, lost: number, snapshot: Snapshot): string | undefined {
  const node = model.nodes[lost];
  if (node === undefined) return undefined;
  const name = `${node.metadata.name}-another`;
  const labels = { ...node.metadata.labels, "kubernetes.io/hostname": name };
  const another: Node = { ...node, metadata: { ...node.metadata, name, uid: name, labels } };
  snapshot.setNode(another);
  try {
    return finds(pod, snapshot) ? `one more node like ${node.metadata.name}` : undefined;
  } finally {
    snapshot.removeNode(name);
  }
}
