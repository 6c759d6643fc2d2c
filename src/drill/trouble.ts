import type { Reader } from "../client/client.ts";
import { events, persistentVolumeClaims, pods, services } from "../kube/kinds.ts";
import { labelsContain } from "../kube/selectors.ts";
import type { Deployment, Event, Pod } from "../kube/types/index.ts";
import type { Finding } from "./deploy.ts";
import { isSystemNamespace, listWorkloads } from "./subject.ts";

/**
 * What does not work in a cluster that had time to settle, in the words in which the cluster itself says it:
 * pods that are not ready, claims that are not bound, Services that select nothing.
 */
export async function findTrouble(client: Reader): Promise<Finding[]> {
  const theirs = <T extends { metadata: { namespace?: string } }>(items: readonly T[]) =>
    items.filter((item) => !isSystemNamespace(item.metadata.namespace ?? ""));
  const warnings = (await client.list(events)).items
    .filter((event) => event.type === "Warning")
    .sort((a, b) => (lastSeen(a) < lastSeen(b) ? -1 : 1));
  const lastWarning = (kind: string, namespace: string | undefined, name: string) =>
    warnings.findLast(
      ({ involvedObject: about }) =>
        about.kind === kind && about.namespace === namespace && about.name === name,
    );

  const findings: Finding[] = [];
  for (const claim of theirs((await client.list(persistentVolumeClaims)).items)) {
    if (claim.status.phase === "Bound") continue;
    const { namespace, name } = claim.metadata;
    const why =
      lastWarning("PersistentVolumeClaim", namespace, name)?.message ?? "nothing has provisioned it";
    findings.push({
      where: `PersistentVolumeClaim ${namespace}/${name}`,
      what: `is ${claim.status.phase ?? "Pending"}: ${why}`,
    });
  }
  const allPods = (await client.list(pods)).items;
  for (const pod of theirs(allPods)) {
    const what = whyNotReady(pod, lastWarning("Pod", pod.metadata.namespace, pod.metadata.name));
    if (what !== undefined)
      findings.push({ where: `Pod ${pod.metadata.namespace}/${pod.metadata.name}`, what });
  }
  const workloads = await listWorkloads(client);
  for (const workload of theirs(workloads)) {
    const { namespace, name } = workload.metadata;
    // Pods that were never made show nowhere else.
    const conditions =
      workload.kind === "Deployment" ? (workload as Deployment).status.conditions : undefined;
    const failure = conditions?.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
    if (failure !== undefined)
      findings.push({
        where: `Deployment ${namespace}/${name}`,
        what: `cannot make its pods: ${failure.message}`,
      });
  }
  for (const service of theirs((await client.list(services)).items)) {
    const { selector } = service.spec;
    if (selector === undefined || service.metadata.name === "kubernetes") continue;
    // Templates too: a workload whose pods could not be made is selected all the same.
    const selectable = [
      ...workloads.map(({ metadata, spec }) => ({ ...metadata, labels: spec.template.metadata?.labels })),
      ...allPods.map(({ metadata }) => metadata),
    ];
    const isSelected = selectable.some(
      ({ namespace, labels }) => namespace === service.metadata.namespace && labelsContain(labels, selector),
    );
    if (isSelected) continue;
    const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    findings.push({
      where: `Service ${service.metadata.namespace}/${service.metadata.name}`,
      what: `its selector ${labels.join(",")} matches no workload's pods, so it has no endpoints: connections are refused`,
    });
  }
  return findings;
}

/** RFC 3339 texts of one zone sort by their moment. */
function lastSeen(event: Event): string {
  return event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
}

function whyNotReady(pod: Pod, warning: Event | undefined): string | undefined {
  if (pod.status.phase === "Succeeded") return undefined;
  const condition = (type: string) => pod.status.conditions?.find((candidate) => candidate.type === type);
  if (condition("Ready")?.status === "True") return undefined;
  const scheduled = condition("PodScheduled");
  if (scheduled?.status === "False")
    return `is Pending: ${scheduled.message ?? scheduled.reason ?? "not scheduled"}`;
  const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  const waiting = statuses.find((status) => status.state.waiting !== undefined);
  const reason = waiting?.state.waiting;
  const said = reason?.message ?? warning?.message;
  return `is not ready: ${reason?.reason ?? pod.status.phase}${said === undefined ? "" : `: ${said}`}`;
}
