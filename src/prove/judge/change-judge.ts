/**
 * Judges a change on purpose: a drain or a rolling update. What it comes to is worked out in `changes/`; here it becomes a verdict
 * for every workload that it touches, with the cycle that blocks it and how long too little is ready.
 */
import type { ChangeOutcome } from "../changes/change-outcome.ts";
import { ChangingCluster } from "../changes/changing-cluster.ts";
import { drain } from "../changes/drain.ts";
import { rollOut } from "../changes/rollout.ts";
import type { Loss } from "../losses/loss.ts";
import type { Budget } from "../model/budget.ts";
import type { Workload } from "../model/workload.ts";
import { isWorse, type Proof, type WorkloadVerdict } from "../result.ts";
import { enoughOf } from "./enough.ts";
import type { Facts, WorkloadFacts } from "./facts.ts";
import type { Judgement } from "./judge.ts";
import { between, NEVER, orNever, type Seconds, sum } from "./seconds.ts";

/** A controller sees that a pod is leaving, makes another, the scheduler places it. */
const REPLACED = between(0.05, 1.5);

export interface JudgedChange {
  readonly index: number;
  readonly verdict: WorkloadVerdict;
}

/** Every workload that a change touches, in the model's order. @param what "draining node-1", "rolling out Deployment shop/cart" */
export function judgeChange(outcome: ChangeOutcome, what: string, facts: Facts): readonly JudgedChange[] {
  const { model } = facts;
  const touched = new Set(outcome.lowest.keys());
  const { refused, unplaced, notAdmitted, held } = outcome;
  for (const { pod } of [...refused, ...unplaced, ...notAdmitted, ...held]) {
    touched.add(model.podClass(pod).workload);
  }
  return [...touched]
    .sort((a, b) => a - b)
    .map((index) => ({ index, verdict: judgeWorkload(index, outcome, what, facts) }));
}

function judgeWorkload(index: number, outcome: ChangeOutcome, what: string, facts: Facts): WorkloadVerdict {
  const workload = facts.workloads[index] as WorkloadFacts;
  const { kind, namespace, name } = workload.workload;
  const lowest = Math.min(workload.ready, outcome.lowest.get(index) ?? workload.ready);
  const enough = enoughOf(index, facts);
  const base = {
    kind,
    namespace,
    name,
    ready: { before: workload.ready, lowest, wanted: workload.wanted, enough },
    proof: PROOF,
  };
  const isFewer = lowest < workload.ready;
  const owner = isFewer ? unknownOwner(workload, facts) : undefined;
  if (owner !== undefined)
    return { ...base, verdict: "unknown", cause: `what ${owner} does about a lost pod is not modelled` };
  const blocked =
    blockOf(index, outcome, what, facts) ?? (isFewer && isAlone(workload, facts) ? NOBODY : undefined);
  const isOut = workload.purpose === "serving" && lowest < enough && isFewer;
  const mayEnd = blocked?.isGone === true && blocked.mayBeMended !== undefined;
  if (isOut) {
    const down = blocked?.isGone
      ? mayEnd
        ? { ...NEVER, min: downOf(workload, facts).min }
        : undefined
      : downOf(workload, facts);
    const cause = `${lowest} of ${workload.ready} ready pods are left while ${what}`;
    return {
      ...base,
      verdict: "outage",
      downSeconds: down === undefined ? { min: null, median: null, max: null } : orNever(down),
      cause: [cause, blocked?.cause, blocked?.mayBeMended].filter(Boolean).join(", and "),
      ...(blocked?.message !== undefined && { message: blocked.message }),
      fix: blocked?.fix ?? spareFix(workload),
    };
  }
  if (blocked?.mayBeMended !== undefined)
    return { ...base, verdict: "unknown", cause: `${blocked.cause}, and ${blocked.mayBeMended}` };
  if (blocked !== undefined) {
    return {
      ...base,
      verdict: "stuck",
      downSeconds: { min: null, median: null, max: null },
      cause: blocked.cause,
      ...(blocked.message !== undefined && { message: blocked.message }),
      fix: blocked.fix,
    };
  }
  if (isFewer && workload.purpose !== "per-node") {
    const cause = `${workload.ready - lowest} of ${workload.ready} ready pods are being replaced while ${what}`;
    return { ...base, verdict: "degraded", downSeconds: orNever(downOf(workload, facts)), cause };
  }
  return { ...base, verdict: "safe", cause: `as many stay ready as are wanted while ${what}` };
}

const PROOF: Proof = "simulation: step by step, with the scheduler's filters and the budgets";

interface Block {
  readonly cause: string;
  readonly fix: string;
  readonly message?: string;
  /** Pods of it are gone and do not come back. */
  readonly isGone: boolean;
  /** Who may mend it, or may not. */
  readonly mayBeMended?: string;
}

const RAISE_QUOTA = "raise the quota by what one more of its pods asks for";

const NOBODY: Block = {
  cause: "no controller owns it, so nobody makes another",
  fix: "put the pod under a Deployment",
  isGone: true,
};

function isAlone({ classes }: WorkloadFacts, { model }: Facts): boolean {
  return classes.some((index) => model.classes[index]?.replacement === "never");
}

/** The kind of the owner that pods have of which nobody knows what it does. */
function unknownOwner({ classes, workload }: WorkloadFacts, { model }: Facts): string | undefined {
  return classes.some((index) => model.classes[index]?.replacement === "unknown") ? workload.kind : undefined;
}

/** What keeps the change from ending, as far as that is this workload's part. */
function blockOf(
  index: number,
  outcome: ChangeOutcome,
  what: string,
  { model, autoscaler, workloads }: Facts,
): Block | undefined {
  const mended = autoscaler !== undefined && {
    mayBeMended: `${autoscaler} may add a node for what fits nowhere`,
  };
  const isOwn = ({ pod }: { readonly pod: number }) => model.podClass(pod).workload === index;
  const unplaced = outcome.unplaced.find(isOwn);
  const notAdmitted = outcome.notAdmitted.find(isOwn);
  const refused = outcome.refused.find(isOwn);
  if (refused !== undefined) {
    const pod = model.nameOf(refused.pod);
    if (refused.why === "several-budgets") {
      const names = refused.budgets.map((budget) => nameOf(model.budgets[budget]));
      return {
        cause: `${what} never ends: ${pod} may not be evicted, as ${names.join(" and ")} both select it, which the API server does not support`,
        fix: `keep one of ${names.join(" and ")}`,
        isGone: false,
      };
    }
    const budget = model.budgets[refused.budget] as Budget;
    const why = `${what} never ends: ${pod} may not be evicted, because budget ${nameOf(budget)} needs ${refused.needed} healthy pods and has ${refused.healthy}`;
    if (notAdmitted !== undefined) {
      const { quota, message } = notAdmitted;
      const cause = `${why}; quota ${quota} lets none in for what was evicted before`;
      return { cause, fix: RAISE_QUOTA, message, isGone: true };
    }
    const waits = unplaced === undefined ? "" : `; what was evicted before finds no node`;
    return {
      cause: `${why}${waits}`,
      fix:
        unplaced === undefined
          ? `let ${nameOf(budget)} spare one pod, or run one more`
          : `make room for one more pod, or let ${nameOf(budget)} spare another`,
      ...(unplaced !== undefined && { message: unplaced.message, ...mended }),
      isGone: unplaced !== undefined,
    };
  }
  if (notAdmitted !== undefined) {
    const { quota, message } = notAdmitted;
    // A rollout that may not take an old pod away first needs the quota to bear both.
    const isGone = (outcome.lowest.get(index) ?? 0) < (workloads[index] as WorkloadFacts).ready;
    const orLess = isGone ? "" : ", or let an old pod go first: maxUnavailable 1";
    return {
      cause: `${outcome.ends ? `after ${what}` : `${what} never ends:`} quota ${quota} lets no other pod in`,
      fix: `${RAISE_QUOTA}${orLess}`,
      message,
      isGone,
    };
  }
  const held = outcome.held.find(isOwn);
  if (held !== undefined) {
    const node = model.nodes[held.node]?.metadata.name ?? "";
    return {
      cause: `${what} never ends: the new pod waits for claim ${held.claim}, which only one node may have, and ${node} has it for as long as the old pod runs`,
      fix: "let the old pod go first: strategy Recreate, or maxSurge 0 with maxUnavailable 1",
      isGone: false,
    };
  }
  const [waitsFor] = outcome.waitsFor;
  if (waitsFor !== undefined && model.podClass(waitsFor).workload === index) {
    return {
      cause: `${what} never begins: ${model.nameOf(waitsFor)} is not ready, and the set goes in order`,
      fix: `make ${model.nameOf(waitsFor)} ready, or set podManagementPolicy to Parallel`,
      isGone: false,
    };
  }
  if (unplaced === undefined) return undefined;
  return {
    cause: `a pod of it finds no node ${outcome.ends ? "after" : "while"} ${what}`,
    message: unplaced.message,
    fix: "make room for one more pod on a node that will do",
    isGone: true,
    ...mended,
  };
}

function nameOf(budget: Budget | undefined): string {
  const { namespace = "", name = "" } = budget?.object.metadata ?? {};
  return `${namespace}/${name}`;
}

function spareFix({ ready, workload }: WorkloadFacts): string {
  return ready <= 1
    ? `run two of ${workload.name}, apart from each other, with a budget that keeps one`
    : `give ${workload.name} a budget that keeps enough of it`;
}

/** From a pod's leaving until another serves, for the slowest of its pods. */
function downOf({ classes }: WorkloadFacts, facts: Facts): Seconds {
  let longest: Seconds = { min: 0, median: 0, max: 0 };
  for (const index of classes) {
    const { start } = facts.classes[index] as Facts["classes"][number];
    const pulls = start.images.map(({ pull, check }) => ({ ...pull, min: check.min }));
    const down = sum(REPLACED, ...pulls, start.rest);
    if (down.max > longest.max) longest = down;
  }
  return longest;
}

/** Judges drains, one after another as an upgrade would do them, and rollouts, each from the model's state. */
export class ChangeJudge {
  readonly #facts: Facts;
  readonly #seeds: readonly number[];
  #drained: ChangingCluster | undefined;
  /** One for every way of breaking ties. */
  #rolled: readonly ChangingCluster[] | undefined;

  /** @param seeds ways of breaking ties between nodes; the first alone for drains, each of which goes on from where the last one ended */
  constructor(facts: Facts, seeds: readonly number[]) {
    this.#facts = facts;
    this.#seeds = seeds;
  }

  /** @param loss of kind "drain" or "rollout" */
  judge(loss: Loss): Judgement {
    const workloads =
      loss.workload === undefined ? this.#judgeDrain(loss.nodes) : this.#judgeRollout(loss.workload);
    const certificate = this.#facts.workloads.length - workloads.length;
    return { loss, workloads, untouched: { certificate, simulation: 0 } };
  }

  /** A drain that does not end is called off, and the next one begins as if it had not been tried. */
  #judgeDrain(nodes: readonly number[]): readonly JudgedChange[] {
    this.#drained ??= this.#cluster(this.#seeds[0] as number);
    const cluster = this.#drained;
    const { mark } = cluster;
    const outcome = drain(cluster, nodes);
    const names = nodes.map((node) => this.#facts.model.nodes[node]?.metadata.name);
    const judged = judgeChange(outcome, `draining ${names.join(" and ")}`, this.#facts);
    if (outcome.ends) for (const node of nodes) cluster.uncordon(node);
    else cluster.goBack(mark);
    return judged;
  }

  /** The worst that any way of breaking ties comes to. */
  #judgeRollout(index: number): readonly JudgedChange[] {
    this.#rolled ??= this.#seeds.map((seed) => this.#cluster(seed));
    const workload = this.#facts.model.workloads[index] as Workload;
    const what = `rolling out ${workload.kind} ${workload.name}`;
    const worst = new Map<number, JudgedChange>();
    for (const cluster of this.#rolled) {
      const { mark } = cluster;
      const outcome = rollOut(cluster, workload);
      cluster.goBack(mark);
      for (const judged of judgeChange(outcome, what, this.#facts)) {
        const known = worst.get(judged.index);
        if (known === undefined || isWorse(judged.verdict.verdict, known.verdict.verdict))
          worst.set(judged.index, judged);
      }
    }
    return [...worst.values()].sort((a, b) => a.index - b.index);
  }

  #cluster(seed: number): ChangingCluster {
    return new ChangingCluster(this.#facts.model, { seed });
  }
}
