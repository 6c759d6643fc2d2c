/**
 * Clusters made up from a seed, with a pod that is to be placed: a bit of everything that the scheduler looks at, in
 * combinations that nobody would write down. The same seed gives the same cluster for good: recorded answers depend on it.
 */
import { RandomStream } from "../../../src/base/random.ts";
import type { KubeObject, PodAffinityTerm } from "../../../src/kube/types/index.ts";
import { type NodeBuilder, node } from "../../support/nodes.ts";
import { container, type PodBuilder, pod, TEST_EPOCH_MS } from "../../support/pods.ts";
import type { Cluster } from "../../support/scheduling.ts";
import { claim, csiNode, storageClass, volume } from "../../support/volumes.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOSTNAME = "kubernetes.io/hostname";
const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
const APPS = ["a", "b", "c"] as const;
const MB = 1024 * 1024;

/** The cluster of a seed and the pod that comes to it. */
export function randomCluster(seed: number): Cluster & { readonly pod: PodBuilder } {
  return new Maker(seed).make();
}

class Maker {
  readonly #random: RandomStream;
  readonly #nodeCount: number;
  /** Full of small pods of all priorities: the incoming pod has to make room. */
  readonly #isCrowded: boolean;

  constructor(seed: number) {
    this.#random = new RandomStream(seed, "random cluster");
    this.#nodeCount = 2 + this.#random.below(6);
    this.#isCrowded = this.#chance(0.35);
  }

  make(): Cluster & { readonly pod: PodBuilder } {
    const nodes = Array.from({ length: this.#nodeCount }, (_, i) => this.#node(i));
    const count = this.#isCrowded ? 8 + this.#random.below(14) : this.#random.below(14);
    const pods = Array.from({ length: count }, (_, i) => this.#existing(i));
    const objects: KubeObject[] = [...this.#service(), ...this.#budget()];
    const volumes = this.#chance(0.2) ? this.#volumes() : { objects: [], pods: [] };
    const incoming = this.#incoming();
    return {
      nodes,
      pods: [...pods, ...volumes.pods],
      objects: [...objects, ...volumes.objects],
      pod: volumes.objects.length > 0 ? incoming.claims("data") : incoming,
    };
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** A whole number from 1 to `max`. */
  #upTo(max: number): number {
    return 1 + this.#random.below(max);
  }

  #nodeName(): string {
    return `n${this.#random.below(this.#nodeCount)}`;
  }

  #node(i: number): NodeBuilder {
    const random = this.#random;
    let made = node(`n${i}`).capacity({
      cpu: String(this.#isCrowded ? 2 + random.below(3) : this.#upTo(8)),
      memory: `${this.#upTo(16)}Gi`,
      pods: this.#chance(0.1) ? "3" : "110",
    });
    if (this.#chance(0.8)) made = made.zone(`z${random.below(3)}`);
    if (this.#chance(0.15)) {
      const effect = random.pick(["NoSchedule", "NoExecute", "PreferNoSchedule"] as const);
      made = made.taint(`t${random.below(2)}`, effect, this.#chance(0.5) ? "v" : undefined);
    }
    if (this.#chance(0.2)) made = made.taint(`u${random.below(2)}`, "PreferNoSchedule");
    if (this.#chance(0.08)) made = made.withSpec({ ...made.spec, unschedulable: true });
    if (this.#chance(0.5)) {
      made = made.labels({ disk: random.pick(["ssd", "hdd"]), cores: String(this.#upTo(20)) });
    }
    if (this.#chance(0.3)) {
      made = made.images({ names: ["registry.example/app:1"], sizeBytes: random.below(2_000) * MB });
    }
    return made;
  }

  #existing(i: number): PodBuilder {
    const random = this.#random;
    const name = this.#chance(0.15) ? `other/e${i}` : `e${i}`;
    let made = this.#labelled(pod(name))
      .on(this.#nodeName())
      .priority(random.pick([-5, 0, 0, 5, 10, 20]))
      .phase("Running")
      // Every pod started at another second, or which of two is evicted would be left to chance.
      .startedAt(TEST_EPOCH_MS + i * 7_000);
    made = this.#withRequests(this.#withCompany(made, 0.08));
    if (this.#chance(0.15)) made = made.hostPort(80 + random.below(2));
    if (this.#chance(0.05)) made = made.deleting(TEST_EPOCH_MS);
    return this.#chance(0.05) ? made.phase("Succeeded") : made;
  }

  #incoming(): PodBuilder {
    const random = this.#random;
    const priority = this.#isCrowded ? random.pick([5, 10, 20]) : random.pick([0, 10]);
    let made = this.#labelled(pod("incoming")).priority(priority);
    made = this.#isCrowded ? made.requests({ cpu: `${this.#upTo(20) * 100}m` }) : this.#withRequests(made);
    made = this.#withCompany(made, this.#isCrowded ? 0.08 : 0.2);
    if (this.#chance(0.2)) made = made.hostPort(80);
    if (this.#chance(0.3)) made = this.#withSpread(made);
    if (this.#chance(0.12)) made = made.nodeSelector({ disk: "ssd" });
    if (this.#chance(0.2)) made = this.#withNodePreference(made);
    if (this.#chance(0.2)) made = made.tolerates({ key: "t0", operator: "Exists" });
    if (this.#chance(0.2))
      made = made.tolerates({ key: "u0", operator: "Exists", effect: "PreferNoSchedule" });
    if (this.#chance(0.1)) {
      const asks = (cpu: string) => ({ resources: { requests: { cpu } } });
      const sidecar = container("s", { restartPolicy: "Always", ...asks("200m") });
      made = made.initContainers(container("i", asks("1")), sidecar);
    }
    return made;
  }

  #labelled(one: PodBuilder): PodBuilder {
    const labelled = one.labels({ app: this.#random.pick(APPS) });
    return this.#chance(0.3) ? labelled.labels({ rev: String(this.#upTo(2)) }) : labelled;
  }

  #withRequests(one: PodBuilder): PodBuilder {
    if (!this.#isCrowded && this.#chance(0.3)) return one;
    const requests: Record<string, string> = {};
    if (this.#isCrowded || this.#chance(0.8))
      requests.cpu = `${this.#upTo(this.#isCrowded ? 12 : 30) * 100}m`;
    if (this.#chance(0.6)) requests.memory = `${this.#upTo(40) * 100}Mi`;
    return one.requests(requests);
  }

  #withCompany(one: PodBuilder, probability: number): PodBuilder {
    const count = this.#upTo(2);
    if (this.#chance(probability)) {
      return one.affinity({ podAntiAffinity: { [REQUIRED]: this.#terms(count) } });
    }
    if (this.#chance(probability)) return one.affinity({ podAffinity: { [REQUIRED]: this.#terms(count) } });
    if (!this.#chance(probability)) return one;
    return one.affinity({
      podAffinity: { [PREFERRED]: this.#weighted(count) },
      podAntiAffinity: { [PREFERRED]: this.#weighted(1) },
    });
  }

  #terms(count: number): readonly PodAffinityTerm[] {
    const random = this.#random;
    return Array.from({ length: count }, () => {
      const operator = random.pick(["In", "NotIn"] as const);
      const expression = { key: "app", operator, values: [random.pick(APPS), random.pick(APPS)] };
      return {
        labelSelector: this.#chance(0.8)
          ? { matchLabels: { app: random.pick(APPS) } }
          : { matchExpressions: [expression] },
        topologyKey: random.pick([ZONE, HOSTNAME]),
        ...(this.#chance(0.2) && { namespaces: [random.pick(["default", "other"])] }),
        ...(this.#chance(0.1) && { namespaceSelector: {} }),
      };
    });
  }

  #weighted(count: number) {
    return this.#terms(count).map((podAffinityTerm) => ({ weight: this.#upTo(100), podAffinityTerm }));
  }

  #withSpread(one: PodBuilder): PodBuilder {
    const random = this.#random;
    const policy = () => random.pick(["Honor", "Ignore"] as const);
    const made = one.spread(
      random.pick([ZONE, HOSTNAME]),
      { app: random.pick(APPS) },
      {
        maxSkew: this.#upTo(2),
        whenUnsatisfiable: random.pick(["DoNotSchedule", "ScheduleAnyway"]),
        ...(this.#chance(0.3) && { nodeTaintsPolicy: policy() }),
        ...(this.#chance(0.3) && { nodeAffinityPolicy: policy() }),
      },
    );
    const [first] = made.spec.topologySpreadConstraints ?? [];
    const isTaken = first?.topologyKey === ZONE && first.whenUnsatisfiable === "ScheduleAnyway";
    if (isTaken || this.#chance(0.5)) return made;
    return made.spread(ZONE, { app: random.pick(APPS) }, { whenUnsatisfiable: "ScheduleAnyway" });
  }

  #withNodePreference(one: PodBuilder): PodBuilder {
    const operator = this.#random.pick(["Gt", "Lt"] as const);
    const cores = { key: "cores", operator, values: [String(this.#upTo(20))] };
    const disk = { key: "disk", operator: "In", values: ["ssd"] } as const;
    const preferred = [cores, disk].map((expression) => ({
      weight: this.#upTo(100),
      preference: { matchExpressions: [expression] },
    }));
    return one.affinity({ nodeAffinity: { [PREFERRED]: preferred } });
  }

  #service(): readonly KubeObject[] {
    if (!this.#chance(0.4)) return [];
    const spec = { selector: { app: this.#random.pick(APPS) }, ports: [{ port: 80 }] };
    return [{ apiVersion: "v1", kind: "Service", metadata: metadata("s"), spec } as KubeObject];
  }

  #budget(): readonly KubeObject[] {
    if (!this.#chance(0.5)) return [];
    const spec = { minAvailable: 1, selector: { matchLabels: { app: this.#random.pick(APPS) } } };
    const disruptionsAllowed = this.#random.below(2);
    const status = { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
    const type = { apiVersion: "policy/v1", kind: "PodDisruptionBudget" };
    return [{ ...type, metadata: metadata("b"), spec, status } as KubeObject];
  }

  /** Claim "data", bound or about to be, and what belongs to it. */
  #volumes(): { readonly objects: readonly KubeObject[]; readonly pods: readonly PodBuilder[] } {
    const onNodes = [this.#nodeName(), this.#nodeName()];
    const bound = claim("data", { volume: "pv-1" });
    switch (this.#random.below(3)) {
      case 0:
        return { objects: [volume("pv-1", { onNodes, claim: "default/data" }), bound], pods: [] };
      case 1: {
        const byHand = storageClass("local", { provisioner: "kubernetes.io/no-provisioner" });
        const small = volume("pv-1", { storageClass: "local", size: "2Gi", onNodes });
        return { objects: [byHand, small, claim("data", { storageClass: "local", size: "3Gi" })], pods: [] };
      }
      default:
        return {
          objects: [
            csiNode("n0", 1),
            volume("pv-1", { claim: "default/data" }),
            volume("pv-0", { claim: "default/first" }),
            bound,
            claim("first", { volume: "pv-0" }),
          ],
          pods: [pod("first").on("n0").claims("first")],
        };
    }
  }
}

function metadata(name: string): KubeObject["metadata"] {
  return { name, namespace: "default", uid: `uid-${name}`, resourceVersion: "1", creationTimestamp: "" };
}
