import { qualityOfService } from "../quality-of-service.ts";
import { parseTime } from "../time.ts";
import type { KubeObject, Pod, PodAffinityTerm, ResourceList } from "../types/index.ts";
import type { QuotaEvaluator, ScopeRequirement } from "./evaluation.ts";
import { podTotals } from "./pod-totals.ts";
import type { Amounts } from "./resource-lists.ts";

const NAMES = new Set([
  "count/pods",
  "pods",
  ...["cpu", "memory", "ephemeral-storage"].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
/** A quota on one of these wants every container to say how much. */
const TO_BE_STATED = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

/** Pods count while they run, by what they request and are limited to. */
export const podEvaluator: QuotaEvaluator = {
  usage(object, nowMs) {
    const pod = object as Pod;
    if (!counts(pod, nowMs)) return { "count/pods": "1" };
    const { requests, limits } = podTotals(pod.spec);
    return { "count/pods": "1", pods: "1", ...amountNames(requests, limits) };
  },
  limits(name) {
    if (NAMES.has(name) || name.startsWith("hugepages-")) return true;
    return name.startsWith("requests.hugepages-") || isExtended(name.replace(/^requests\./, ""), name);
  },
  inScope: (object, scope) => inPodScope(object as Pod, scope),
  handles({ operation, subresource, object, old }) {
    if (subresource === "resize") return operation === "UPDATE";
    if (subresource !== undefined) return false;
    if (operation === "UPDATE") return hasDeadline(object) !== hasDeadline(old);
    return operation === "CREATE";
  },
  missing(object, limited) {
    const { spec } = object as Pod;
    if (spec.resources?.requests !== undefined || spec.resources?.limits !== undefined) return undefined;
    const wanted = TO_BE_STATED.filter((name) => limited.includes(name)).sort();
    const parts = wanted.flatMap((name) => {
      const silent = [...spec.containers, ...(spec.initContainers ?? [])]
        .filter(
          ({ resources }) =>
            amountNames(resources.requests ?? {}, resources.limits ?? {})[name] === undefined,
        )
        .map((container) => container.name);
      return silent.length === 0 ? [] : [`${name} for: ${silent.sort().join(",")}`];
    });
    return parts.length === 0 ? undefined : `must specify ${parts.join("; ")}`;
  },
};

/** Requests stand under their plain name and under "requests.", limits under "limits.". */
function amountNames(requests: Amounts | ResourceList, limits: Amounts | ResourceList): Amounts {
  const result: Record<string, Amounts[string]> = {};
  for (const name in requests) {
    const amount = requests[name] as Amounts[string];
    if (["cpu", "memory", "ephemeral-storage"].includes(name) || name.startsWith("hugepages-")) {
      result[name] = amount;
      result[`requests.${name}`] = amount;
    } else if (isExtended(name, `requests.${name}`)) result[`requests.${name}`] = amount;
  }
  for (const name of ["cpu", "memory", "ephemeral-storage"]) {
    const amount = limits[name];
    if (amount !== undefined) result[`limits.${name}`] = amount;
  }
  return result;
}

/** Devices and the like: a name with a domain outside of Kubernetes' own, counted by requests only. */
function isExtended(name: string, quotaName: string): boolean {
  if (!quotaName.startsWith("requests.") || !name.includes("/")) return false;
  return !name.slice(0, name.indexOf("/")).endsWith("kubernetes.io");
}

/** Ended pods use nothing, and neither do those that have outlived their grace period twice. */
function counts({ status, metadata }: Pod, nowMs: number): boolean {
  if (status?.phase === "Failed" || status?.phase === "Succeeded") return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= (parseTime(deletionTimestamp) ?? 0) + deletionGracePeriodSeconds * 1000;
}

function hasDeadline(object: KubeObject | undefined): boolean {
  const seconds = (object as Pod | undefined)?.spec.activeDeadlineSeconds;
  return seconds !== undefined && seconds >= 0;
}

function inPodScope(pod: Pod, { scopeName, operator, values = [] }: ScopeRequirement): boolean {
  switch (scopeName) {
    case "Terminating":
      return hasDeadline(pod);
    case "NotTerminating":
      return !hasDeadline(pod);
    case "BestEffort":
      return qualityOfService(pod.spec) === "BestEffort";
    case "NotBestEffort":
      return qualityOfService(pod.spec) !== "BestEffort";
    case "PriorityClass":
      return hasPriorityClass(pod.spec.priorityClassName ?? "", operator, values);
    case "CrossNamespacePodAffinity":
      return affinityTerms(pod).some(
        (term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined,
      );
    default:
      return false;
  }
}

function hasPriorityClass(name: string, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case "In":
      return name !== "" && values.includes(name);
    case "NotIn":
      return name === "" || !values.includes(name);
    case "Exists":
      return name !== "";
    default:
      return name === "";
  }
}

function affinityTerms({ spec: { affinity } }: Pod): readonly PodAffinityTerm[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((each) => [
    ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      (weighted) => weighted.podAffinityTerm,
    ),
  ]);
}
