/**
 * Proves what a cluster bears: works through every loss that is asked for before it happens, and says for each workload what
 * comes of it.
 *
 * Nouns: a `Model` is the cluster in typed arrays; a `Loss` is what is gone at once; an `Outcome` says where displaced pods go; `Facts` are
 * what workloads are before anything is lost; a `Judgement` is what one loss does; the `ProveResult` is what users get. Data goes in that
 * order, and only forward. Nothing here reads a file, a clock or a cluster, and nothing prints.
 */

import type { CompiledSelector } from "../kube/selectors.ts";
import type { ProfileFile } from "../lab/node/profile.ts";
import { ChangeJudge } from "./judge/change-judge.ts";
import { type Facts, factsOf, type WorkloadFacts } from "./judge/facts.ts";
import { Judge, type Judgement, type Placing, type Try } from "./judge/judge.ts";
import { breakingOf, nodesAsPlaces, placesByLabel } from "./judge/per-workload.ts";
import type { Loss } from "./losses/loss.ts";
import { hasTooManyPairs, type LossChoice, listLosses, ZONE_LABEL } from "./losses/losses.ts";
import type { Model } from "./model/model.ts";
import type { Workload } from "./model/workload.ts";
import { LARGE_NODES } from "./placing.ts";
import {
  isWorse,
  type LossResult,
  type ProveResult,
  type Verdict,
  type WorkloadResult,
  worstOf,
} from "./result.ts";
import { Summary } from "./summary.ts";

export interface ProveOptions {
  readonly losses: readonly LossChoice[];
  /** Sets of so many nodes too. */
  readonly nodesAtOnce?: number;
  readonly withinSeconds?: number;
  /** What is known of the programs beyond the catalogue. */
  readonly profiles?: ProfileFile;
  /** Which workloads are told of; every other still takes its room. */
  readonly scope?: Scope;
  /** Lists what is safe too. */
  readonly all?: boolean;
  /** Told after each loss. */
  readonly onLoss?: (done: number, total: number, loss: Loss) => void;
}

/** Some of a cluster's workloads: absent parts leave none out. */
export interface Scope {
  readonly namespace?: string;
  /** Of the workload's own labels; a pod's where it has no owner. */
  readonly selector?: CompiledSelector;
}

/** What is tried where no certificate holds: in large clusters with one order of eviction, which is said. */
const IN_ORDER: readonly Try[] = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({ seed, isShuffled: false }));
const SHUFFLED: readonly Try[] = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({ seed, isShuffled: true }));

const ONE_ORDER = `with more than ${LARGE_NODES} nodes, what no certificate covers is tried with ${IN_ORDER.length} ways of breaking ties and one order of eviction, and rolling updates with one way`;

/** @param placing answers where displaced pods go */
export function prove(model: Model, placing: Placing, options: ProveOptions): ProveResult {
  const { profiles, withinSeconds } = options;
  const facts = factsOf(model, profiles === undefined ? {} : { profiles });
  const { losses, notes } = listLosses(model, options.losses, options.nodesAtOnce);
  const isLarge = model.nodes.length > LARGE_NODES;
  const tries = isLarge ? IN_ORDER : [...IN_ORDER, ...SHUFFLED];
  const isChange = ({ kind }: Loss) => kind === "drain" || kind === "rollout";
  placing.announce?.(
    losses.filter((loss) => !isChange(loss)),
    tries,
  );
  const judge = new Judge({
    facts,
    placing,
    tries,
    ...(withinSeconds !== undefined && { withinSeconds }),
  });
  const changes = new ChangeJudge(facts, isLarge ? [1] : IN_ORDER.map(({ seed }) => seed));
  const told = facts.workloads.map((workload) => isIn(workload, options.scope ?? {}, facts));
  const summary = new Summary(facts, told.filter(Boolean).length);
  const worst: Verdict[] = facts.workloads.map(() => "safe");
  const results: LossResult[] = [];
  for (const [index, loss] of losses.entries()) {
    const whole = isChange(loss) ? changes.judge(loss) : judge.judge(loss);
    const judgement = {
      ...whole,
      workloads: whole.workloads.filter(({ index: workload }) => told[workload]),
    };
    for (const { index: workload, verdict } of judgement.workloads) {
      if (isWorse(verdict.verdict, worst[workload] as Verdict)) worst[workload] = verdict.verdict;
    }
    const result = resultOf(judgement, facts, options.all ?? false);
    summary.add(judgement, result);
    // Pairs are summarised: of those only what a single loss does not show already would be news, and it is in nodesToBreak.
    if (loss.kind !== "pair" || isWorse(result.verdict, "degraded")) results.push(result);
    options.onLoss?.(index + 1, losses.length, loss);
  }
  const workloads = workloadResults(facts, worst, options.losses).filter((_, index) => told[index]);
  const decidesPairs = options.losses.some(({ kind }) => kind === "pairs") && hasTooManyPairs(model);
  return {
    summary: summary.finish(workloads, placing, decidesPairs),
    assumed: [...new Set([...model.assumed, ...facts.assumed, ...notes, ...(isLarge ? [ONE_ORDER] : [])])],
    notModelled: [...notModelled(model), ...facts.quotas.notModelled].sort(),
    findings: [],
    losses: results,
    workloads,
  };
}

function isIn(
  { workload, classes }: WorkloadFacts,
  { namespace, selector }: Scope,
  { model }: Facts,
): boolean {
  if (namespace !== undefined && workload.namespace !== namespace) return false;
  if (selector === undefined) return true;
  const own = workload.object ?? model.classes[classes[0] ?? -1]?.prototype;
  return selector.matches(own?.metadata.labels);
}

function resultOf({ loss, workloads }: Judgement, { model }: Facts, all: boolean): LossResult {
  const verdicts = workloads.map(({ verdict }) => verdict);
  return {
    id: loss.id,
    kind: loss.kind,
    lost: namesOf(loss, model),
    verdict: worstOf(verdicts.map(({ verdict }) => verdict)),
    workloads: all ? verdicts : verdicts.filter(({ verdict }) => verdict !== "safe"),
  };
}

function namesOf({ nodes, pod, workload }: Loss, model: Model): readonly string[] {
  if (pod !== undefined) return [model.keyOf(pod)];
  if (workload === undefined) return nodes.map((node) => model.nodes[node]?.metadata.name ?? "");
  const { kind, namespace, name } = model.workloads[workload] as Workload;
  return [`${kind} ${namespace}/${name}`];
}

function workloadResults(
  facts: Facts,
  worst: readonly Verdict[],
  choices: readonly LossChoice[],
): WorkloadResult[] {
  const nodes = nodesAsPlaces(facts);
  const zones = placesByLabel(facts, ZONE_LABEL);
  const racks = choices.find((choice) => choice.kind === "racks");
  const rackPlaces = racks?.kind === "racks" ? placesByLabel(facts, racks.label) : undefined;
  return facts.workloads.map((workload, index) => {
    const { kind, namespace, name } = workload.workload;
    return {
      kind,
      namespace,
      name,
      verdict: worst[index] as Verdict,
      nodesToBreak: breakingOf(workload, nodes, facts),
      zonesToBreak: zones.names.length < 2 ? null : breakingOf(workload, zones, facts),
      ...(rackPlaces && { racksToBreak: breakingOf(workload, rackPlaces, facts) }),
    };
  });
}

function notModelled({ unknowns, passedOver, workloads, classes }: Model): string[] {
  const found = unknowns.map(({ object, why }) => `${object}: ${why}`);
  const owners = new Set(
    classes.filter(({ replacement }) => replacement === "unknown").map(({ workload }) => workloads[workload]),
  );
  for (const owner of owners) {
    if (owner !== undefined)
      found.push(
        `${owner.kind} ${owner.namespace}/${owner.name}: what it does about lost pods is not modelled`,
      );
  }
  for (const [kind, count] of passedOver) {
    if (isCustom(kind))
      found.push(`${count} of kind ${kind}: custom objects; what their operators make of them is not known`);
  }
  return found;
}

/** A kind of somebody's own: its group has a domain that is not Kubernetes'. */
function isCustom(kind: string): boolean {
  const group = kind.includes("/") ? (kind.split("/")[0] ?? "") : "";
  return group.includes(".") && !group.endsWith("k8s.io");
}
