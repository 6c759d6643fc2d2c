/**
 * Default preemption: which pods of lower priority would have to go, and from where, so that a pod that found no node fits.
 * Pure: says what to do, evicts nobody.
 */
import type { RandomStream } from "../../base/random.ts";
import { findCondition } from "../../kube/conditions.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { Attempt } from "../attempt.ts";
import { Diagnosis } from "../diagnosis.ts";
import type { NodeInfo } from "../node-info.ts";
import { NodeRanking } from "../node-ranking.ts";
import type { Snapshot } from "../snapshot.ts";
import { type Candidate, leastHarmful } from "./candidates.ts";
import { selectVictims } from "./victims.ts";

/** What preemption can do for a pod. */
export type Preemption =
  /** The victims are to be evicted and the node promised to the pod. */
  | {
      readonly kind: "found";
      /** The one to use: the first of the least harmful. */
      readonly candidate: Candidate;
      /** All that were found. */
      readonly candidates: readonly Candidate[];
    }
  /** No eviction helps; a promise that the pod has is taken back. */
  | { readonly kind: "helpless"; readonly message: string }
  /** The pod may not evict anybody now; a promise that it has stands. */
  | { readonly kind: "ineligible"; readonly message: string }
  /** The pod was rejected whatever the node; a promise that it has stands. */
  | { readonly kind: "not-tried" };

export interface PreemptionOptions {
  /** Absent when the pod was rejected before any node was looked at. */
  readonly attempt: Attempt | undefined;
  /** What the attempt found out about each node. */
  readonly diagnosis: Diagnosis;
  readonly snapshot: Snapshot;
  /** Chooses where the search over nodes begins, or its whole order. */
  readonly random: RandomStream | NodeRanking;
  readonly nowMs: number;
  /** Looks at every node, for whoever wants all candidates. By default large clusters are searched in part. */
  readonly scansAllNodes?: boolean;
}

/** In large clusters the search ends once this share of the nodes, and at least so many, could be used. */
const CANDIDATES_PERCENT = 10;
const CANDIDATES_MIN = 100;

/** The reason by which the condition DisruptionTarget tells that the scheduler evicted a pod. */
export const PREEMPTION_REASON = "PreemptionByScheduler";

/** What the message about an unschedulable pod says at its end, in kube-scheduler's words. */
export function postFilterMessage(preemption: Preemption): string {
  switch (preemption.kind) {
    case "found":
      return "";
    case "not-tried":
      // The plugin for dynamic resources comes first after the filters and misses what it would have noted in them.
      return "not found";
    default:
      return `no new claims to deallocate, preemption: ${preemption.message}`;
  }
}

/** Looks for the candidate that does the least harm.
 * @throws {PluginError} when a plugin cannot tell. */
export function preempt(options: PreemptionOptions): Preemption {
  const { attempt, diagnosis, snapshot, nowMs } = options;
  if (attempt === undefined) return { kind: "not-tried" };
  const message = ineligibility(attempt.pod.pod, diagnosis, snapshot);
  if (message !== undefined) return { kind: "ineligible", message };
  const afterwards = new Diagnosis(snapshot.nodes.length);
  afterwards.declareOthersBeyondHelp();
  const helpable = snapshot.nodes.filter(({ name }) => diagnosis.isResolvable(name));
  const candidates = findCandidates(attempt, options, helpable, afterwards);
  return candidates.length === 0
    ? { kind: "helpless", message: afterwards.message() }
    : { kind: "found", candidate: leastHarmful(candidates, nowMs)[0] as Candidate, candidates };
}

/** Why the pod may not evict others now. */
function ineligibility(pod: Pod, diagnosis: Diagnosis, snapshot: Snapshot): string | undefined {
  if (pod.spec.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const { nominatedNodeName } = pod.status;
  if (!nominatedNodeName || !diagnosis.isResolvable(nominatedNodeName)) return undefined;
  const isLeaving = snapshot
    .node(nominatedNodeName)
    ?.pods.some(({ pod: other, priority }) => priority < (pod.spec.priority ?? 0) && wasPreempted(other));
  return isLeaving ? "not eligible due to a terminating pod on the nominated node." : undefined;
}

function wasPreempted({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  const condition = findCondition(status.conditions, "DisruptionTarget");
  return condition?.status === "True" && condition.reason === PREEMPTION_REASON;
}

/** Candidates that violate no budget first. */
function findCandidates(
  attempt: Attempt,
  { snapshot, random, nowMs, scansAllNodes = false }: PreemptionOptions,
  nodes: readonly NodeInfo[],
  afterwards: Diagnosis,
): readonly Candidate[] {
  if (nodes.length === 0) return [];
  const share = Math.trunc((nodes.length * CANDIDATES_PERCENT) / 100);
  const enough = scansAllNodes ? nodes.length : Math.min(Math.max(share, CANDIDATES_MIN), nodes.length);
  const budgets = [...snapshot.objects.budgets.all()];
  const harmless: Candidate[] = [];
  const violating: Candidate[] = [];
  for (const node of inSearchOrder(nodes, random)) {
    const victims = selectVictims(attempt, node, budgets, nowMs);
    if ("reasons" in victims) {
      afterwards.rejectNode(node.name, victims);
      continue;
    }
    (victims.budgetViolations === 0 ? harmless : violating).push({ nodeName: node.name, victims });
    if (harmless.length > 0 && harmless.length + violating.length >= enough) break;
  }
  return [...harmless, ...violating];
}

function inSearchOrder(nodes: readonly NodeInfo[], random: RandomStream | NodeRanking): readonly NodeInfo[] {
  if (random instanceof NodeRanking) return random.sort(nodes);
  const offset = random.below(nodes.length);
  return [...nodes.slice(offset), ...nodes.slice(0, offset)];
}
