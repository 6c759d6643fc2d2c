/** Our scheduler beside the real one: it is shown every change, and asked about a pod without being heeded. */
import { RandomStream } from "../../src/base/random.ts";
import type { KubeObject, Pod } from "../../src/kube/types/index.ts";
import { SchedulingAlgorithm } from "../../src/scheduler/algorithm.ts";
import { type Attempt, prepareAttempt } from "../../src/scheduler/attempt.ts";
import { Diagnosis } from "../../src/scheduler/diagnosis.ts";
import { snapshotOf, WATCHED_KINDS } from "../../src/scheduler/feed.ts";
import type { NodeInfo } from "../../src/scheduler/node-info.ts";
import { Nominator } from "../../src/scheduler/nominator.ts";
import type { PluginName, Rejection } from "../../src/scheduler/plugin.ts";
import { PluginError } from "../../src/scheduler/plugin-error.ts";
import { podInfo } from "../../src/scheduler/pod-info.ts";
import { leastHarmful } from "../../src/scheduler/preemption/candidates.ts";
import { type Preemption, postFilterMessage, preempt } from "../../src/scheduler/preemption/preempt.ts";
import { type PluginScores, scoreNodes } from "../../src/scheduler/score-nodes.ts";
import type { Snapshot } from "../../src/scheduler/snapshot.ts";
import { isFullyBound } from "../../src/scheduler/volumes/claims.ts";

/** Victims as they can be compared. */
export interface OurVictims {
  readonly uids: readonly string[];
  readonly budgetViolations: number;
}

export interface OurAnswer {
  /** By name, what speaks against a node; nothing for those that will do. Empty when no node was looked at. */
  readonly verdicts: ReadonlyMap<string, Rejection | undefined>;
  /** The plugins that rejected some node, or the pod at once. */
  readonly rejectors: ReadonlySet<PluginName>;
  /** The nodes that will do, as they were rated. */
  readonly feasible: readonly string[];
  /** The plugins' scores, in the order of `feasible`. */
  readonly scores: readonly PluginScores[];
  /** The feasible nodes with the highest sum of scores. */
  readonly best: readonly string[];
  /** What the algorithm as a whole chose. */
  readonly chosen?: string;
  /** Where no node will do. */
  readonly message?: string;
  /** Every node that preemption could use. */
  readonly candidates: ReadonlyMap<string, OurVictims>;
  /** Those of them that nothing tells apart. */
  readonly leastHarmful: readonly string[];
}

const NO_ANSWER: OurAnswer = {
  verdicts: new Map(),
  rejectors: new Set(),
  feasible: [],
  scores: [],
  best: [],
  candidates: new Map(),
  leastHarmful: [],
};

const tables = new Map(WATCHED_KINDS.map((watched) => [watched.kind.kind, watched.table]));

export class OurScheduler {
  readonly snapshot: Snapshot;
  readonly #nominator = new Nominator();
  readonly #random: RandomStream;

  constructor(objects: readonly KubeObject[], seed: number) {
    this.snapshot = snapshotOf(objects);
    this.#random = new RandomStream(seed, "our choice");
  }

  /** Takes over the state of objects that are neither nodes nor pods. */
  update(objects: readonly KubeObject[]): void {
    for (const object of objects) tables.get(object.kind)?.(this.snapshot.objects).set(object);
  }

  /** From now on the pod, in this state, stands on its node. */
  setPod(pod: Pod): void {
    this.#nominator.delete(pod.metadata.uid);
    this.snapshot.setPod(pod);
  }

  removePod(uid: string): void {
    this.#nominator.delete(uid);
    this.snapshot.removePod(uid);
  }

  /** From now on the pod, which waits, has the node promised that its status names. */
  promise(pod: Pod): void {
    this.#nominator.add(pod);
  }

  /** Who makes room for itself on a node takes it from pods of lower priority that it was promised to. */
  breakPromises(nodeName: string, by: Pod): void {
    const { priority } = podInfo(by);
    for (const pod of [...this.#nominator.on(nodeName)]) {
      if (pod.priority < priority) this.#nominator.delete(pod.uid);
    }
  }

  /** Whether the pod's claims have their volumes: placing it then changes none of them. */
  bindsNothing(pod: Pod): boolean {
    const { claims } = this.snapshot.objects;
    const { claimNames, namespace } = podInfo(pod);
    return claimNames.every((name) => {
      const claim = claims.get(namespace, name);
      return claim === undefined || isFullyBound(claim);
    });
  }

  /** What it makes of a pod as things are. */
  ask(pod: Pod): OurAnswer {
    try {
      return this.#ask(pod);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      return { ...NO_ANSWER, message: error.message };
    }
  }

  #ask(pod: Pod): OurAnswer {
    const { snapshot } = this;
    const diagnosis = new Diagnosis(snapshot.nodes.length);
    const attempt = prepareAttempt(podInfo(pod), snapshot, this.#nominator, diagnosis);
    const verdicts = attempt === undefined ? new Map<string, Rejection>() : this.#verdicts(attempt);
    const looked = snapshot.nodes.filter(
      ({ name }) => verdicts.has(name) && verdicts.get(name) === undefined,
    );
    const algorithm = new SchedulingAlgorithm({
      snapshot,
      random: this.#random,
      nominator: this.#nominator,
      scansAllNodes: true,
    });
    const outcome = algorithm.schedule(pod);
    if (outcome.kind === "scheduled") {
      return {
        ...NO_ANSWER,
        verdicts,
        rejectors: rejectorsOf(verdicts),
        chosen: outcome.nodeName,
        ...this.#rate(pod, looked),
      };
    }
    if (outcome.kind === "no-nodes") return { ...NO_ANSWER, message: "no nodes available to schedule pods" };
    const { rejectors } = outcome.diagnosis;
    return { ...NO_ANSWER, verdicts, rejectors, ...this.#makeRoom(outcome.attempt, outcome.diagnosis) };
  }

  #verdicts(attempt: Attempt): ReadonlyMap<string, Rejection | undefined> {
    const verdicts = new Map<string, Rejection | undefined>();
    const promised = this.snapshot.node(attempt.pod.pod.status.nominatedNodeName ?? "");
    // A node that was promised and will do is the only one that is looked at.
    if (promised !== undefined && attempt.check(promised) === undefined)
      return verdicts.set(promised.name, undefined);
    for (const node of this.snapshot.nodes) {
      if (attempt.onlyNodes?.has(node.name) ?? true) verdicts.set(node.name, attempt.check(node));
    }
    return verdicts;
  }

  #rate(pod: Pod, feasible: readonly NodeInfo[]): Pick<OurAnswer, "feasible" | "scores" | "best"> {
    const names = feasible.map(({ name }) => name);
    if (feasible.length < 2) return { feasible: names, scores: [], best: names };
    const scores = scoreNodes(podInfo(pod), this.snapshot, feasible);
    const sums = names.map((_, i) => scores.reduce((sum, plugin) => sum + (plugin.scores[i] as number), 0));
    const highest = Math.max(...sums);
    return { feasible: names, scores, best: names.filter((_, i) => sums[i] === highest) };
  }

  #makeRoom(
    attempt: Attempt | undefined,
    diagnosis: Diagnosis,
  ): Pick<OurAnswer, "message" | "candidates" | "leastHarmful"> {
    const { snapshot } = this;
    const nowMs = Date.now();
    const preemption = preempt({
      attempt,
      diagnosis,
      snapshot,
      random: this.#random,
      nowMs,
      scansAllNodes: true,
    });
    const candidates = candidatesOf(preemption);
    return {
      message: diagnosis.message(postFilterMessage(preemption)),
      candidates: new Map(
        candidates.map(({ nodeName, victims: { pods, budgetViolations } }) => [
          nodeName,
          { uids: pods.map(({ uid }) => uid), budgetViolations },
        ]),
      ),
      leastHarmful:
        candidates.length === 0 ? [] : leastHarmful(candidates, nowMs).map(({ nodeName }) => nodeName),
    };
  }
}

function rejectorsOf(verdicts: OurAnswer["verdicts"]): ReadonlySet<PluginName> {
  return new Set([...verdicts.values()].flatMap((rejection) => rejection?.plugin ?? []));
}

function candidatesOf(preemption: Preemption) {
  return preemption.kind === "found" ? preemption.candidates : [];
}
