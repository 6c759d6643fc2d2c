/**
 * Judges one loss: what placing came to and how long everything takes, as a verdict for every workload that it touches.
 *
 * Data goes: loss + outcome → clock (`clock.ts`) → fate of every lost pod (`fate.ts`) → for how long which requirement is not
 * met (`shortfall.ts`) → verdict, cause and trace (`words.ts`). With several outcomes, one for each way of breaking ties, the worst
 * counts. Nothing here places a pod, and nothing is guessed: what cannot be told is `unknown`, by name.
 */
import type { Loss } from "../losses/loss.ts";
import { isReplaced, waitingBefore } from "../model/after-loss.ts";
import { type Outcome, UNPLACED } from "../outcome.ts";
import {
  isWorse,
  type PairsWithRoom,
  type Proof,
  type SecondsOrNever,
  VERDICTS,
  type WorkloadVerdict,
} from "../result.ts";
import { casesOf } from "./cases.ts";
import { clockOf, type LossClock, Zones } from "./clock.ts";
import { enoughOf } from "./enough.ts";
import { countsAsReady, type Facts, type WorkloadFacts } from "./facts.ts";
import { Fates } from "./fate.ts";
import { Gone } from "./gone.ts";
import { Images } from "./images.ts";
import type { Refusal } from "./quotas.ts";
import { orNever } from "./seconds.ts";
import { mostAbsent } from "./shortfall.ts";
import { causeOf, fixOf, messageOf, traceOf } from "./words.ts";

/** One way in which chance may have it. */
export interface Try {
  /** Breaks ties between nodes. */
  readonly seed: number;
  /** Pods come in another order than the model's: which is theirs, evictions and what wakes those that have waited decide. */
  readonly isShuffled: boolean;
}

/** What the scheduler says of a pod without a node. */
export interface Words {
  readonly message: string;
  readonly fix?: string;
}

/** How displaced pods are placed. */
export interface Placing {
  /** Losses that are going to be asked about, in that order, and with which ways of chance: for whoever can make use of the time. */
  announce?(losses: readonly Loss[], tries: readonly Try[]): void;
  outcome(loss: Loss, one: Try): Outcome;
  /**
   * Why pods found no node in that outcome, in the scheduler's words, and the smallest change that would place each; by pod. None
   * of those for which it would take too long.
   */
  explain(loss: Loss, one: Try, pods: readonly number[]): ReadonlyMap<number, Words>;
  /** Which of the pods without a node would have found one had they come first: somebody else has taken their room. */
  contested(loss: Loss, one: Try, unplaced: readonly number[]): readonly number[];
  /** Whether every way of choosing nodes places all that the loss displaces. */
  isCertified(loss: Loss): boolean;
  /** How many nodes, whichever, may be lost at once so that everything displaced finds a node: at least so many. */
  certifiedNodes(): number;
  /** For every pair of nodes, whether all that its loss displaces finds a node. */
  pairs(): PairsWithRoom;
}

export interface JudgeOptions {
  readonly facts: Facts;
  readonly placing: Placing;
  /** Ways of chance that are tried where no certificate holds: the first of them alone where one does. */
  readonly tries: readonly Try[];
  /** Degraded for longer than so many seconds counts as an outage. */
  readonly withinSeconds?: number;
}

export interface Judgement {
  readonly loss: Loss;
  /** Every workload that the loss touches, by the order of the model; safe ones too. */
  readonly workloads: readonly { readonly index: number; readonly verdict: WorkloadVerdict }[];
  /** Where the pods go, by the first way of chance; absent where nobody places any. */
  readonly outcome?: Outcome;
  /** By what the workloads that are not touched are safe. */
  readonly untouched: { readonly certificate: number; readonly simulation: number };
}

/** A verdict of one try. */
interface Draft {
  readonly verdict: WorkloadVerdict;
  readonly one: Try;
  /** A pod of the workload that found no node. */
  readonly unplaced?: number;
  /** Cause, mend and trace; absent for what is safe. */
  readonly inWords?: () => Partial<WorkloadVerdict>;
}

export class Judge {
  readonly #options: JudgeOptions;
  readonly #zones: Zones;
  readonly #images: Images;
  /** By workload, the lowest priority of its pods; and the same ascending. */
  readonly #lowest: Float64Array;
  readonly #lowestAscending: Float64Array;
  /** Pods that have waited for a node since before any loss. */
  readonly #waiting: readonly number[];

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#zones = new Zones(options.facts);
    this.#images = new Images(options.facts);
    const { classes, workloads } = options.facts;
    this.#lowest = Float64Array.from(workloads, ({ classes: own }) =>
      Math.min(...own.map((index) => classes[index]?.podClass.prototype.spec.priority ?? 0)),
    );
    this.#lowestAscending = this.#lowest.toSorted();
    this.#waiting = waitingBefore(options.facts.model);
  }

  judge(loss: Loss): Judgement {
    const { facts, placing, tries } = this.#options;
    const clock = clockOf(loss, facts, this.#zones);
    const isCertified = clock.isControlled && placing.isCertified(loss);
    const tried =
      isCertified || !clock.isControlled
        ? tries.slice(0, 1)
        : tries.filter(({ isShuffled }) => !isShuffled || loss.pod === undefined || this.#waiting.length > 0);
    const proof: Proof = clock.isControlled
      ? isCertified
        ? "certificate: there is room for all that is displaced, whatever the scheduler chooses"
        : simulated(tried)
      : "certificate: without a control plane nothing is placed";
    const worst = new Map<number, Draft>();
    const timesHit = new Map<number, number>();
    const lost = lostPods(loss, facts);
    const refusals = clock.isControlled ? this.#refusals(loss, lost) : NO_REFUSALS;
    let first: Outcome | undefined;
    for (const one of tried) {
      const outcome: Outcome = clock.isControlled
        ? placing.outcome(loss, one)
        : { placements: [], victims: [] };
      first ??= outcome;
      const about = { clock, one, proof, lost, refusals };
      for (const [index, draft] of this.#judgeOutcome(loss, outcome, about)) {
        const known = worst.get(index);
        worst.set(index, known === undefined ? draft : worseOf(known, draft));
        timesHit.set(index, (timesHit.get(index) ?? 0) + 1);
      }
    }
    for (const [index, draft] of worst)
      if ((timesHit.get(index) as number) < tried.length) worst.set(index, sparedByChance(draft));
    const verdicts = this.#explained(loss, worst);
    const indexes = [...worst.keys()].sort((a, b) => a - b);
    return {
      loss,
      workloads: indexes.map((index) => ({ index, verdict: verdicts.get(index) as WorkloadVerdict })),
      ...(clock.isControlled && first !== undefined && { outcome: first }),
      untouched: this.#untouched(lost, indexes, isCertified || !clock.isControlled),
    };
  }

  /** The scheduler is asked for its words once for each way of chance, and only about what is told. */
  #explained(loss: Loss, drafts: ReadonlyMap<number, Draft>): Map<number, WorkloadVerdict> {
    const verdicts = new Map<number, WorkloadVerdict>();
    const byTry = new Map<Try, number[]>();
    for (const [index, { verdict, inWords, unplaced, one }] of drafts) {
      verdicts.set(index, inWords === undefined ? verdict : { ...verdict, ...inWords() });
      if (unplaced !== undefined) byTry.set(one, [...(byTry.get(one) ?? []), unplaced]);
    }
    for (const [one, pods] of byTry) {
      const words = this.#options.placing.explain(loss, one, pods);
      for (const [index, draft] of drafts) {
        const said = draft.unplaced === undefined ? undefined : words.get(draft.unplaced);
        const verdict = verdicts.get(index);
        if (said !== undefined && verdict !== undefined && draft.one === one) {
          verdicts.set(index, { ...verdict, ...said });
        }
      }
    }
    return verdicts;
  }

  /** Those whose pods may be made to go by something more important are safe as far as was tried, the others for certain. */
  #untouched(
    lost: readonly number[],
    touched: readonly number[],
    isCertain: boolean,
  ): Judgement["untouched"] {
    const { workloads, model } = this.#options.facts;
    const count = workloads.length - touched.length;
    if (isCertain) return { certificate: count, simulation: 0 };
    let highest = Number.NEGATIVE_INFINITY;
    for (const pod of [...lost, ...this.#waiting]) {
      const { spec } = model.podClass(pod).prototype;
      if (spec.preemptionPolicy !== "Never") highest = Math.max(highest, spec.priority ?? 0);
    }
    let mayGo = countBelow(this.#lowestAscending, highest);
    for (const index of touched) if ((this.#lowest[index] as number) < highest) mayGo--;
    return { certificate: count - mayGo, simulation: mayGo };
  }

  #judgeOutcome(loss: Loss, outcome: Outcome, about: About): Map<number, Draft> {
    const { facts } = this.#options;
    const { model } = facts;
    const fates = new Fates(loss, outcome, {
      facts,
      clock: about.clock,
      images: this.#images,
      contested: this.#contested(loss, outcome, about.one),
      refusals: about.refusals,
    });
    const lost = new Map<number, number[]>();
    const note = (pod: number) => {
      const { workload } = model.podClass(pod);
      const pods = lost.get(workload);
      if (pods === undefined) lost.set(workload, [pod]);
      else pods.push(pod);
    };
    for (const pod of about.lost) note(pod);
    const victims = outcome.victims.filter(
      (pod) => countsAsReady(model, pod) && !isLost(loss, model.nodeOf[pod] as number, pod),
    );
    for (const pod of victims) note(pod);
    const gone = new Gone(facts, fates, about.clock, { lost, victims: new Set(victims) });
    const verdicts = new Map<number, Draft>();
    for (const [index, pods] of lost) verdicts.set(index, this.#verdict(index, pods, gone, loss, about));
    return verdicts;
  }

  /** A pod that goes from a node that lives is off every quota at once. */
  #refusals(loss: Loss, lost: readonly number[]): ReadonlyMap<number, Refusal> {
    const { facts } = this.#options;
    if (loss.pod !== undefined || facts.model.quotas.length === 0) return NO_REFUSALS;
    const displaced = lost.filter((pod) => isReplaced(facts.model.podClass(pod)));
    return facts.quotas.refusals(displaced);
  }

  /**
   * Pods come in the order of their evictions, which chance decides. Where there is not room for all, whoever is placed may come
   * too late in another order, unless it is more important: the pods without a node of which that is so.
   */
  #contested(loss: Loss, outcome: Outcome, one: Try): readonly number[] {
    const { facts, placing } = this.#options;
    const { model } = facts;
    if (!outcome.placements.some(({ node }) => node === UNPLACED)) return NONE;
    const last = new Map(outcome.placements.map(({ pod, node }) => [pod, node]));
    // A pod that waited before is nobody's loss.
    const unplaced = [...last]
      .filter(([pod, node]) => node === UNPLACED && (model.nodeOf[pod] as number) >= 0)
      .map(([pod]) => pod);
    if (unplaced.length === 0 || last.size === unplaced.length || loss.pod !== undefined) return [];
    return placing.contested(loss, one, unplaced);
  }

  #verdict(
    index: number,
    pods: readonly number[],
    gone: Gone,
    loss: Loss,
    { clock, one, proof }: About,
  ): Draft {
    const { facts, withinSeconds } = this.#options;
    const workload = facts.workloads[index] as WorkloadFacts;
    const { kind, namespace, name } = workload.workload;
    const ready = pods.filter((pod) => countsAsReady(facts.model, pod));
    const absences = ready.map((pod) => gone.absence(pod));
    const lowest = workload.ready - mostAbsent(absences);
    const enough = enoughOf(index, facts);
    const isServed = ready.some(
      (pod) => !gone.isVictim(pod) && facts.classes[facts.model.classOf[pod] as number]?.isServed,
    );
    const situation = { facts, loss, clock, workload, pods, ready, absences, gone };
    const cases = casesOf(situation, withinSeconds);
    if (cases.length > 1) cases.sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
    const [main, ...others] = cases;
    const base = {
      kind,
      namespace,
      name,
      ready: { before: workload.ready, lowest, wanted: workload.wanted, enough },
      ...(isServed && { deadEndpointsSeconds: orNever(clock.withdrawn) }),
    };
    if (main === undefined) {
      const why = workload.purpose === "per-node" ? PER_NODE : proof;
      return {
        one,
        verdict: { ...base, verdict: "safe", cause: "nothing that it needs is lost", proof: why },
      };
    }
    // That fewer are ready goes without saying where too few are.
    const rest = others.filter(({ verdict }) => verdict !== "degraded");
    const unplaced = [main, ...rest].flatMap((one) => one.unplaced ?? [])[0];
    const verdict: WorkloadVerdict = {
      ...base,
      verdict: main.verdict,
      ...(main.down !== undefined && { downSeconds: orNever(main.down) }),
      cause: "",
      proof,
    };
    // Of many ways of chance only the worst is put into words.
    const inWords = (): Partial<WorkloadVerdict> => {
      const fix = fixOf(main, situation);
      const message = messageOf(situation);
      return {
        cause: causeOf(main, situation),
        ...(message !== undefined && { message }),
        ...(fix !== undefined && { fix }),
        ...(rest.length > 0 && {
          also: rest.map((each) => ({ verdict: each.verdict, cause: causeOf(each, situation) })),
        }),
        ...(main.verdict !== "degraded" && { trace: traceOf(situation) }),
      };
    };
    return { verdict, one, inWords, ...(unplaced !== undefined && { unplaced }) };
  }
}

/** What all verdicts of one way of chance begin with. */
interface About {
  readonly clock: LossClock;
  readonly one: Try;
  readonly proof: Proof;
  readonly lost: readonly number[];
  readonly refusals: ReadonlyMap<number, Refusal>;
}

const NO_REFUSALS: ReadonlyMap<number, Refusal> = new Map();
const NONE: readonly number[] = Object.freeze([]);

const PER_NODE: Proof = "certificate: each of its pods is there for its own node";

function simulated(tried: readonly Try[]): Proof {
  const orders = tried.filter(({ isShuffled }) => isShuffled).length;
  const seeds = `${tried.length - orders} tie-break seeds`;
  return orders === 0 ? `simulation: ${seeds}` : `simulation: ${seeds}, ${orders} other orders of eviction`;
}

/** The pods of what is lost that somebody counts on: those on their way out are not. */
export function lostPods(loss: Loss, { model }: Pick<Facts, "model">): number[] {
  const pods: number[] = [];
  const note = (pod: number) => {
    if (!model.isTerminating(pod)) pods.push(pod);
  };
  if (loss.pod !== undefined) note(loss.pod);
  else for (const node of loss.nodes) for (const pod of model.podsOn(node)) note(pod);
  return loss.nodes.length > 1 ? pods.sort((a, b) => a - b) : pods;
}

/** How many of the ascending numbers are below the limit. */
function countBelow(ascending: Float64Array, limit: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ascending[middle] as number) < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

function isLost(loss: Loss, node: number, pod: number): boolean {
  return loss.pod === undefined ? loss.nodes.includes(node) : loss.pod === pod;
}

/** The worse of what two ways of chance come to, with a range that covers both. */
function worseOf(a: Draft, b: Draft): Draft {
  const [worse, better] = isWorse(b.verdict.verdict, a.verdict.verdict) ? [b, a] : [a, b];
  return { ...worse, verdict: covering(worse.verdict, better.verdict) };
}

/** What some ways of chance do not do to the workload at all may last for no time. */
function sparedByChance(draft: Draft): Draft {
  const { verdict } = draft;
  if (verdict.downSeconds === undefined) return draft;
  return { ...draft, verdict: { ...verdict, downSeconds: { ...verdict.downSeconds, min: 0 } } };
}

function covering(worse: WorkloadVerdict, better: WorkloadVerdict): WorkloadVerdict {
  const [long, short] = [worse.downSeconds, better.downSeconds];
  if (long === undefined) return worse;
  // An outage that not every way of chance brings about may not come at all.
  if (worse.verdict === "outage" && better.verdict !== "outage")
    return { ...worse, downSeconds: { ...long, min: 0 } };
  const pick = (of: keyof SecondsOrNever, choose: (...values: number[]) => number) => {
    const value = choose(long[of] ?? Number.POSITIVE_INFINITY, short?.[of] ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(value) ? value : null;
  };
  const downSeconds = {
    min: pick("min", Math.min),
    median: pick("median", Math.max),
    max: pick("max", Math.max),
  };
  return { ...worse, downSeconds };
}
