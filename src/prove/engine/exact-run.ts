import type { LossRun } from "../literal/loss-run.ts";
import { type Turn, tryAll, type Waiting, type WaitingQueue } from "../literal/queue.ts";
import { isReplaced, returnsAfterEviction } from "../model/after-loss.ts";
import type { Model } from "../model/model.ts";
import { type Outcome, type Placement, UNPLACED } from "../outcome.ts";
import { type Choice, type Chooser, NOWHERE } from "./chooser.ts";
import type { ClassFacts } from "./class-facts.ts";
import type { FactReader } from "./fact-reader.ts";
import { LossBudgets } from "./loss-budgets.ts";
import type { LossState } from "./loss-state.ts";
import type { Preemptor } from "./preemptor.ts";
import { type Standing, StandingPods } from "./standing-pods.ts";

/** How often the engine decided about a pod by itself, and how often it asked the literal scheduler, by reason. */
export interface Coverage {
  own: number;
  readonly literal: Map<string, number>;
}

export interface ExactRunInput {
  readonly model: Model;
  readonly lost: readonly number[];
  readonly state: LossState;
  readonly facts: FactReader;
  readonly chooser: Chooser;
  readonly preemptor: Preemptor;
  readonly coverage: Coverage;
  /** In which order displaced pods come; by priority unless told otherwise. */
  readonly turn: Turn | undefined;
  /** By class. */
  readonly priorities: Float64Array;
  /** Of all pods that stand somewhere before the loss. */
  readonly lowestPriority: number;
  /** Where to keep every choice, for whoever wants to know later what it depended on. */
  readonly choices?: Choice[] | undefined;
  /** The loss on the literal scheduler's snapshot, before anybody is placed. */
  readonly beginLiteral: () => LossRun;
}

/** Tells the literal run one thing that has happened. */
type Step = (literal: LossRun) => void;

/** One loss, step by step as `LossRun` does it. */
export class ExactRun {
  readonly #input: ExactRunInput;
  readonly #pods: StandingPods;
  readonly #budgets: LossBudgets;
  readonly #displaced: number[] = [];
  readonly #placements: Placement[] = [];
  readonly #victims: number[] = [];
  #lowestPriority: number;
  #literal: LossRun | undefined;
  /** What the literal run does not know yet. */
  readonly #untold: Step[] = [];
  /** By class, how much had changed when none of its pods found a node. */
  readonly #failedAt = new Map<number, number>();

  constructor(input: ExactRunInput) {
    this.#input = input;
    this.#pods = new StandingPods(input.model, input.priorities);
    this.#budgets = new LossBudgets(input.model, input.lost);
    this.#lowestPriority = input.lowestPriority;
  }

  /** The state once the nodes are known to be lost and their pods have been told to leave. */
  lose(): void {
    const { model, state, lost } = this.#input;
    for (const node of lost) {
      state.lose(node);
      for (const pod of model.podsOn(node)) {
        const podClass = model.podClass(pod);
        if (model.isTerminating(pod) || !podClass.leavesLostNode) continue;
        state.terminate(podClass.index, node);
        this.#pods.terminate(pod);
        if (isReplaced(podClass)) this.#displaced.push(pod);
      }
    }
  }

  /** The state once a pod has gone from a node that stays. */
  losePod(pod: number): void {
    const { model, state } = this.#input;
    const node = model.nodeOf[pod] as number;
    if (node < 0) return;
    const isTerminating = model.isTerminating(pod);
    const standing = this.#pods.standing(pod, { isTerminating, isArrival: false });
    this.#untold.push((literal) => literal.losePod(pod));
    state.remove(standing.podClass, node, isTerminating);
    this.#pods.leave(standing, node);
    this.#budgets.noteEviction(standing);
    if (returnsAfterEviction(model.podClass(pod))) this.#displaced.push(pod);
  }

  /** Tries every pod in turn, and those that found no node again for as long as that places another. */
  placeAll(waitingBefore: readonly number[]): Outcome {
    const unplaced = tryAll(this.#input.model, {
      displaced: this.#displaced,
      waitingBefore,
      turn: this.#input.turn,
      place: (waiting, queue) => this.#place(waiting, queue),
    });
    return { placements: [...this.#placements, ...unplaced], victims: this.#victims };
  }

  /** Whether a replacement of the pod would find a node as things stand, without anybody having to leave. */
  fits(pod: number): boolean {
    const { model, facts, chooser } = this.#input;
    const { index, isPinned } = model.podClass(pod);
    const known = facts.of(index);
    if (isPinned || known.kind === "literal") return this.#toldLiteral().fits(pod);
    return known.kind === "covered" && chooser.choose(known) !== NOWHERE;
  }

  /** By pod, why a replacement of it finds no node as things stand, in the literal scheduler's words. */
  reasonsFor(pods: readonly number[]): ReadonlyMap<number, string> {
    const literal = this.#toldLiteral();
    return new Map(pods.map((pod) => [pod, literal.reasonFor(pod)]));
  }

  undo(): void {
    this.#literal?.undo();
    this.#input.state.undo();
  }

  /** Whether the pod found a node. */
  #place(waiting: Waiting, queue: WaitingQueue): boolean {
    const { model, state, facts, coverage } = this.#input;
    const { index, isPinned } = model.podClass(waiting.pod);
    // Nothing has changed since one just like it failed.
    if (this.#failedAt.get(index) === state.version) return false;
    const known = facts.of(index);
    const why = isPinned ? "a pod for one node" : known.kind === "literal" ? known.why : undefined;
    if (why !== undefined) return this.#placeLiterally(waiting, queue, why);
    const node = known.kind === "covered" ? this.#find(waiting, known, queue) : NOWHERE;
    if (node === LITERAL) return this.#placeLiterally(waiting, queue, "preemption");
    coverage.own++;
    if (node === NOWHERE) {
      this.#failedAt.set(index, state.version);
      return false;
    }
    this.#untold.push((literal) => literal.adopt(waiting, node));
    this.#bind(waiting, index, node);
    return true;
  }

  /** A node, by preemption where that is the only way. */
  #find({ pod }: Waiting, known: ClassFacts, queue: WaitingQueue): number {
    const { model, chooser, preemptor, choices } = this.#input;
    const node = chooser.choose(known);
    if (node !== NOWHERE) {
      choices?.push(chooser.lastChoice(known, node));
      return node;
    }
    const { preemptionPolicy, priority = 0 } = model.podClass(pod).prototype.spec;
    if (preemptionPolicy === "Never" || priority <= this.#lowestPriority) return NOWHERE;
    if (known.leavesPreemption) return LITERAL;
    const candidate = preemptor.find(known, priority, this.#pods, this.#budgets);
    if (candidate === undefined) return NOWHERE;
    for (const victim of candidate.victims) {
      this.#untold.push((literal) => literal.adoptEviction(victim, candidate.node));
      this.#evict(victim, candidate.node);
      const returns = returnsAfterEviction(model.podClass(victim.pod));
      if (!victim.isTerminating && returns) queue.join({ pod: victim.pod, isOld: false });
    }
    return chooser.suits(known, candidate.node) ? candidate.node : chooser.choose(known);
  }

  #evict(victim: Standing, node: number): void {
    this.#input.state.remove(victim.podClass, node, victim.isTerminating);
    this.#pods.leave(victim, node);
    this.#budgets.noteEviction(victim);
    this.#victims.push(victim.pod);
  }

  #bind({ pod, isOld }: Waiting, podClass: number, node: number): void {
    const { model, state } = this.#input;
    state.place(podClass, node);
    this.#pods.arrive(pod, node, isOld);
    this.#placements.push({ pod, node });
    const { priority = 0 } = model.podClass(pod).prototype.spec;
    this.#lowestPriority = Math.min(this.#lowestPriority, priority);
  }

  /** Lets the literal scheduler look, once it knows what has happened so far, and takes over what it does. */
  #placeLiterally(waiting: Waiting, queue: WaitingQueue, why: string): boolean {
    const { model, coverage } = this.#input;
    coverage.literal.set(why, (coverage.literal.get(why) ?? 0) + 1);
    const { node, evictions } = this.#toldLiteral().place(waiting, queue);
    for (const { pod, node: from, wasTerminating, wasArrival } of evictions) {
      this.#evict(this.#pods.standing(pod, { isTerminating: wasTerminating, isArrival: wasArrival }), from);
    }
    if (node === UNPLACED) return false;
    this.#bind(waiting, model.classOf[waiting.pod] as number, node);
    return true;
  }

  /** The literal scheduler, once it knows what has happened so far. */
  #toldLiteral(): LossRun {
    this.#literal ??= this.#input.beginLiteral();
    for (const step of this.#untold) step(this.#literal);
    this.#untold.length = 0;
    return this.#literal;
  }
}

/** In the place of a node: only the literal scheduler can say. */
const LITERAL = -2;
