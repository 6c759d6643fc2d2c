/** What the doctor looks at: the objects of any source, the events that are kept beside them, and the logs that it wishes for. */
import type { Command } from "commander";
import type { HttpClient } from "../client/http/http-client.ts";
import { pathOf, queryText } from "../client/http/paths.ts";
import { knownTraits } from "../drill/known-traits.ts";
import { logsWanted } from "../harden/doctor/diagnose.ts";
import type { Gathered } from "../harden/doctor/examined.ts";
import { type LogWish, logKey } from "../harden/doctor/log-wish.ts";
import { type Kind, resourceName } from "../kube/kind.ts";
import * as kinds from "../kube/kinds.ts";
import { StatusError } from "../kube/status-error.ts";
import type { KubeObject, Pod } from "../kube/types/index.ts";
import type { ProfileFile } from "../lab/node/profile.ts";
import { ClusterView } from "../view/cluster-view.ts";
import type { DoctorFlags } from "./doctor-flags.ts";
import { type LiveCluster, objectsOf, openCluster } from "./live-cluster.ts";
import { isLive } from "./source-options.ts";

export type DoctorSource = Omit<Gathered, "traitsOf"> & { readonly profiles?: ProfileFile };

/** Reads what the flags name. @throws {InputError} @throws {ConnectionError} */
export async function gather(flags: DoctorFlags, command: Command): Promise<DoctorSource> {
  return isLive(flags) ? gatherLive(flags) : gatherSaved(flags, command);
}

async function gatherSaved(flags: DoctorFlags, command: Command): Promise<DoctorSource> {
  const { readSource } = await import("./prove-source.ts");
  const { objects = [], findings, profiles } = await readSource(flags, command, { keepsObjects: true });
  const view = new ClusterView(objects.map((object) => placedOrNot(object, findings)));
  const events = flags.snapshot === undefined ? undefined : view.list(kinds.events);
  return { view, events, isLive: false, ...(profiles && { profiles }) };
}

/** Pods of manifests that find no node have the scheduler's sentence where a cluster keeps it. */
function placedOrNot(object: KubeObject, findings: readonly string[]): KubeObject {
  const { kind, metadata } = object;
  if (kind !== "Pod") return object;
  const lead = `Pod ${metadata.namespace}/${metadata.name} finds no node: `;
  const message = findings.find((finding) => finding.startsWith(lead))?.slice(lead.length);
  if (message === undefined) return object;
  const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
  return { ...(object as Pod), status: { ...(object as Pod).status, conditions: [condition] } } as Pod;
}

/** What is read beside nodes and pods; what may not be read is said. */
const HELPFUL: readonly Kind[] = [
  kinds.namespaces,
  kinds.deployments,
  kinds.replicaSets,
  kinds.statefulSets,
  kinds.daemonSets,
  kinds.jobs,
  kinds.services,
  kinds.endpointSlices,
  kinds.podDisruptionBudgets,
  kinds.horizontalPodAutoscalers,
  kinds.persistentVolumeClaims,
  kinds.persistentVolumes,
  kinds.storageClasses,
  kinds.csiNodes,
  kinds.csiDrivers,
  kinds.volumeAttachments,
  kinds.resourceQuotas,
  kinds.networkPolicies,
  kinds.leases,
  kinds.events,
];

async function gatherLive(flags: DoctorFlags): Promise<DoctorSource> {
  const cluster = openCluster(flags);
  try {
    const read = await readObjects(cluster);
    const wishes = logsWanted({ ...read, traitsOf: (workload) => knownTraits({}, workload) });
    return { ...read, logs: await readLogs(cluster.client, wishes) };
  } finally {
    cluster.client.close();
  }
}

async function readObjects(cluster: LiveCluster): Promise<DoctorSource> {
  const omitted = new Map<Kind, string>();
  const objects: KubeObject[] = [];
  for await (const object of objectsOf(cluster, HELPFUL, (kind, why) => omitted.set(kind, why)))
    objects.push(object);
  const view = new ClusterView(objects);
  return {
    view,
    events: omitted.has(kinds.events) ? undefined : view.list(kinds.events),
    isLive: true,
    omitted: [...omitted].map(([kind, why]) => `${resourceName(kind)}: ${why}`),
  };
}

const LINES = 40;
/** A large cluster may have hundreds of pods that crash; the first ones tell enough. */
const LOGS_MAX = 50;

/** Logs that cannot be read are left out: the diagnosis says so. */
async function readLogs(
  client: HttpClient,
  wishes: readonly LogWish[],
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const wish of wishes.slice(0, LOGS_MAX)) {
    const { namespace, pod, container, previous } = wish;
    const query = queryText({ container, tailLines: LINES, ...(previous && { previous: true }) });
    try {
      const text = await client.text(pathOf(kinds.pods, namespace, pod, "log") + query);
      found.set(
        logKey(wish),
        text.split("\n").filter((line) => line !== ""),
      );
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }
  return found;
}
