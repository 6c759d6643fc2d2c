/** What of a pod's data is where: volumes that follow it, volumes that cannot, and data on no volume at all. */
import { isMultiAttachAllowed, type StorageKind, storageTraitsOf } from "../../kube/storage-kinds.ts";
import type { PersistentVolume } from "../../kube/types/index.ts";
import { catalogueEntry } from "../../lab/node/apps/catalogue.ts";
import { parseImage } from "../../lab/node/host/image-names.ts";
import type { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import { isUsableOn } from "../../scheduler/volumes/claims.ts";
import type { Model } from "../model/model.ts";
import type { PodClass } from "../model/pod-class.ts";

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

/** The data of a class's pods. */
export function dataOf(
  { prototype }: PodClass,
  { nodes, objects }: Pick<Model, "nodes" | "objects">,
): HeldData {
  const { namespace } = prototype.metadata;
  const volumes: HeldVolume[] = [];
  let local: string | undefined;
  for (const { persistentVolumeClaim, hostPath } of prototype.spec.volumes ?? []) {
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
  const keeper = keeperIn(prototype.spec.containers.map(({ image }) => image));
  const isKept = volumes.length > 0;
  return {
    volumes,
    ...(keeper !== undefined &&
      !isKept && { unkept: `${keeper} keeps its data ${local ?? "in its own container, on no volume"}` }),
    ...(keeper !== undefined && { singleWriter: keeper }),
  };
}

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

/** The first program among the images that keeps data of its own. */
function keeperIn(images: readonly string[]): string | undefined {
  for (const image of images) {
    const { repository } = parseImage(image);
    const role = catalogueEntry(repository)?.profile.role;
    if (role === "database" || role === "queue") return repository.slice(repository.lastIndexOf("/") + 1);
  }
  return undefined;
}
