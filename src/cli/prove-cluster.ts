/** A cluster that answers, or one that was saved, as a stream of objects. */
import { type Kind, resourceName } from "../kube/kind.ts";
import * as kinds from "../kube/kinds.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { minorOf } from "../prove/reading/read-cluster.ts";
import { type Omission, openSnapshot } from "../view/snapshot.ts";
import { objectsOf, openCluster } from "./live-cluster.ts";
import type { SourceFlags } from "./source-options.ts";

export interface ClusterStream {
  readonly objects: AsyncIterable<KubeObject>;
  readonly kubernetesMinor: number;
  /** Filled while the objects are read: what could not be. */
  readonly omitted: readonly Omission[];
  /** What errors call it. */
  readonly name: string;
}

/** What is read of a cluster that answers, beside its nodes and pods. */
const HELPFUL: readonly Kind[] = [
  kinds.namespaces,
  kinds.deployments,
  kinds.replicaSets,
  kinds.statefulSets,
  kinds.daemonSets,
  kinds.replicationControllers,
  kinds.jobs,
  kinds.cronJobs,
  kinds.services,
  kinds.podDisruptionBudgets,
  kinds.horizontalPodAutoscalers,
  kinds.persistentVolumeClaims,
  kinds.persistentVolumes,
  kinds.storageClasses,
  kinds.csiNodes,
  kinds.csiDrivers,
  kinds.csiStorageCapacities,
  kinds.volumeAttachments,
  kinds.priorityClasses,
  kinds.resourceQuotas,
  kinds.limitRanges,
];

export async function openSnapshotSource(file: string): Promise<ClusterStream> {
  const { header, objects } = await openSnapshot(file);
  return { objects, kubernetesMinor: minorOf(header.kubernetesVersion), omitted: [], name: file };
}

/** The cluster or lab that the flags lead to. @throws {ConnectionError} when it cannot be reached */
export async function readCluster(flags: SourceFlags): Promise<ClusterStream> {
  const cluster = openCluster(flags);
  const { client, server } = cluster;
  const omitted: Omission[] = [];
  const { gitVersion = "" } = (await client.fetch({ method: "GET", path: "/version" })) as {
    gitVersion?: string;
  };
  return {
    kubernetesMinor: minorOf(gitVersion),
    omitted,
    name: server,
    objects: (async function* () {
      try {
        yield* objectsOf(cluster, HELPFUL, (kind, why) =>
          omitted.push({ resource: resourceName(kind), why }),
        );
      } finally {
        client.close();
      }
    })(),
  };
}
