/** What of a pod's data is where: volumes that follow it, volumes that cannot, and data on no volume at all. */
import { isMultiAttachAllowed, type StorageKind, storageTraitsOf } from "../../kube/storage-kinds.ts";
import type { Container, PersistentVolume, Pod } from "../../kube/types/index.ts";
import { catalogueEntry } from "../../lab/node/apps/catalogue.ts";
import { parseImage } from "../../lab/node/host/image-names.ts";
import type { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import { isUsableOn } from "../../scheduler/volumes/claims.ts";
import type { Model } from "../model/model.ts";

/** A claim that pods of a class mount. */
export interface HeldVolume {
  /** "namespace/name" of the claim. */
  readonly claim: string;
  readonly kind: StorageKind;
  /** One node at a time has it, and another gets it only once nobody on that node holds it any more. */
  readonly isExclusive: boolean;
  /** Of volumes that lie on nodes: indexes of those. */
  readonly nodes?: ReadonlySet<number>;
}

export interface HeldData {
  readonly volumes: readonly HeldVolume[];
  /** A program that keeps data, and keeps it where it is lost with the node: "postgres keeps its data in an emptyDir". */
  readonly unkept?: string;
  /** A program that only one process may write with. */
  readonly singleWriter?: string;
}

/** Reads what data pods hold. */
export class HeldDataReader {
  readonly #model: Pick<Model, "nodes" | "objects">;
  /** By image, the program that keeps data of its own, if it is one. */
  readonly #keepers = new Map<string, string | undefined>();

  constructor(model: Pick<Model, "nodes" | "objects">) {
    this.#model = model;
  }

  /** The data of pods like this one. */
  of({ metadata: { namespace }, spec }: Pod): HeldData {
    const { nodes, objects } = this.#model;
    const volumes: HeldVolume[] = [];
    let local: string | undefined;
    for (const { persistentVolumeClaim, hostPath } of spec.volumes ?? []) {
      if (hostPath !== undefined) local = `in ${hostPath.path} of its node`;
      if (persistentVolumeClaim === undefined) continue;
      const claim = objects.claims.get(namespace, persistentVolumeClaim.claimName);
      const volume = claim && objects.volumes.get(undefined, claim.spec.volumeName);
      if (volume === undefined) continue;
      volumes.push({
        claim: `${namespace}/${persistentVolumeClaim.claimName}`,
        ...fateOf(volume, nodes, objects),
      });
    }
    const keeper = this.#keeperIn(spec.containers);
    if (keeper === undefined) return volumes.length === 0 ? NO_DATA : { volumes };
    if (volumes.length > 0) return { volumes, singleWriter: keeper };
    const unkept = `${keeper} keeps its data ${local ?? "in its own container, on no volume"}`;
    return { volumes, unkept, singleWriter: keeper };
  }

  /** The first program among the containers' that keeps data of its own. */
  #keeperIn(containers: readonly Container[]): string | undefined {
    for (const { image } of containers) {
      if (!this.#keepers.has(image)) this.#keepers.set(image, keeperOf(image));
      const keeper = this.#keepers.get(image);
      if (keeper !== undefined) return keeper;
    }
    return undefined;
  }
}

const NO_DATA: HeldData = Object.freeze({ volumes: Object.freeze([]) });

function fateOf(
  volume: PersistentVolume,
  nodes: Model["nodes"],
  objects: ClusterObjects,
): Omit<HeldVolume, "claim"> {
  const { kind, attachable } = storageTraitsOf(volume);
  const driver = objects.csiDrivers.get(undefined, volume.spec.csi?.driver);
  const isAttached = attachable && driver?.spec.attachRequired !== false;
  if (kind !== "node-local") return { kind, isExclusive: isAttached && !isMultiAttachAllowed(volume) };
  const usable = new Set(
    [...nodes.keys()].filter((node) => isUsableOn(volume, (nodes[node] as Model["nodes"][number]).metadata)),
  );
  return { kind, isExclusive: false, nodes: usable };
}

function keeperOf(image: string): string | undefined {
  const { repository } = parseImage(image);
  const role = catalogueEntry(repository)?.profile.role;
  const isKeeper = role === "database" || role === "queue";
  return isKeeper ? repository.slice(repository.lastIndexOf("/") + 1) : undefined;
}
