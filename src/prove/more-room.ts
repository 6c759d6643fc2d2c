import { formatQuantity, milliQuantityOf, quantityOf } from "../base/quantity.ts";
import { TAINT_UNREACHABLE } from "../kube/taints.ts";
import type { Container, Node, Pod, PodSpec } from "../kube/types/index.ts";
import type { NodeInfo } from "../scheduler/node-info.ts";
import { podRequests, type Resources } from "../scheduler/pod-resources.ts";
import type { Snapshot } from "../scheduler/snapshot.ts";
import { findsNode, findsNodeWith } from "./trial.ts";

/** What a node lacks for a pod, as it is told: memory in whole MiB. */
interface Shortage {
  readonly node: NodeInfo;
  readonly milliCpu: number;
  readonly memoryBytes: number;
  /** The larger part of the pod's requests that is lacking. */
  readonly share: number;
}

/** Of nodes that lack room, those that lack least are tried: where none of them would do, room is not what is wanting. */
const NODES_TRIED_MAX = 50;
const MIB = 2 ** 20;

/** More CPU or memory on the node that lacks the least of them, or a pod that asks for so much less; nothing where that alone would not do. */
export function moreRoom(pod: Pod, snapshot: Snapshot): string | undefined {
  for (const shortage of shortagesFor(pod, snapshot).slice(0, NODES_TRIED_MAX)) {
    if (!findsNodeWith(roomierNode(shortage), pod, snapshot)) continue;
    const room = `${amountsOf(shortage)} more room on ${shortage.node.name}`;
    const smaller = { ...pod, spec: smallerSpec(pod, shortage) };
    return findsNode(smaller, snapshot) ? `${room}, or requests that are so much smaller` : room;
  }
  return undefined;
}

function shortagesFor(pod: Pod, snapshot: Snapshot): readonly Shortage[] {
  const { requests } = podRequests(pod);
  return snapshot.nodes
    .filter(({ hardTaints }) => !hardTaints.some(({ key }) => key === TAINT_UNREACHABLE))
    .map((node) => shortageOf(requests, node))
    .filter(({ share }) => share > 0 && share <= 1)
    .sort((a, b) => a.share - b.share);
}

function shortageOf({ milliCpu, memoryBytes }: Resources, node: NodeInfo): Shortage {
  const { allocatable, requestedMilliCpu, requestedMemoryBytes } = node;
  const cpu = Math.max(0, milliCpu - (allocatable.milliCpu - requestedMilliCpu));
  const memory = Math.max(0, memoryBytes - (allocatable.memoryBytes - requestedMemoryBytes));
  const share = Math.max(cpu / (milliCpu || 1), memory / (memoryBytes || 1));
  return { node, milliCpu: cpu, memoryBytes: Math.ceil(memory / MIB) * MIB, share };
}

function amountsOf({ milliCpu, memoryBytes }: Shortage): string {
  const parts = [
    ...(milliCpu > 0 ? [`${formatQuantity(milliQuantityOf(milliCpu))} CPU`] : []),
    ...(memoryBytes > 0 ? [`${memoryBytes / MIB}Mi of memory`] : []),
  ];
  return parts.join(" and ");
}

function roomierNode({ node: info, milliCpu, memoryBytes }: Shortage): Node {
  const node = info.node as Node;
  const { allocatable } = info;
  return {
    ...node,
    status: {
      ...node.status,
      allocatable: {
        ...node.status.allocatable,
        ...amounts(allocatable.milliCpu + milliCpu, allocatable.memoryBytes + memoryBytes),
      },
    },
  };
}

/** The first container asks for everything that is left to ask for. */
function smallerSpec(pod: Pod, { milliCpu, memoryBytes }: Shortage): PodSpec {
  const { initContainers, containers, ...spec } = pod.spec;
  const { requests } = podRequests(pod);
  const left = amounts(
    Math.max(0, requests.milliCpu - milliCpu),
    Math.max(0, requests.memoryBytes - memoryBytes),
  );
  const asking = (container: Container, index: number): Container => ({
    ...container,
    resources:
      index === 0 ? { requests: { ...container.resources.requests, ...left } } : withoutBasics(container),
  });
  return {
    ...spec,
    containers: containers.map(asking),
    ...(initContainers && {
      initContainers: initContainers.map((one) => ({ ...one, resources: withoutBasics(one) })),
    }),
  };
}

/** The container's requests but for CPU and memory. */
function withoutBasics({ resources }: Container): Container["resources"] {
  const { cpu: _cpu, memory: _memory, ...requests } = resources.requests ?? {};
  return { requests };
}

function amounts(milliCpu: number, memoryBytes: number) {
  return {
    cpu: formatQuantity(milliQuantityOf(milliCpu)),
    memory: formatQuantity(quantityOf(memoryBytes, "BinarySI")),
  };
}
