import { fnv32 } from "../../../base/hash.ts";
import { formatQuantity, quantityOf, wholeValue } from "../../../base/quantity.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Condition, Node, ResourceList } from "../../../kube/types/index.ts";
import type { Machine } from "../world.ts";

const KUBELET_VERSION = "v1.34.4";

/** What a machine has, and where its pods' addresses come from. */
export interface NodeTraits {
  readonly cpu: string;
  readonly memory: string;
  /** "10.244.1.0/24" */
  readonly podCidr: string;
  /** A node of another cluster in whose likeness this one is made: its labels, its taints, and what it has for pods. */
  readonly like?: Node;
}

/** What a kubelet has to say about its node's health. */
export interface NodeHealth {
  /** Why it is not ready; nothing when it is. */
  readonly notReady: string | undefined;
  readonly diskPressure: boolean;
}

const PODS_MAX = "110";
const DISK = "102624184Ki";
/** The default hard eviction threshold of memory, which is kept back from pods. */
const RESERVED_MEMORY_BYTES = 100 * 1024 * 1024;

/** The labels that a kubelet gives its node, with the zone that a cloud or an administrator would, and those of its model. */
export function nodeLabels(machine: Machine, like?: Node): Record<string, string> {
  return {
    "beta.kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": machine.name,
    "kubernetes.io/os": "linux",
    ...(machine.zone !== "" && { "topology.kubernetes.io/zone": machine.zone }),
    ...like?.metadata.labels,
  };
}

/** What its model tells a node to keep pods off by. What its control plane had found out it finds out anew. */
export function nodeTaints({ spec }: Node): Pick<Node["spec"], "taints" | "unschedulable"> {
  const taints = (spec.taints ?? []).filter(({ key }) => !key.startsWith("node.kubernetes.io/"));
  return {
    ...(taints.length > 0 && { taints }),
    ...(spec.unschedulable && { unschedulable: true }),
  };
}

/** The parts of a node's status that do not change while it runs. */
export function nodeFacts(machine: Machine, traits: NodeTraits): Partial<Node["status"]> {
  const capacity: ResourceList = {
    cpu: traits.cpu,
    "ephemeral-storage": DISK,
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    memory: traits.memory,
    pods: PODS_MAX,
  };
  const memory = formatQuantity(quantityOf(wholeValue(traits.memory) - RESERVED_MEMORY_BYTES, "BinarySI"));
  // nodefs.available < 10 % is kept back too.
  const storage = String(Math.floor(wholeValue(DISK) * 0.9));
  const amounts = traits.like?.status ?? {
    capacity,
    allocatable: { ...capacity, "ephemeral-storage": storage, memory },
  };
  return {
    capacity: amounts.capacity ?? amounts.allocatable ?? {},
    allocatable: amounts.allocatable ?? {},
    addresses: [
      { type: "InternalIP", address: machine.ip },
      { type: "Hostname", address: machine.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: "amd64",
      bootID: idOf(machine, "boot", machine.bootId),
      containerRuntimeVersion: "containerd://2.1.4",
      kernelVersion: "6.12.0",
      kubeProxyVersion: "",
      kubeletVersion: KUBELET_VERSION,
      machineID: idOf(machine, "machine", 0).replaceAll("-", ""),
      operatingSystem: "linux",
      osImage: "Debian GNU/Linux 13 (trixie)",
      systemUUID: idOf(machine, "system", 0),
    },
  };
}

/** The node's conditions by its kubelet, dated against those that stand; conditions of others are kept. */
export function nodeConditions(
  previous: readonly Condition[] | undefined,
  health: NodeHealth,
  nowMs: number,
): Condition[] {
  const verdicts = [
    verdict("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    health.diskPressure
      ? verdict("DiskPressure", true, "KubeletHasDiskPressure", "kubelet has disk pressure")
      : verdict("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    verdict("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    health.notReady === undefined
      ? verdict("Ready", true, "KubeletReady", "kubelet is posting ready status")
      : verdict("Ready", false, "KubeletNotReady", health.notReady),
  ];
  const now = formatTime(nowMs);
  const own = verdicts.map((each): Condition => {
    const old = previous?.find(({ type }) => type === each.type);
    const lastTransitionTime = old?.status === each.status ? (old.lastTransitionTime ?? now) : now;
    return { ...each, lastHeartbeatTime: now, lastTransitionTime };
  });
  const foreign = (previous ?? []).filter(({ type }) => !own.some((each) => each.type === type));
  return [...foreign, ...own];
}

function verdict(type: string, holds: boolean, reason: string, message: string): Condition {
  return { type, status: holds ? "True" : "False", reason, message };
}

/** An id in the form of a UUID that is always the same for the same thing. */
function idOf(machine: Machine, what: string, count: number): string {
  const text = `${what}/${machine.name}/${count}`;
  const hex = [0, 1, 2, 3].map((i) => fnv32(`${i}${text}`).toString(16).padStart(8, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
