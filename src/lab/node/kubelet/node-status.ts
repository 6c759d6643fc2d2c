import { deepEqual } from "../../../base/deep.ts";
import { csiNodes, leases, nodes } from "../../../kube/kinds.ts";
import { isStatus, StatusError } from "../../../kube/status-error.ts";
import { formatMicroTime } from "../../../kube/time.ts";
import type { ContainerImage, KubeObject, Node, ResourceList } from "../../../kube/types/index.ts";
import type { Timer } from "../../../time/engine.ts";
import { type KubeletContext, machineNow } from "./kubelet-context.ts";
import {
  type NodeHealth,
  type NodeTraits,
  nodeConditions,
  nodeFacts,
  nodeLabels,
  nodeTaints,
} from "./node-object.ts";

/** From its start until a kubelet has looked at its container runtime and knows that the node is ready. */
const READY_AFTER_MS = [200, 600] as const;
/** kubelet_node_status.go: pauses between tries to register double up to this. */
const REGISTER_RETRY_MAX_MS = 7_000;

/** Who knows what a node's status says. */
export interface NodeStatusOptions {
  readonly context: KubeletContext;
  readonly traits: NodeTraits;
  readonly images: () => readonly ContainerImage[];
  readonly volumesInUse: () => readonly string[];
  readonly diskPressure: () => boolean;
  /** CSI drivers that run on this node now: it can mount what they provide. */
  readonly csiDrivers: () => readonly string[];
  readonly onRegistered: () => void;
}

/** A lower-case DNS subdomain of at most 63 characters. */
const DRIVER_NAME = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Registers the node and keeps its status. What changes is told at the kubelet's next look at it, every ten seconds on a phase
 * of its own; while nothing changes nothing is written, and no timer runs.
 */
export class NodeStatus {
  readonly #options: NodeStatusOptions;
  readonly #phaseMs: number;
  #next: Timer | undefined;
  #notReady: string | undefined = "container runtime status check may not have completed yet";
  #reported: ReadonlySet<string> = new Set();
  #registered = false;

  constructor(options: NodeStatusOptions) {
    this.#options = options;
    this.#phaseMs = options.context.random.between(0, options.context.timing.nodeStatusUpdateMs);
  }

  /** What the API server has last been told to be in use. */
  get reportedInUse(): ReadonlySet<string> {
    return this.#reported;
  }

  /** Registers, and is ready soon after. */
  start(): void {
    const { context } = this.#options;
    context.agenda.after(context.random.between(50, 250), () => this.#register(200));
    context.agenda.after(context.random.between(...READY_AFTER_MS), () => {
      this.#notReady = undefined;
      if (this.#registered) this.#sync();
    });
  }

  /** Something that the status tells has changed. */
  requestSync(): void {
    if (!this.#registered || this.#next?.pending) return;
    const { agenda, timing } = this.#options.context;
    const periodMs = timing.nodeStatusUpdateMs;
    const periods = Math.floor((agenda.engine.now() - this.#phaseMs) / periodMs) + 1;
    this.#next = agenda.at(periods * periodMs + this.#phaseMs, () => this.#sync());
  }

  /** A CSI driver has come up on this node. */
  csiDriversChanged(): void {
    const { context } = this.#options;
    if (!this.#registered || !context.isConnected()) return;
    const stored = context.api.get(csiNodes, undefined, context.nodeName);
    if (stored === undefined) return;
    const drivers = this.#drivers();
    if (!deepEqual(stored.spec.drivers, drivers)) {
      context.api.update(csiNodes, { ...stored, spec: { ...stored.spec, drivers } });
    }
  }

  /** Something that must not wait has changed, such as the disk's pressure. */
  syncNow(): void {
    if (this.#registered) this.#sync();
  }

  #register(retryMs: number): void {
    const { context } = this.#options;
    try {
      if (!context.isConnected()) throw new StatusError("ServiceUnavailable", "not connected");
      const existing = context.api.get(nodes, undefined, context.nodeName);
      const node = existing === undefined ? this.#create() : this.#adopt(existing);
      this.#createLease(node);
      this.#createCsiNode(node);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const next = Math.min(retryMs * 2, REGISTER_RETRY_MAX_MS);
      context.agenda.after(next, () => this.#register(next));
      return;
    }
    this.#registered = true;
    this.#tellStart();
    this.#sync();
    this.#options.onRegistered();
  }

  #create(): Node {
    const { context, traits } = this.#options;
    const machine = context.machine();
    const { podCidr, like } = traits;
    return context.api.create(nodes, {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: machine.name,
        labels: nodeLabels(machine, like),
        annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
      },
      spec: { podCIDR: podCidr, podCIDRs: [podCidr], ...(like && nodeTaints(like)) },
      status: this.#status(undefined),
    });
  }

  /** A node that was registered before keeps what others have put on it; the default labels are set right. */
  #adopt(existing: Node): Node {
    const { context } = this.#options;
    const machine = context.machine();
    this.#reported = new Set(existing.status.volumesInUse ?? []);
    const { bootID } = nodeFacts(machine, this.#options.traits).nodeInfo ?? {};
    const before = existing.status.nodeInfo?.bootID;
    if (before !== undefined && before !== bootID) {
      const text = `Node ${machine.name} has been rebooted, boot id: ${bootID}`;
      context.tell(existing, "Warning", "Rebooted", text);
    }
    const labels = { ...existing.metadata.labels, ...nodeLabels(machine, this.#options.traits.like) };
    if (deepEqual(labels, existing.metadata.labels)) return existing;
    return context.api.update(nodes, { ...existing, metadata: { ...existing.metadata, labels } });
  }

  #sync(): void {
    const { context } = this.#options;
    if (!context.isConnected()) {
      this.requestSync();
      return;
    }
    try {
      const stored = context.api.get(nodes, undefined, context.nodeName);
      // Somebody has deleted the node: a kubelet that runs does not register again.
      if (stored === undefined) return;
      const status = this.#status(stored);
      if (isSame(stored.status, status)) {
        this.#reported = new Set(status.volumesInUse ?? []);
        return;
      }
      const updated = context.api.updateStatus(nodes, { ...stored, status });
      this.#reported = new Set(status.volumesInUse ?? []);
      this.#tellTransitions(stored, updated);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.requestSync();
    }
  }

  #status(stored: Node | undefined): Node["status"] {
    const { context, traits, images, volumesInUse, diskPressure } = this.#options;
    const health: NodeHealth = { notReady: this.#notReady, diskPressure: diskPressure() };
    const inUse = volumesInUse();
    const { volumesInUse: _, ...rest } = stored?.status ?? {};
    const facts = nodeFacts(context.machine(), traits);
    const extended = othersResources(stored?.status.capacity, facts.capacity);
    return {
      ...rest,
      ...facts,
      capacity: { ...facts.capacity, ...extended },
      allocatable: { ...facts.allocatable, ...extended },
      conditions: nodeConditions(stored?.status.conditions, health, machineNow(context)),
      images: images(),
      ...(inUse.length > 0 && { volumesInUse: inUse }),
    };
  }

  #tellStart(): void {
    const { context } = this.#options;
    const node = nodeReference(context.nodeName);
    context.tell(node, "Normal", "Starting", "Starting kubelet.");
    for (const what of ["HasSufficientMemory", "HasNoDiskPressure", "HasSufficientPID"]) {
      const reason = `Node${what}`;
      context.tell(node, "Normal", reason, `Node ${context.nodeName} status is now: ${reason}`);
    }
    const text = "Updated Node Allocatable limit across pods";
    context.tell(node, "Normal", "NodeAllocatableEnforced", text);
  }

  #tellTransitions(before: Node, after: Node): void {
    const { context } = this.#options;
    const say = (reason: string) => {
      const text = `Node ${context.nodeName} status is now: ${reason}`;
      context.tell(nodeReference(context.nodeName), "Normal", reason, text);
    };
    const ready = transition(before, after, "Ready");
    if (ready !== undefined) say(ready === "True" ? "NodeReady" : "NodeNotReady");
    const pressure = transition(before, after, "DiskPressure");
    if (pressure !== undefined) say(pressure === "True" ? "NodeHasDiskPressure" : "NodeHasNoDiskPressure");
  }

  #createLease(node: Node): void {
    const { context } = this.#options;
    const renewTime = formatMicroTime(machineNow(context));
    this.#ensure(() =>
      context.api.create(leases, {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: {
          name: node.metadata.name,
          namespace: "kube-node-lease",
          ownerReferences: [ownerOf(node)],
        },
        spec: {
          holderIdentity: node.metadata.name,
          leaseDurationSeconds: context.timing.leaseDurationSeconds,
          renewTime,
        },
      }),
    );
  }

  #createCsiNode(node: Node): void {
    const { context } = this.#options;
    const { name } = node.metadata;
    this.#ensure(() =>
      context.api.create(csiNodes, {
        apiVersion: "storage.k8s.io/v1",
        kind: "CSINode",
        metadata: { name, ownerReferences: [ownerOf(node)] },
        spec: { drivers: this.#drivers() },
      }),
    );
    this.csiDriversChanged();
  }

  #drivers() {
    const nodeID = this.#options.context.nodeName;
    // A provisioner may have a name that no driver can register under.
    const names = this.#options.csiDrivers().filter((name) => DRIVER_NAME.test(name));
    return names.map((name) => ({ name, nodeID, topologyKeys: [] }));
  }

  #ensure(create: () => KubeObject): void {
    try {
      create();
    } catch (error) {
      if (!isStatus(error, "AlreadyExists")) throw error;
    }
  }
}

/** What somebody else says that the machine has besides: kept, and all of it handed out. */
function othersResources(stored: ResourceList = {}, own: ResourceList = {}): ResourceList {
  return Object.fromEntries(Object.entries(stored).filter(([name]) => !(name in own)));
}

function ownerOf(node: Node) {
  return { apiVersion: "v1", kind: "Node", name: node.metadata.name, uid: node.metadata.uid };
}

/** Events of kubelets about their own node name it as its uid too. */
function nodeReference(name: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, uid: name, resourceVersion: "", creationTimestamp: "" },
  };
}

function transition(before: Node, after: Node, type: string): string | undefined {
  const of = (node: Node) => node.status.conditions?.find((condition) => condition.type === type)?.status;
  return of(before) === undefined || of(before) === of(after) ? undefined : of(after);
}

/** Whether two statuses tell the same, but for when the kubelet has last looked. */
function isSame(a: Node["status"], b: Node["status"]): boolean {
  const plain = ({ conditions, ...rest }: Node["status"]) => ({
    ...rest,
    conditions: conditions?.map(({ lastHeartbeatTime: _, ...condition }) => condition),
  });
  return deepEqual(plain(a), plain(b));
}
