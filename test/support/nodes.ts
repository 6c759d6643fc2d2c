/**
 * Nodes for tests. A `NodeBuilder` is itself a whole, frozen, ready node of 4 CPUs, 8 GiB and 110 pods; each method
 * returns another node with one thing changed.
 */
import { deepFreeze } from "../../src/base/deep.ts";
import type {
  Condition,
  ContainerImage,
  Node,
  ObjectMeta,
  ResourceList,
  StringMap,
  Taint,
  TaintEffect,
} from "../../src/kube/types/index.ts";
import { TEST_EPOCH_MS, timeAt } from "./pods.ts";

const DEFAULT_CAPACITY: ResourceList = {
  cpu: "4",
  "ephemeral-storage": "100Gi",
  memory: "8Gi",
  pods: "110",
};

/** A ready node with the labels that every kubelet sets. */
export function node(name: string): NodeBuilder {
  const now = timeAt(TEST_EPOCH_MS);
  return new NodeBuilder(
    {
      name,
      uid: `uid-${name}`,
      resourceVersion: "1",
      creationTimestamp: now,
      labels: { "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" },
    },
    {},
    { capacity: DEFAULT_CAPACITY, allocatable: DEFAULT_CAPACITY },
  ).condition({
    type: "Ready",
    status: "True",
    reason: "KubeletReady",
    message: "kubelet is posting ready status",
  });
}

/** A node that knows how to become a slightly different node. */
export class NodeBuilder implements Node {
  readonly apiVersion = "v1";
  readonly kind = "Node";
  readonly metadata: ObjectMeta;
  readonly spec: Node["spec"];
  readonly status: Node["status"];

  constructor(metadata: ObjectMeta, spec: Node["spec"], status: Node["status"]) {
    this.metadata = metadata;
    this.spec = spec;
    this.status = status;
    deepFreeze(this);
  }

  /** Any fields of metadata. */
  meta(fields: Partial<ObjectMeta>): NodeBuilder {
    return new NodeBuilder({ ...this.metadata, ...fields }, this.spec, this.status);
  }

  /** Any fields of the spec. */
  withSpec(fields: Partial<Node["spec"]>): NodeBuilder {
    return new NodeBuilder(this.metadata, { ...this.spec, ...fields }, this.status);
  }

  /** Any fields of the status. */
  withStatus(fields: Partial<Node["status"]>): NodeBuilder {
    return new NodeBuilder(this.metadata, this.spec, { ...this.status, ...fields });
  }

  labels(labels: StringMap): NodeBuilder {
    return this.meta({ labels: { ...this.metadata.labels, ...labels } });
  }

  zone(zone: string, region?: string): NodeBuilder {
    const inZone = this.labels({ "topology.kubernetes.io/zone": zone });
    return region === undefined ? inZone : inZone.labels({ "topology.kubernetes.io/region": region });
  }

  /** Capacity and allocatable, over what the node has already. */
  capacity(resources: ResourceList): NodeBuilder {
    const capacity = { ...this.status.capacity, ...resources };
    return this.withStatus({ capacity, allocatable: capacity });
  }

  /** What pods may use, where that is less than the capacity. */
  allocatable(resources: ResourceList): NodeBuilder {
    return this.withStatus({ allocatable: { ...this.status.allocatable, ...resources } });
  }

  taint(key: string, effect: TaintEffect = "NoSchedule", value?: string): NodeBuilder {
    const taint: Taint = value === undefined ? { key, effect } : { key, value, effect };
    return this.withSpec({ taints: [...(this.spec.taints ?? []), taint] });
  }

  /** As `kubectl cordon` and the node lifecycle controller leave it. */
  cordoned(): NodeBuilder {
    return this.withSpec({ unschedulable: true }).taint("node.kubernetes.io/unschedulable");
  }

  images(...images: readonly ContainerImage[]): NodeBuilder {
    return this.withStatus({ images });
  }

  /** Sets the condition of that type. */
  condition(condition: Condition): NodeBuilder {
    const others = (this.status.conditions ?? []).filter(({ type }) => type !== condition.type);
    const now = this.metadata.creationTimestamp;
    const dated = { lastHeartbeatTime: now, lastTransitionTime: now, ...condition };
    return this.withStatus({ conditions: [...others, dated] });
  }
}
