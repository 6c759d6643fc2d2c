/** Claims and volumes of a cluster, and which pods use them. */
import type {
  CSIDriver,
  CSIStorageCapacity,
  KubeObject,
  PersistentVolume,
} from "../../src/kube/types/index.ts";
import type { PodBuilder } from "../support/pods.ts";
import { claim, csiNode, storageClass, volume } from "../support/volumes.ts";
import { type Case, REGION, ZONE } from "./cases.ts";
import type { Dice } from "./dice.ts";

/** Of whom the volumes are that are made once their node is known. */
export const DRIVER = "csi.example.com";
const VOLUME_CASES = [
  "bound volumes",
  "zone volumes",
  "late volumes",
  "local volumes",
  "attach limits",
  "read-write-once-pod",
] as const;

/** Everything that the cluster's volumes need, made along with the pods. */
export class RandomVolumes {
  readonly #dice: Dice;
  readonly #nodeCount: number;
  readonly #objects: KubeObject[] = [];
  readonly #cases: readonly (typeof VOLUME_CASES)[number][];
  #count = 0;
  /** By namespace, claims that more than one pod may name. */
  readonly #shared = new Map<string, string>();

  constructor(dice: Dice, nodeCount: number) {
    this.#dice = dice;
    this.#nodeCount = nodeCount;
    this.#cases = VOLUME_CASES.filter((one) => dice.cases.has(one));
    if (this.#cases.length > 0) this.#addClasses();
  }

  get objects(): readonly KubeObject[] {
    return this.#objects;
  }

  /** The pod with a volume, or as it was. */
  give(one: PodBuilder): PodBuilder {
    if (this.#cases.length === 0 || !this.#dice.chance(0.7)) return one;
    const namespace = one.metadata.namespace ?? "default";
    // The scheduler looks only once a second whether a volume that it chose is bound.
    const isSlow = this.#cases.every((one) => one === "late volumes" || one === "local volumes");
    if (isSlow && this.#dice.chance(0.5)) return one;
    const names = this.#dice.some(2, () => this.#claimFor(this.#dice.pick(this.#cases), namespace));
    return one.claims(...new Set(names));
  }

  #claimFor(what: Case, namespace: string): string {
    const dice = this.#dice;
    const name = `c${this.#count++}`;
    switch (what) {
      case "bound volumes":
        if (dice.chance(0.05)) return "missing";
        if (dice.chance(0.05)) return this.#add(name, claim(`${namespace}/${name}`, { storageClass: "now" }));
        return this.#bound(namespace, name, dice.chance(0.6) ? { onNodes: this.#someNodes() } : {});
      case "zone volumes":
        return this.#bound(namespace, name, { labels: this.#zoneLabels() });
      case "late volumes":
        return this.#add(
          name,
          claim(`${namespace}/${name}`, {
            storageClass: dice.pick(["late", "late-zoned"]),
            size: `${dice.upTo(8)}Gi`,
          }),
        );
      case "local volumes":
        this.#local();
        return this.#add(
          name,
          claim(`${namespace}/${name}`, { storageClass: "local", size: `${dice.upTo(4)}Gi` }),
        );
      case "attach limits":
        return this.#bound(namespace, name, {});
      default:
        return this.#exclusive(namespace, name);
    }
  }

  #add(name: string, ...objects: readonly KubeObject[]): string {
    this.#objects.push(...objects);
    return name;
  }

  #bound(namespace: string, name: string, rest: Parameters<typeof volume>[1]): string {
    const made = volume(`pv-${name}`, { ...rest, claim: `${namespace}/${name}` });
    return this.#add(name, made, claim(`${namespace}/${name}`, { volume: `pv-${name}` }));
  }

  /** A claim that only one pod may have, named by several. */
  #exclusive(namespace: string, name: string): string {
    const known = this.#shared.get(namespace);
    if (known !== undefined && this.#dice.chance(0.6)) return known;
    this.#shared.set(namespace, name);
    const modes = ["ReadWriteOncePod"] as const;
    const made = volume(`pv-${name}`, { modes, claim: `${namespace}/${name}` });
    return this.#add(name, made, claim(`${namespace}/${name}`, { modes, volume: `pv-${name}` }));
  }

  #local(): void {
    const name = `pv-local-${this.#count}`;
    const onNodes = [`n${this.#dice.below(this.#nodeCount)}`];
    this.#objects.push(volume(name, { storageClass: "local", size: `${this.#dice.upTo(5)}Gi`, onNodes }));
  }

  #someNodes(): readonly string[] {
    return this.#dice.some(3, () => `n${this.#dice.below(this.#nodeCount)}`);
  }

  #zoneLabels(): Readonly<Record<string, string>> {
    const dice = this.#dice;
    const zones = dice.chance(0.3) ? "z0__z1" : dice.pick(["z0", "z1", "z2"]);
    return { [ZONE]: zones, ...(dice.chance(0.3) && { [REGION]: "r0" }) };
  }

  #addClasses(): void {
    const dice = this.#dice;
    const zones = [{ matchLabelExpressions: [{ key: ZONE, values: ["z0", "z1"] }] }];
    this.#objects.push(
      storageClass("late"),
      storageClass("late-zoned", { allowedTopologies: zones }),
      storageClass("local", { provisioner: "kubernetes.io/no-provisioner" }),
      storageClass("now", { volumeBindingMode: "Immediate" }),
    );
    if (dice.shows("attach limits")) {
      for (let i = 0; i < this.#nodeCount; i++) {
        if (dice.chance(0.7)) this.#objects.push(csiNode(`n${i}`, dice.upTo(3)));
      }
    }
    if (dice.shows("late volumes", 0.4)) this.#objects.push(driverWithCapacity(), ...this.#capacities());
  }

  #capacities(): readonly CSIStorageCapacity[] {
    return ["z0", "z1", "z2"].map((zone) => ({
      apiVersion: "storage.k8s.io/v1",
      kind: "CSIStorageCapacity",
      metadata: { name: `capacity-${zone}`, namespace: "default" } as KubeObject["metadata"],
      storageClassName: "late",
      nodeTopology: { matchLabels: { [ZONE]: zone } },
      capacity: `${this.#dice.below(9)}Gi`,
    }));
  }
}

function driverWithCapacity(): CSIDriver {
  const metadata = { name: DRIVER } as KubeObject["metadata"];
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    metadata,
    spec: { storageCapacity: true },
  } as CSIDriver;
}

/** What an external provisioner would make for a claim once its node is chosen. */
export function provisioned(
  claimed: { readonly namespace: string; readonly name: string; readonly uid: string },
  className: string,
  size: string,
  nodeName: string,
): PersistentVolume {
  const made = volume(`pvc-${claimed.uid}`, {
    storageClass: className,
    size,
    onNodes: [nodeName],
    claim: `${claimed.namespace}/${claimed.name}`,
  });
  const claimRef = { ...made.spec.claimRef, uid: claimed.uid };
  return { ...made, spec: { ...made.spec, claimRef } } as PersistentVolume;
}
