import { parseTime } from "../../kube/time.ts";
import type { Pod, PodDisruptionBudget } from "../../kube/types/index.ts";
import type { Attempt } from "../attempt.ts";
import type { NodeInfo } from "../node-info.ts";
import { type Rejection, rejection } from "../plugin.ts";
import type { PodInfo } from "../pod-info.ts";
import { splitByBudgets } from "./budgets.ts";

/** Pods that would have to leave a node for another to fit. */
export interface Victims {
  /** From the most important to the least. */
  readonly pods: readonly PodInfo[];
  readonly budgetViolations: number;
}

const NO_VICTIMS = rejection("DefaultPreemption", false, "No preemption victims found for incoming pod");

/**
 * The fewest pods of lower priority that have to go: all of them are taken off, then the most important ones are put back as
 * long as the pod still fits, those first that a disruption budget protects. A rejection when not even an emptied node will do.
 */
export function selectVictims(
  attempt: Attempt,
  node: NodeInfo,
  budgets: Iterable<PodDisruptionBudget>,
  nowMs: number,
): Victims | Rejection {
  const whatIf = attempt.fork();
  const emptied = node.fork();
  const candidates = node.pods.filter(({ priority }) => priority < attempt.pod.priority);
  if (candidates.length === 0) return NO_VICTIMS;
  for (const pod of candidates) whatIf.removePod(pod, emptied);
  const rejected = whatIf.check(emptied);
  if (rejected !== undefined) return rejected;

  const byImportance = candidates.sort((a, b) => compareImportance(a, b, nowMs));
  const { violating, allowed } = splitByBudgets(byImportance, budgets);
  const mustGo = (pod: PodInfo) => {
    whatIf.addPod(pod, emptied);
    if (whatIf.check(emptied) === undefined) return false;
    whatIf.removePod(pod, emptied);
    return true;
  };
  const overdrawing = violating.filter(mustGo);
  const others = allowed.filter(mustGo);
  const pods = [...overdrawing, ...others].sort((a, b) => compareImportance(a, b, nowMs));
  return { pods, budgetViolations: overdrawing.length };
}

/** When a pod started; one that has not is taken to start now. */
export function startOf({ status }: Pod, nowMs: number): number {
  return (status.startTime === undefined ? undefined : parseTime(status.startTime)) ?? nowMs;
}

/**
 * Higher priority is more important; among equals the one that has run longer. Where kube-scheduler leaves the order open, the
 * name decides, so that the order in which pods came to a node does not.
 */
function compareImportance(a: PodInfo, b: PodInfo, nowMs: number): number {
  return (
    b.priority - a.priority || startOf(a.pod, nowMs) - startOf(b.pod, nowMs) || compareNames(a.pod, b.pod)
  );
}

function compareNames({ metadata: a }: Pod, { metadata: b }: Pod): number {
  return compareTexts(a.namespace ?? "", b.namespace ?? "") || compareTexts(a.name, b.name);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
