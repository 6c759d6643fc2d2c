import { deepEqual } from "../../base/deep.ts";
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from "../../kube/types/index.ts";
import type { ClusterObjects } from "../cluster-objects.ts";
import type { NodeInfo } from "../node-info.ts";
import { type FilterPlugin, type Rejection, rejection } from "../plugin.ts";
import { podInfo } from "../pod-info.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";
import { classNameOfClaim } from "../volumes/claims.ts";

const OTHER_ZONE = rejection("VolumeZone", false, "node(s) had no available volume zone");

const BETA_ZONE = "failure-domain.beta.kubernetes.io/zone";
const BETA_REGION = "failure-domain.beta.kubernetes.io/region";
const ZONE = "topology.kubernetes.io/zone";
const REGION = "topology.kubernetes.io/region";
const TOPOLOGY_KEYS = [BETA_ZONE, BETA_REGION, ZONE, REGION];

/** Where a volume's labels say that it lies. */
interface VolumeTopology {
  readonly key: string;
  readonly values: readonly string[];
}

/** Keeps pods to the zones that their volumes' labels name: the older way, beside the volumes' node affinity. */
export const volumeZone: FilterPlugin = {
  name: "VolumeZone",
  looksAt: "cluster",
  events: [
    { resource: "StorageClass", actions: ["Add"], hint: bindsLate },
    { resource: "Node", actions: ["Add", "UpdateNodeLabel"] },
    { resource: "PersistentVolumeClaim", actions: ["Add", "Update"], hint: isClaimOfPod },
    { resource: "PersistentVolume", actions: ["Add", "Update"], hint: changesTopology },
  ],
  preFilter({ pod, namespace, claimNames }, { objects }) {
    const topologies: VolumeTopology[] = [];
    for (const name of claimNames) {
      const found = topologiesOfClaim(namespace, name, objects);
      if (typeof found === "string") return rejection("VolumeZone", false, found);
      topologies.push(...found);
    }
    if (topologies.length === 0 || pod.spec.volumes === undefined) return undefined;
    return { filter: (node) => zoneConflict(topologies, node) };
  },
};

function zoneConflict(topologies: readonly VolumeTopology[], { labels }: NodeInfo): Rejection | undefined {
  // Nodes of a cluster in one place often have no such labels at all: then nothing is in the way.
  if (TOPOLOGY_KEYS.every((key) => labels[key] === undefined)) return undefined;
  for (const { key, values } of topologies) {
    const value = labels[key] ?? labels[stableKey(key)];
    if (value === undefined || !values.includes(value)) return OTHER_ZONE;
  }
  return undefined;
}

function stableKey(key: string): string {
  return key === BETA_REGION ? REGION : key === BETA_ZONE ? ZONE : key;
}

/** The topologies of the claim's volume; none while it has no volume yet; a sentence when it will not get one by itself. */
function topologiesOfClaim(
  namespace: string,
  name: string,
  objects: ClusterObjects,
): readonly VolumeTopology[] | string {
  const claim = objects.claims.get(namespace, name);
  if (claim === undefined) return `persistentvolumeclaim ${JSON.stringify(name)} not found`;
  const { volumeName } = claim.spec;
  if (volumeName) {
    const volume = objects.volumes.get(undefined, volumeName);
    return volume === undefined
      ? `persistentvolume ${JSON.stringify(volumeName)} not found`
      : topologiesOf(volume);
  }
  const className = classNameOfClaim(claim);
  if (className === "") return "PersistentVolumeClaim had no pv name and storageClass name";
  const storageClass = objects.storageClasses.get(undefined, className);
  if (storageClass === undefined) {
    return `storageclass.storage.k8s.io ${JSON.stringify(className)} not found`;
  }
  return storageClass.volumeBindingMode === "WaitForFirstConsumer" ? [] : "PersistentVolume had no name";
}

function topologiesOf({ metadata }: PersistentVolume): readonly VolumeTopology[] {
  return TOPOLOGY_KEYS.flatMap((key) => {
    const zones = metadata.labels?.[key]?.split("__").map((zone) => zone.trim());
    // A list with an empty entry cannot be read, and a label that cannot be read does not count.
    return zones === undefined || zones.includes("") ? [] : [{ key, values: [...new Set(zones)].sort() }];
  });
}

function bindsLate(_pod: Pod, event: ClusterEvent): boolean {
  return (event.after as StorageClass).volumeBindingMode === "WaitForFirstConsumer";
}

function isClaimOfPod(pod: Pod, event: ClusterEvent): boolean {
  const { namespace, name } = (event.after as PersistentVolumeClaim).metadata;
  return pod.metadata.namespace === namespace && podInfo(pod).claimNames.includes(name);
}

function changesTopology(_pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as PersistentVolume | undefined;
  const after = event.after as PersistentVolume;
  return before === undefined || !deepEqual(topologiesOf(before), topologiesOf(after));
}
