/**
 * Placement cases: a cluster, a pod, and what kube-scheduler 1.34 makes of it. Every case runs through our scheduler; with
 * HOLDFAST_REFERENCE_SERVER set, it runs through a real kube-scheduler instead, and the expectations are judged by that.
 */
import { describe, expect, test } from "vitest";
import { RandomStream } from "../../src/base/random.ts";
import type { KubeObject, Node, Pod } from "../../src/kube/types/index.ts";
import { SchedulingAlgorithm } from "../../src/scheduler/algorithm.ts";
import { prepareAttempt } from "../../src/scheduler/attempt.ts";
import { Diagnosis } from "../../src/scheduler/diagnosis.ts";
import { snapshotOf } from "../../src/scheduler/feed.ts";
import { Nominator } from "../../src/scheduler/nominator.ts";
import { podInfo } from "../../src/scheduler/pod-info.ts";
import { postFilterMessage, preempt } from "../../src/scheduler/preemption/preempt.ts";
import { scoreNodes } from "../../src/scheduler/score-nodes.ts";
import { TEST_EPOCH_MS } from "./pods.ts";
import { REFERENCE, referencePlacement } from "./reference-scheduler.ts";

/** The cluster before the pod comes. Pods without a node are waiting for one that they were promised. */
export interface Cluster {
  readonly nodes: readonly Node[];
  readonly pods?: readonly Pod[];
  readonly objects?: readonly KubeObject[];
}

/** One thing that happens to the cluster. An update replaces the object, status included. */
export interface Change {
  readonly create?: KubeObject;
  readonly update?: KubeObject;
  readonly delete?: KubeObject;
}

/** What became of the pod: a node, or the message and what preemption did. */
export interface Placement {
  readonly node?: string;
  readonly message?: string;
  /** The node that preemption promised to it. */
  readonly nominated?: string;
  /** Names of the pods that were evicted for it, sorted. */
  readonly victims?: readonly string[];
}

/** Weighted scores by node, then by plugin. */
export type Scores = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface PlacementCase extends Cluster {
  readonly name: string;
  readonly pod: Pod;
  readonly expected: Placement;
}

export interface ScoreCase extends Cluster {
  readonly name: string;
  readonly pod: Pod;
  readonly expected: Scores;
}

/** One test per case: where the pod goes, or the message to the letter. */
export function describePlacements(title: string, cases: readonly PlacementCase[]): void {
  describe(title, () => {
    test.each(cases)("$name", async (given) => {
      const placement = REFERENCE ? (await referencePlacement(given)).placement : placementOf(given);
      expect(placement).toEqual(given.expected);
    });
  });
}

/** One test per case: what every plugin gives every node. */
export function describeScores(title: string, cases: readonly ScoreCase[]): void {
  describe(title, () => {
    test.each(cases)("$name", async (given) => {
      const scores = REFERENCE ? (await referencePlacement(given)).scores : scoresOf(given);
      expect(scores).toEqual(given.expected);
    });
  });
}

/** What our scheduler makes of the pod. */
export function placementOf({
  nodes,
  pods = [],
  objects = [],
  pod,
}: Cluster & { readonly pod: Pod }): Placement {
  const snapshot = snapshotOf([...nodes, ...pods, ...objects]);
  const nominator = new Nominator();
  for (const waiting of pods) if (!waiting.spec.nodeName) nominator.add(waiting);
  const random = new RandomStream(1, "test");
  const outcome = new SchedulingAlgorithm({ snapshot, random, nominator }).schedule(pod);
  if (outcome.kind === "scheduled") return { node: outcome.nodeName };
  if (outcome.kind === "no-nodes") return { message: "no nodes available to schedule pods" };
  const { attempt, diagnosis } = outcome;
  const preemption = preempt({ attempt, diagnosis, snapshot, random, nowMs: TEST_EPOCH_MS + 3_600_000 });
  const message = diagnosis.message(postFilterMessage(preemption));
  if (preemption.kind !== "found") return { message };
  const { nodeName, victims } = preemption.candidate;
  return {
    message,
    nominated: nodeName,
    victims: victims.pods.map((victim) => victim.pod.metadata.name).sort(),
  };
}

/** What our plugins give every node that would do for the pod, or to the only one that was left nothing. */
export function scoresOf(given: Cluster & { readonly pod: Pod }): Scores {
  const { nodes, pods = [], objects = [], pod } = given;
  const snapshot = snapshotOf([...nodes, ...pods, ...objects]);
  const attempt = prepareAttempt(
    podInfo(pod),
    snapshot,
    new Nominator(),
    new Diagnosis(snapshot.nodes.length),
  );
  if (attempt === undefined) return {};
  const feasible = snapshot.nodes.filter((node) => attempt.check(node) === undefined);
  if (feasible.length < 2) return {};
  const scores: Record<string, Record<string, number>> = {};
  for (const { plugin, scores: ofPlugin } of scoreNodes(podInfo(pod), snapshot, feasible)) {
    for (const [i, { name }] of feasible.entries()) {
      scores[name] = { ...scores[name], [plugin]: ofPlugin[i] as number };
    }
  }
  return scores;
}
