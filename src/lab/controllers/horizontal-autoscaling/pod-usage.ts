/** What the pods of a workload use, and what that says about their number. Only looks and answers. */

import { milliValue } from "../../../base/quantity.ts";
import { findCondition } from "../../../kube/conditions.ts";
import type { Pod } from "../../../kube/types/index.ts";
import type { ContainerUsage, PodMetrics } from "../../pod-metrics.ts";
import { momentMs } from "../shared/moment.ts";

/** --horizontal-pod-autoscaler-cpu-initialization-period: how long a pod's CPU use may be that of its start. */
const CPU_START_MS = 300_000;
/** --horizontal-pod-autoscaler-initial-readiness-delay: a pod unready since before that has never been ready. */
const READINESS_DELAY_MS = 30_000;
/** Over how long a measurement goes. */
const WINDOW_MS = 15_000;
/** --horizontal-pod-autoscaler-tolerance. */
const TOLERANCE = 0.1;

/** Use by pod name, in thousandths. */
export type Usage = ReadonlyMap<string, number>;

/** What stands in the way of a number, in the real controller's words. */
export interface Trouble {
  readonly error: string;
}

/** How many pods there should be, and what they use on average now. */
export interface Proposal {
  readonly replicas: number;
  /** In thousandths. */
  readonly averageUsage: number;
  /** In percent of what is requested; only where that is the target. */
  readonly utilization?: number;
}

/** What is asked about. */
export interface Question {
  readonly pods: readonly Pod[];
  readonly currentReplicas: number;
  readonly resource: string;
  /** One container of each pod, instead of all of them. */
  readonly container?: string | undefined;
  readonly nowMs: number;
}

/** What each pod uses of the resource. Pods without a measurement are left out. */
export function usageOf(metrics: PodMetrics, { pods, resource, container }: Question): Usage | Trouble {
  const usage = new Map<string, number>();
  let isMeasured = false;
  for (const { metadata } of pods) {
    const containers = metrics.usageOf(metadata.namespace ?? "", metadata.name);
    if (containers === undefined) continue;
    isMeasured = true;
    const counted = containers.filter(({ name }) => container === undefined || name === container);
    const amounts = counted.map((one) => milliUsage(one, resource));
    if (amounts.length === 0 || amounts.includes(undefined)) continue;
    usage.set(
      metadata.name,
      amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0),
    );
  }
  const error = `unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`;
  return isMeasured ? usage : { error };
}

/** The number of pods that brings their use to a share of what they request. */
export function proposeByUtilization(
  question: Question,
  usage: Usage,
  targetPercent: number,
): Proposal | Trouble {
  const sorted = sortPods(question, usage);
  if ("error" in sorted) return sorted;
  const requests = requestsOf(question);
  if ("error" in requests) return requests;
  const now = utilization(sorted.measured, requests, targetPercent);
  if (now === undefined) return { error: "no metrics returned matched known pods" };
  const fallback = (pod: string) =>
    Math.trunc(((requests.get(pod) ?? 0) * Math.max(100, targetPercent)) / 100);
  const ratioWith = (guessed: Usage) => utilization(guessed, requests, targetPercent)?.ratio ?? now.ratio;
  const replicas = propose(question, sorted, now.ratio, fallback, ratioWith);
  return { replicas, averageUsage: now.averageUsage, utilization: now.percent };
}

/** The number of pods that brings their use to an amount each, in thousandths. */
export function proposeByAverage(question: Question, usage: Usage, target: number): Proposal | Trouble {
  const sorted = sortPods(question, usage);
  if ("error" in sorted) return sorted;
  const average = (amounts: Usage) => Math.trunc(sum(amounts.values()) / amounts.size);
  const averageUsage = average(sorted.measured);
  const ratioWith = (guessed: Usage) => average(guessed) / target;
  const replicas = propose(question, sorted, averageUsage / target, () => target, ratioWith);
  return { replicas, averageUsage };
}

interface SortedPods {
  readonly measured: Usage;
  readonly readyCount: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
}

/** Measurements of pods that are going, or starting, say nothing of the load. */
function sortPods({ pods, resource, nowMs }: Question, usage: Usage): SortedPods | Trouble {
  if (pods.length === 0) return { error: "no pods returned by selector while calculating replica count" };
  const measured = new Map(usage);
  const unready: string[] = [];
  const missing: string[] = [];
  let readyCount = 0;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined || pod.status.phase === "Failed") {
      measured.delete(name);
    } else if (pod.status.phase === "Pending") {
      unready.push(name);
    } else if (!usage.has(name)) {
      missing.push(name);
    } else if (resource === "cpu" && isStarting(pod, nowMs)) {
      unready.push(name);
    } else {
      readyCount++;
    }
  }
  for (const name of unready) measured.delete(name);
  if (measured.size > 0) return { measured, readyCount, unready, missing };
  return { error: "did not receive metrics for targeted pods (pods might be unready)" };
}

function isStarting({ status }: Pod, nowMs: number): boolean {
  const ready = findCondition(status.conditions, "Ready");
  if (ready === undefined || status.startTime === undefined) return true;
  const startedMs = momentMs(status.startTime);
  const changedMs = ready.lastTransitionTime === undefined ? 0 : momentMs(ready.lastTransitionTime);
  if (startedMs + CPU_START_MS > nowMs) return ready.status === "False" || nowMs < changedMs + WINDOW_MS;
  return ready.status === "False" && startedMs + READINESS_DELAY_MS > changedMs;
}

/**
 * Pods without a measurement are taken to be as they would least support the change: busy when it goes down, idle when it
 * goes up. If the change is not clear even so, there is none.
 */
function propose(
  { currentReplicas }: Question,
  { measured, readyCount, unready, missing }: SortedPods,
  ratio: number,
  busy: (pod: string) => number,
  ratioWith: (guessed: Usage) => number,
): number {
  const growsWithUnready = unready.length > 0 && ratio > 1;
  if (!growsWithUnready && missing.length === 0) {
    return isTolerable(ratio) ? currentReplicas : Math.ceil(ratio * readyCount);
  }
  const guessed = new Map(measured);
  if (ratio !== 1) for (const pod of missing) guessed.set(pod, ratio < 1 ? busy(pod) : 0);
  if (growsWithUnready) for (const pod of unready) guessed.set(pod, 0);
  const cautious = ratioWith(guessed);
  const turns = (ratio < 1 && cautious > 1) || (ratio > 1 && cautious < 1);
  if (isTolerable(cautious) || turns) return currentReplicas;
  const replicas = Math.ceil(cautious * guessed.size);
  const contradicts =
    (cautious < 1 && replicas > currentReplicas) || (cautious > 1 && replicas < currentReplicas);
  return contradicts ? currentReplicas : replicas;
}

function isTolerable(ratio: number): boolean {
  return 1 - TOLERANCE <= ratio && ratio <= 1 + TOLERANCE;
}

function utilization(
  usage: Usage,
  requests: Usage,
  targetPercent: number,
): { readonly ratio: number; readonly percent: number; readonly averageUsage: number } | undefined {
  const known = [...usage].filter(([pod]) => requests.has(pod));
  const requested = sum(known.map(([pod]) => requests.get(pod) ?? 0));
  if (requested === 0) return undefined;
  const used = sum(known.map(([, amount]) => amount));
  const percent = Math.trunc((used * 100) / requested);
  return { ratio: percent / targetPercent, percent, averageUsage: Math.trunc(used / known.length) };
}

function requestsOf({ pods, resource, container }: Question): Usage | Trouble {
  const requests = new Map<string, number>();
  for (const { metadata, spec } of pods) {
    const { name } = metadata;
    const podLevel = container === undefined ? spec.resources?.requests : undefined;
    if (podLevel?.cpu !== undefined || podLevel?.memory !== undefined) {
      const amount = podLevel[resource];
      if (amount === undefined) return { error: `missing pod-level request for ${resource} in Pod ${name}` };
      requests.set(name, milliValue(amount));
      continue;
    }
    let total = 0;
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
    for (const { name: containerName, resources } of [...spec.containers, ...sidecars]) {
      if (container !== undefined && container !== containerName) continue;
      const amount = resources.requests?.[resource];
      if (amount === undefined) {
        return { error: `missing request for ${resource} in container ${containerName} of Pod ${name}` };
      }
      total += milliValue(amount);
    }
    requests.set(name, total);
  }
  return requests;
}

function milliUsage({ cpuMillicores, memoryBytes }: ContainerUsage, resource: string): number | undefined {
  if (resource === "cpu") return cpuMillicores;
  return resource === "memory" ? memoryBytes * 1_000 : undefined;
}

function sum(amounts: Iterable<number>): number {
  let total = 0;
  for (const amount of amounts) total += amount;
  return total;
}
