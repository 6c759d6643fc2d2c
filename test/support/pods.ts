/**
 * Pods for tests. A `PodBuilder` is itself a whole, frozen pod as the API server would store it (defaults and the usual
 * admission plugins applied); each method returns another pod with one thing changed. There is nothing to "build" at the end.
 */
import { deepFreeze } from "../../src/base/deep.ts";
import type {
  Affinity,
  Condition,
  Container,
  KubeObject,
  ObjectMeta,
  Pod,
  PodAffinityTerm,
  PodPhase,
  PodSpec,
  PodStatus,
  ResourceList,
  StringMap,
  Toleration,
  TopologySpreadConstraint,
  Volume,
} from "../../src/kube/types/index.ts";
import { VIRTUAL_EPOCH_MS } from "../../src/time/engine.ts";

/** When objects of tests were created unless they say otherwise. */
export const TEST_EPOCH_MS = VIRTUAL_EPOCH_MS;

const DEFAULT_TOLERATIONS: readonly Toleration[] = ["not-ready", "unreachable"].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 300,
}));

/** A moment as it stands in an object. */
export function timeAt(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A container with the API server's defaults. */
export function container(name: string, rest: Partial<Container> = {}): Container {
  return {
    name,
    image: "registry.example/app:1",
    imagePullPolicy: "IfNotPresent",
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    ...rest,
  };
}

/** A pending, unbound pod in namespace "default" with one container "main". `name` may be "namespace/name". */
export function pod(name: string): PodBuilder {
  const slash = name.indexOf("/");
  const namespace = slash < 0 ? "default" : name.slice(0, slash);
  const ownName = name.slice(slash + 1);
  return new PodBuilder(
    {
      name: ownName,
      namespace,
      uid: `uid-${namespace}-${ownName}`,
      resourceVersion: "1",
      generation: 1,
      creationTimestamp: timeAt(TEST_EPOCH_MS),
    },
    {
      containers: [container("main")],
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      serviceAccountName: "default",
      serviceAccount: "default",
      securityContext: {},
      schedulerName: "default-scheduler",
      tolerations: DEFAULT_TOLERATIONS,
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority",
    },
    { phase: "Pending", qosClass: "BestEffort" },
  );
}

/** A pod that knows how to become a slightly different pod. */
export class PodBuilder implements Pod {
  readonly apiVersion = "v1";
  readonly kind = "Pod";
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status: PodStatus;

  constructor(metadata: ObjectMeta, spec: PodSpec, status: PodStatus) {
    this.metadata = metadata;
    this.spec = spec;
    this.status = { ...status, qosClass: qosClassOf(spec) };
    deepFreeze(this);
  }

  /** Any fields of metadata. */
  meta(fields: Partial<ObjectMeta>): PodBuilder {
    return new PodBuilder({ ...this.metadata, ...fields }, this.spec, this.status);
  }

  /** Any fields of the spec. */
  withSpec(fields: Partial<PodSpec>): PodBuilder {
    return new PodBuilder(this.metadata, { ...this.spec, ...fields }, this.status);
  }

  /** Any fields of the status. */
  withStatus(fields: Partial<PodStatus>): PodBuilder {
    return new PodBuilder(this.metadata, this.spec, { ...this.status, ...fields });
  }

  inNamespace(namespace: string): PodBuilder {
    return this.meta({ namespace, uid: `uid-${namespace}-${this.metadata.name}` });
  }

  labels(labels: StringMap): PodBuilder {
    return this.meta({ labels: { ...this.metadata.labels, ...labels } });
  }

  annotations(annotations: StringMap): PodBuilder {
    return this.meta({ annotations: { ...this.metadata.annotations, ...annotations } });
  }

  createdAt(ms: number): PodBuilder {
    return this.meta({ creationTimestamp: timeAt(ms) });
  }

  /** Controlled by that object. */
  ownedBy(owner: KubeObject): PodBuilder {
    const { apiVersion, kind, metadata } = owner;
    const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid };
    return this.meta({ ownerReferences: [{ ...reference, controller: true, blockOwnerDeletion: true }] });
  }

  /** Being deleted: its grace period ends at `endsAtMs`. */
  deleting(endsAtMs: number): PodBuilder {
    return this.meta({
      deletionTimestamp: timeAt(endsAtMs),
      deletionGracePeriodSeconds: this.spec.terminationGracePeriodSeconds,
    });
  }

  /** Bound to that node. */
  on(nodeName: string): PodBuilder {
    return this.withSpec({ nodeName }).condition({ type: "PodScheduled", status: "True" });
  }

  /** What its first container asks for. */
  requests(requests: ResourceList): PodBuilder {
    return this.#main((main) => ({ ...main, resources: { ...main.resources, requests } }));
  }

  limits(limits: ResourceList): PodBuilder {
    return this.#main((main) => ({ ...main, resources: { ...main.resources, limits } }));
  }

  image(image: string): PodBuilder {
    return this.#main((main) => ({ ...main, image }));
  }

  /** A port of its first container that takes the same port of the node. */
  hostPort(port: number, rest: { protocol?: "TCP" | "UDP" | "SCTP"; hostIP?: string } = {}): PodBuilder {
    const entry = { containerPort: port, hostPort: port, protocol: rest.protocol ?? "TCP" } as const;
    const full = rest.hostIP === undefined ? entry : { ...entry, hostIP: rest.hostIP };
    return this.#main((main) => ({ ...main, ports: [...(main.ports ?? []), full] }));
  }

  containers(...containers: readonly Container[]): PodBuilder {
    return this.withSpec({ containers });
  }

  initContainers(...initContainers: readonly Container[]): PodBuilder {
    return this.withSpec({ initContainers });
  }

  priority(
    priority: number,
    preemptionPolicy: PodSpec["preemptionPolicy"] = "PreemptLowerPriority",
  ): PodBuilder {
    return this.withSpec({ priority, preemptionPolicy });
  }

  nodeSelector(nodeSelector: StringMap): PodBuilder {
    return this.withSpec({ nodeSelector });
  }

  affinity(affinity: Affinity): PodBuilder {
    return this.withSpec({ affinity: { ...this.spec.affinity, ...affinity } });
  }

  /** Required: with pods of those labels, by topology key. */
  near(
    labels: StringMap,
    topologyKey = "kubernetes.io/hostname",
    rest: Partial<PodAffinityTerm> = {},
  ): PodBuilder {
    const term = { labelSelector: { matchLabels: labels }, topologyKey, ...rest };
    return this.affinity({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } });
  }

  /** Required: apart from pods of those labels, by topology key. */
  apartFrom(
    labels: StringMap,
    topologyKey = "kubernetes.io/hostname",
    rest: Partial<PodAffinityTerm> = {},
  ): PodBuilder {
    const term = { labelSelector: { matchLabels: labels }, topologyKey, ...rest };
    return this.affinity({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } });
  }

  /** One more topology spread constraint. */
  spread(topologyKey: string, labels: StringMap, rest: Partial<TopologySpreadConstraint> = {}): PodBuilder {
    const constraint: TopologySpreadConstraint = {
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: labels },
      ...rest,
    };
    return this.withSpec({
      topologySpreadConstraints: [...(this.spec.topologySpreadConstraints ?? []), constraint],
    });
  }

  tolerates(...tolerations: readonly Toleration[]): PodBuilder {
    return this.withSpec({ tolerations: [...(this.spec.tolerations ?? []), ...tolerations] });
  }

  schedulingGates(...names: readonly string[]): PodBuilder {
    return this.withSpec({ schedulingGates: names.map((name) => ({ name })) });
  }

  volumes(...volumes: readonly Volume[]): PodBuilder {
    return this.withSpec({ volumes: [...(this.spec.volumes ?? []), ...volumes] });
  }

  /** A volume for each claim, named after it. */
  claims(...claimNames: readonly string[]): PodBuilder {
    return this.volumes(
      ...claimNames.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    );
  }

  nominated(nodeName: string): PodBuilder {
    return this.withStatus({ nominatedNodeName: nodeName });
  }

  phase(phase: PodPhase): PodBuilder {
    return this.withStatus({ phase });
  }

  startedAt(ms: number): PodBuilder {
    return this.withStatus({ startTime: timeAt(ms) });
  }

  /** Running, and ready unless told otherwise. */
  running(ready = true): PodBuilder {
    return this.phase("Running").condition({ type: "Ready", status: ready ? "True" : "False" });
  }

  /** Sets the condition of that type. */
  condition(condition: Condition): PodBuilder {
    const others = (this.status.conditions ?? []).filter(({ type }) => type !== condition.type);
    const dated = { lastProbeTime: null, lastTransitionTime: this.metadata.creationTimestamp, ...condition };
    return this.withStatus({ conditions: [...others, dated] });
  }

  #main(change: (main: Container) => Container): PodBuilder {
    const [main, ...rest] = this.spec.containers;
    return this.withSpec({ containers: main === undefined ? [] : [change(main), ...rest] });
  }
}

function qosClassOf(spec: PodSpec): NonNullable<PodStatus["qosClass"]> {
  const all = [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources }) => resources);
  const asksNothing = all.every(({ requests, limits }) =>
    [requests, limits].every((list) => list?.cpu === undefined && list?.memory === undefined),
  );
  if (asksNothing) return "BestEffort";
  const isBounded = all.every(({ requests, limits }) =>
    ["cpu", "memory"].every(
      (name) => limits?.[name] !== undefined && (requests?.[name] ?? limits[name]) === limits[name],
    ),
  );
  return isBounded ? "Guaranteed" : "Burstable";
}
