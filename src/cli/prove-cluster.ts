/** A cluster that answers, or one that was saved, as a stream of objects. */
import type { Reader } from "../client/client.ts";
import { ConnectionError } from "../client/client.ts";
import { createHttpClient } from "../client/http/http-client.ts";
import { apiVersionOf, type Kind, resourceName } from "../kube/kind.ts";
import * as kinds from "../kube/kinds.ts";
import { isStatus, StatusError } from "../kube/status-error.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { minorOf } from "../prove/reading/read-cluster.ts";
import { type Omission, openSnapshot } from "../view/snapshot.ts";
import { kubeconfigAccess } from "./kubeconfig-access.ts";
import { findLab } from "./lab-remote.ts";
import type { SourceFlags } from "./source-options.ts";

export interface ClusterStream {
  readonly objects: AsyncIterable<KubeObject>;
  readonly kubernetesMinor: number;
  /** Filled while the objects are read: what could not be. */
  readonly omitted: readonly Omission[];
  /** What errors call it. */
  readonly name: string;
}

/** What is read of a cluster that answers: rights to list these are enough. Without nodes and pods there is no answer. */
const NEEDED: readonly Kind[] = [kinds.nodes, kinds.pods];
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
  const access = flags.lab === undefined ? kubeconfigAccess(flags) : findLab({ lab: flags.lab });
  const client = createHttpClient(access, { agent: "holdfast-prove" });
  const omitted: Omission[] = [];
  const { gitVersion = "" } = (await client.fetch({ method: "GET", path: "/version" })) as {
    gitVersion?: string;
  };
  return {
    kubernetesMinor: minorOf(gitVersion),
    omitted,
    name: access.server,
    objects: (async function* () {
      try {
        for (const kind of NEEDED) yield* pages(client, kind);
        for (const kind of HELPFUL) {
          try {
            yield* pages(client, kind);
          } catch (error) {
            if (!isStatus(error, "Forbidden") && !isStatus(error, "NotFound")) throw error;
            omitted.push({ resource: resourceName(kind), why: (error as StatusError).message });
          }
        }
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        throw new ConnectionError(`${access.server} does not tell what is needed: ${error.message}`, {
          cause: error,
        });
      } finally {
        client.close();
      }
    })(),
  };
}

const PAGE_SIZE = 500;

async function* pages(reader: Reader, kind: Kind): AsyncGenerator<KubeObject> {
  let token: string | undefined;
  do {
    const page = await reader.list(kind, { limit: PAGE_SIZE, ...(token && { continue: token }) });
    for (const item of page.items) yield { ...item, apiVersion: apiVersionOf(kind), kind: kind.kind };
    token = page.metadata.continue;
  } while (token);
}
