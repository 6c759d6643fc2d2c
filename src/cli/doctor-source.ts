/** What the doctor looks at: the objects of any source, the events that are kept beside them, and the logs that it wishes for. */
import type { Command } from "commander";
import { ConnectionError } from "../client/client.ts";
import { createHttpClient, type HttpClient } from "../client/http/http-client.ts";
import { pathOf, queryText } from "../client/http/paths.ts";
import { knownTraits } from "../drill/known-traits.ts";
import { logsWanted } from "../harden/doctor/diagnose.ts";
import type { Gathered } from "../harden/doctor/examined.ts";
import { type LogWish, logKey } from "../harden/doctor/log-wish.ts";
import { apiVersionOf, type Kind, resourceName } from "../kube/kind.ts";
import * as kinds from "../kube/kinds.ts";
import { isStatus, StatusError } from "../kube/status-error.ts";
import type { KubeObject, Pod } from "../kube/types/index.ts";
import type { ProfileFile } from "../lab/node/profile.ts";
import { ClusterView } from "../view/cluster-view.ts";
import type { DoctorFlags } from "./doctor-flags.ts";
import { kubeconfigAccess } from "./kubeconfig-access.ts";
import { findLab } from "./lab-remote.ts";

export type DoctorSource = Omit<Gathered, "traitsOf"> & { readonly profiles?: ProfileFile };

/** Reads what the flags name. @throws {InputError} @throws {ConnectionError} */
export async function gather(flags: DoctorFlags, command: Command): Promise<DoctorSource> {
  return flags.filename === undefined && flags.snapshot === undefined
    ? gatherLive(flags)
    : gatherSaved(flags, command);
}

async function gatherSaved(flags: DoctorFlags, command: Command): Promise<DoctorSource> {
  const { readSource } = await import("./prove-source.ts");
  const { objects = [], findings, profiles } = await readSource(flags, command, true);
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

/** Rights to list these are enough to tell something; what may not be read is said. */
const NEEDED: readonly Kind[] = [kinds.nodes, kinds.pods];
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
  const access = flags.lab === undefined ? kubeconfigAccess(flags) : findLab({ lab: flags.lab });
  const client = createHttpClient(access, { agent: "holdfast-doctor" });
  try {
    const read = await readObjects(client, access.server);
    const logs = await readLogs(
      client,
      logsWanted({ ...read, traitsOf: (workload) => knownTraits({}, workload) }),
    );
    return { ...read, logs };
  } finally {
    client.close();
  }
}

async function readObjects(client: HttpClient, server: string): Promise<DoctorSource> {
  const objects: KubeObject[] = [];
  const omitted: string[] = [];
  const unread = new Set<Kind>();
  for (const kind of [...NEEDED, ...HELPFUL]) {
    try {
      objects.push(...(await allOf(client, kind)));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (NEEDED.includes(kind) || (!isStatus(error, "Forbidden") && !isStatus(error, "NotFound")))
        throw new ConnectionError(`${server} does not tell what is needed: ${error.message}`, {
          cause: error,
        });
      unread.add(kind);
      omitted.push(`${resourceName(kind)}: ${error.message}`);
    }
  }
  const view = new ClusterView(objects);
  return {
    view,
    events: unread.has(kinds.events) ? undefined : view.list(kinds.events),
    isLive: true,
    omitted,
  };
}

const PAGE_SIZE = 500;

async function allOf(client: HttpClient, kind: Kind): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  let token: string | undefined;
  do {
    const page = await client.list(kind, { limit: PAGE_SIZE, ...(token && { continue: token }) });
    for (const item of page.items) found.push({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind });
    token = page.metadata.continue;
  } while (token);
  return found;
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
