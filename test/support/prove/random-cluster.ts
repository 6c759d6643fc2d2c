/**
 * Small random clusters for comparing answers: every filter and score of the default profile has something to say in some of
 * them, alone and together. A seed makes the whole cluster.
 */
import type { RandomStream } from "../../../src/base/random.ts";
import type {
  Container,
  KubeObject,
  Node,
  NodeSelectorTerm,
  Pod,
  PodAffinityTerm,
  StringMap,
  Toleration,
  TopologySpreadConstraint,
} from "../../../src/kube/types/index.ts";
import { type NodeBuilder, node } from "../nodes.ts";
import { container, type PodBuilder, pod, TEST_EPOCH_MS } from "../pods.ts";
import { claim, csiNode, storageClass, volume } from "../volumes.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";
const MB = 1024 * 1024;

/** Traits that not so many clusters have: the engine leaves them to the literal scheduler, and the others shall be tried too. */
const RARE: Readonly<Record<string, number>> = {
  "shared hostnames": 0.1,
  "ephemeral volumes": 0.1,
  volumes: 0.35,
  "volume limits": 0.5,
};

/** What a cluster is made of. Every trait is drawn once for a cluster, so that some have it and others are quiet about it. */
export class RandomCluster {
  readonly #random: RandomStream;
  readonly objects: KubeObject[] = [];
  readonly #nodes: NodeBuilder[] = [];
  readonly #namespaces = ["one", "two"];
  readonly #traits = new Map<string, boolean>();

  constructor(random: RandomStream) {
    this.#random = random;
    this.#addNamespaces();
    this.#addNodes(1 + random.below(8));
    const workloads = 1 + random.below(8);
    for (let i = 0; i < workloads; i++) this.#addWorkload(`w${i}`);
    if (this.#has("budgets")) for (let i = 0; i < 1 + random.below(3); i++) this.#addBudget(`b${i}`);
  }

  /** Whether a trait plays a part in this cluster. */
  #has(trait: string): boolean {
    let has = this.#traits.get(trait);
    if (has === undefined) {
      has = this.#chance(RARE[trait] ?? 0.4);
      this.#traits.set(trait, has);
    }
    return has;
  }

  /** Whether this object has a trait of the cluster. */
  #draws(trait: string, share = 0.4): boolean {
    return this.#has(trait) && this.#chance(share);
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  #pick<T>(...items: readonly T[]): T {
    return this.#random.pick(items);
  }

  #addNamespaces(): void {
    for (const name of this.#namespaces) {
      const metadata = { name, uid: `uid-${name}`, labels: { team: name } };
      this.objects.push({ apiVersion: "v1", kind: "Namespace", metadata } as unknown as KubeObject);
    }
  }

  #addNodes(count: number): void {
    for (let i = 0; i < count; i++) {
      const made = this.#node(`n${i}`, i);
      this.#nodes.push(made);
      this.objects.push(made as Node);
      if (this.#draws("volume limits", 0.6))
        this.objects.push(csiNode(made.metadata.name, this.#random.below(2)));
    }
  }

  #node(name: string, index: number): NodeBuilder {
    const random = this.#random;
    let made = node(name).capacity({
      cpu: this.#has("equal nodes") ? "2" : `${this.#pick(500, 1000, 2000, 4000)}m`,
      memory: this.#has("equal nodes") ? "4Gi" : this.#pick("1Gi", "2Gi", "8Gi"),
      pods: this.#draws("few pods") ? `${1 + random.below(6)}` : "110",
      "ephemeral-storage": this.#draws("small disks") ? "2Gi" : "100Gi",
    });
    if (this.#draws("gpus", 0.6)) made = made.capacity({ "example.com/gpu": `${random.below(4)}` });
    if (!this.#draws("no zones", 0.3)) made = made.zone(`z${index % (1 + random.below(3))}`);
    if (this.#has("racks") && !this.#chance(0.15)) made = made.labels({ rack: `r${random.below(3)}` });
    if (this.#has("disks"))
      made = made.labels({ disk: this.#pick("ssd", "hdd"), size: `${random.below(10)}` });
    if (this.#draws("shared hostnames", 0.4))
      made = made.labels({ [HOST]: this.#pick("n0", "n1", "n2", "") });
    if (this.#draws("hard taints", 0.3))
      made = made.taint("team", this.#pick("NoSchedule", "NoExecute"), "x");
    if (this.#draws("soft taints", 0.4)) made = made.taint("soft", "PreferNoSchedule", this.#pick("a", "b"));
    if (this.#draws("soft taints", 0.2)) made = made.taint("slow", "PreferNoSchedule");
    if (this.#draws("cordons", 0.2)) made = made.cordoned();
    if (this.#draws("images", 0.6)) {
      const names = ["registry.example/a:1", "registry.example/b:latest"].filter(() => this.#chance(0.6));
      made = made.images(
        ...names.map((image) => ({ names: [image], sizeBytes: (100 + random.below(900)) * MB })),
      );
    }
    return made;
  }

  #addWorkload(name: string): void {
    const random = this.#random;
    const namespace = this.#pick(...this.#namespaces);
    const kind = this.#pick(
      "ReplicaSet",
      "ReplicaSet",
      "ReplicaSet",
      "ReplicationController",
      "Job",
      "StatefulSet",
      "DaemonSet",
      "Pod",
    );
    const labels = { app: name, tier: this.#pick("front", "back") };
    const template = this.#template(pod(`${namespace}/${name}`).labels(labels), name);
    const owner = this.#owner(kind, namespace, name, labels);
    if (owner !== undefined) this.objects.push(owner);
    if (this.#draws("services", 0.7))
      this.#addService(namespace, name, this.#chance(0.8) ? { app: name } : { tier: labels.tier });
    const pods = random.below(6);
    for (let i = 0; i < pods; i++)
      this.#addPod(template.meta({ name: `${name}-${i}`, uid: `uid-${namespace}-${name}-${i}` }), owner);
  }

  #addPod(template: PodBuilder, owner: KubeObject | undefined): void {
    const random = this.#random;
    let made = owner === undefined ? template : template.ownedBy(owner);
    if (this.#draws("ephemeral volumes", 0.3)) {
      const spec = {
        accessModes: ["ReadWriteOnce"] as const,
        storageClassName: "late",
        resources: { requests: { storage: "1Gi" } },
      };
      made = made.volumes({ name: "scratch", ephemeral: { volumeClaimTemplate: { spec } } });
    }
    if (!this.#draws("waiting pods", 0.2)) {
      made = made.on(this.#pick(...this.#nodes).metadata.name).running(this.#chance(0.9));
      if (this.#chance(0.7)) made = made.startedAt(TEST_EPOCH_MS + 1_000 * random.below(5));
      if (this.#draws("deletions", 0.15)) made = made.deleting(TEST_EPOCH_MS);
    }
    this.objects.push(made as Pod);
  }

  #template(from: PodBuilder, name: string): PodBuilder {
    const random = this.#random;
    let made = from.containers(...this.#containers());
    if (this.#draws("init containers", 0.3)) {
      const restartPolicy = this.#chance(0.5) ? ({ restartPolicy: "Always" } as const) : {};
      made = made.initContainers(
        container("init", { resources: { requests: this.#requests() }, ...restartPolicy }),
      );
    }
    if (this.#draws("overhead", 0.3)) made = made.withSpec({ overhead: { cpu: "100m", memory: "64Mi" } });
    if (this.#draws("priorities", 0.7)) {
      made = made.priority(
        this.#pick(-10, 0, 10, 100),
        this.#chance(0.85) ? "PreemptLowerPriority" : "Never",
      );
    }
    if (this.#draws("ports", 0.4))
      made = made.hostPort(
        this.#pick(80, 81),
        this.#chance(0.3) ? { hostIP: this.#pick("10.0.0.1", "10.0.0.2") } : {},
      );
    if (this.#draws("hard taints", 0.5))
      made = made.tolerates({ key: "team", operator: "Equal", value: this.#pick("x", "y") });
    if (this.#draws("soft taints", 0.3))
      made = made.tolerates({ key: "soft", operator: "Equal", value: "a" });
    if (this.#draws("cordons", 0.2))
      made = made.tolerates({ key: "node.kubernetes.io/unschedulable", operator: "Exists" });
    if (this.#draws("unafraid pods", 0.3)) made = made.tolerates(...this.#unafraid());
    if (this.#draws("disks", 0.3)) made = made.nodeSelector({ disk: "ssd" });
    if (this.#draws("disks", 0.3)) made = made.affinity({ nodeAffinity: this.#nodeAffinity() });
    if (this.#draws("apart", 0.5)) made = this.#withCompany(made, name, "podAntiAffinity");
    if (this.#draws("near", 0.4)) made = this.#withCompany(made, name, "podAffinity");
    if (this.#draws("spread", 0.5)) made = this.#withSpread(made, name);
    if (this.#draws("gates", 0.2)) made = made.schedulingGates("hold");
    if (this.#draws("volumes", 0.4))
      made = made.claims(this.#addClaim(from.metadata.namespace as string, `${name}-data`));
    if (this.#draws("pod-level resources", 0.3))
      made = made.withSpec({ resources: { requests: { cpu: "300m" } } });
    if (random.next() < 0.05) made = made.labels({ odd: "yes" });
    return made;
  }

  #containers(): readonly Container[] {
    const image = this.#pick("registry.example/a:1", "registry.example/b", "registry.example/c:2");
    const first = container("main", { image, resources: { requests: this.#requests() } });
    return this.#chance(0.2)
      ? [first, container("side", { resources: { requests: this.#requests() } })]
      : [first];
  }

  #requests(): StringMap {
    const random = this.#random;
    return {
      ...(this.#chance(0.8) && { cpu: `${this.#pick(50, 100, 250, 333, 500, 1000, 1500)}m` }),
      ...(this.#chance(0.8) && { memory: `${this.#pick(32, 64, 128, 500, 1000, 2000)}Mi` }),
      ...(this.#draws("small disks") && { "ephemeral-storage": `${100 + random.below(900)}Mi` }),
      ...(this.#draws("gpus", 0.4) && { "example.com/gpu": `${random.below(3)}` }),
    };
  }

  /** Tolerates dead nodes for a while, or for ever. */
  #unafraid(): readonly Toleration[] {
    const unreachable = { key: "node.kubernetes.io/unreachable", operator: "Exists" } as const;
    if (this.#chance(0.3)) return [{ operator: "Exists" }];
    return [
      { ...unreachable, effect: "NoSchedule" },
      { ...unreachable, effect: "NoExecute", tolerationSeconds: 60 },
    ];
  }

  #nodeAffinity() {
    const term = (): NodeSelectorTerm =>
      this.#pick<NodeSelectorTerm>(
        { matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] },
        { matchExpressions: [{ key: "size", operator: this.#pick("Gt", "Lt"), values: ["4"] }] },
        { matchExpressions: [{ key: "rack", operator: "DoesNotExist" }] },
        { matchExpressions: [{ key: ZONE, operator: "NotIn", values: ["z0"] }] },
        { matchFields: [{ key: "metadata.name", operator: this.#pick("In", "NotIn"), values: ["n1"] }] },
      );
    return {
      ...(this.#chance(0.5) && {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [term(), ...(this.#chance(0.3) ? [term()] : [])],
        },
      }),
      ...(this.#chance(0.6) && {
        preferredDuringSchedulingIgnoredDuringExecution: [1, 2].map(() => ({
          weight: 1 + this.#random.below(100),
          preference: term(),
        })),
      }),
    };
  }

  #withCompany(made: PodBuilder, name: string, which: "podAffinity" | "podAntiAffinity"): PodBuilder {
    const terms = () => Array.from({ length: 1 + this.#random.below(2) }, () => this.#companyTerm(name));
    const required = this.#chance(0.6) ? { requiredDuringSchedulingIgnoredDuringExecution: terms() } : {};
    const preferred = this.#chance(0.5)
      ? {
          preferredDuringSchedulingIgnoredDuringExecution: terms().map((podAffinityTerm) => ({
            weight: 1 + this.#random.below(100),
            podAffinityTerm,
          })),
        }
      : {};
    return made.affinity({ [which]: { ...required, ...preferred } });
  }

  #companyTerm(name: string): PodAffinityTerm {
    const labels = this.#pick<StringMap>(
      { app: name },
      { app: "w0" },
      { app: "w1" },
      { tier: "front" },
      { tier: "back" },
    );
    return {
      topologyKey: this.#topologyKey(),
      labelSelector: this.#chance(0.1)
        ? { matchExpressions: [{ key: "app", operator: "NotIn", values: ["w0"] }] }
        : { matchLabels: labels },
      ...(this.#chance(0.2) && { namespaces: [this.#pick(...this.#namespaces)] }),
      ...(this.#chance(0.2) && {
        namespaceSelector: this.#chance(0.5) ? {} : { matchLabels: { team: "one" } },
      }),
      ...(this.#chance(0.1) && { matchLabelKeys: ["tier"] }),
    };
  }

  #withSpread(made: PodBuilder, name: string): PodBuilder {
    let spread = made;
    for (let i = 0; i < 1 + this.#random.below(2); i++) {
      const rest: Partial<TopologySpreadConstraint> = {
        maxSkew: 1 + this.#random.below(2),
        whenUnsatisfiable: this.#pick("DoNotSchedule", "ScheduleAnyway"),
        ...(this.#chance(0.3) && { nodeTaintsPolicy: this.#pick("Honor", "Ignore") }),
        ...(this.#chance(0.2) && { nodeAffinityPolicy: this.#pick("Honor", "Ignore") }),
        ...(this.#chance(0.1) && { matchLabelKeys: ["tier"] }),
        ...(this.#chance(0.05) && {
          labelSelector: this.#chance(0.5) ? {} : { matchLabels: { app: "nobody" } },
        }),
      };
      const minDomains =
        this.#chance(0.2) && rest.whenUnsatisfiable === "DoNotSchedule"
          ? { minDomains: 1 + this.#random.below(4) }
          : {};
      spread = spread.spread(this.#topologyKey(), this.#chance(0.8) ? { app: name } : { tier: "front" }, {
        ...rest,
        ...minDomains,
      });
    }
    return spread;
  }

  #topologyKey(): string {
    return this.#pick(ZONE, ZONE, HOST, HOST, "rack");
  }

  #addClaim(namespace: string, name: string): string {
    const onNodes = this.#nodes
      .filter(() => this.#chance(0.6))
      .map(({ metadata }) => metadata.labels?.[HOST] ?? "");
    const isBound = this.#chance(0.7);
    const modes = [this.#chance(0.15) ? ("ReadWriteOncePod" as const) : ("ReadWriteOnce" as const)];
    const zone = this.#chance(0.3) ? { labels: { [ZONE]: `z${this.#random.below(2)}` } } : {};
    const place = this.#chance(0.5) ? { onNodes } : {};
    this.objects.push(
      storageClass("late", {}),
      storageClass("local", { provisioner: "kubernetes.io/no-provisioner" }),
    );
    if (isBound) {
      if (!this.#chance(0.05)) {
        this.objects.push(volume(`pv-${name}`, { claim: `${namespace}/${name}`, modes, ...place, ...zone }));
      }
      this.objects.push(claim(`${namespace}/${name}`, { volume: `pv-${name}`, modes }));
    } else {
      if (this.#chance(0.5))
        this.objects.push(volume(`free-${name}`, { storageClass: "local", modes, ...place }));
      if (!this.#chance(0.1))
        this.objects.push(
          claim(`${namespace}/${name}`, { storageClass: this.#pick("late", "local"), modes }),
        );
    }
    return name;
  }

  #owner(kind: string, namespace: string, name: string, labels: StringMap): KubeObject | undefined {
    if (kind === "Pod") return undefined;
    const apiVersion = kind === "ReplicationController" ? "v1" : kind === "Job" ? "batch/v1" : "apps/v1";
    const metadata = { name, namespace, uid: `uid-${namespace}-${kind}-${name}` };
    const selector =
      kind === "ReplicationController" ? { app: labels.app } : { matchLabels: { app: labels.app } };
    const spec = { replicas: 3, ...(kind !== "Job" && { selector }), template: {} };
    return { apiVersion, kind, metadata, spec } as unknown as KubeObject;
  }

  #addService(namespace: string, name: string, selector: StringMap): void {
    const metadata = { name, namespace, uid: `uid-svc-${name}` };
    this.objects.push({
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector, ports: [] },
    } as unknown as KubeObject);
  }

  #addBudget(name: string): void {
    const metadata = { name, namespace: this.#pick(...this.#namespaces), uid: `uid-${name}` };
    const selector = {
      matchLabels: this.#chance(0.6) ? { app: `w${this.#random.below(4)}` } : { tier: "front" },
    };
    const limit = this.#chance(0.5)
      ? { minAvailable: this.#random.below(4) }
      : { maxUnavailable: this.#random.below(2) };
    this.objects.push({
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { selector, ...limit },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    } as unknown as KubeObject);
  }
}
