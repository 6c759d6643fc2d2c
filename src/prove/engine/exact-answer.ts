/**
 * The exact answer: the same outcomes as `literal/`, digest by digest, a hundred to a thousand times as fast. What is the same for
 * every loss is worked out once for each class of pods (`ClassFacts`) and ranked once for each shape (`Rankings`); a loss changes
 * little, notes what it changes (`LossState`), and takes it back. What is not covered is left to the literal scheduler on the same
 * state, pod by pod, and counted.
 */
import { Snapshot } from "../../scheduler/snapshot.ts";
import { LiteralAnswer } from "../literal/literal-answer.ts";
import type { LossRun } from "../literal/loss-run.ts";
import { type Waiting, WaitingQueue } from "../literal/queue.ts";
import { isReplaced, waitingBefore } from "../model/after-loss.ts";
import type { Model } from "../model/model.ts";
import { type Outcome, type Placement, UNPLACED } from "../outcome.ts";
import { Chooser, NOWHERE } from "./chooser.ts";
import { Counters } from "./counters.ts";
import { FactReader } from "./fact-reader.ts";
import { LossState } from "./loss-state.ts";
import { NodeState } from "./node-state.ts";
import { Ports } from "./ports.ts";
import { Rankings } from "./rankings.ts";
import { Topology } from "./topology.ts";

export interface ExactOptions {
  /** Decides where the scheduler may choose freely. */
  readonly seed: number;
}

/** How often the engine placed a pod, or knew that none will do, and how often it asked the literal scheduler, by reason. */
export interface Coverage {
  own: number;
  readonly literal: Map<string, number>;
}

/** Answers any number of losses, one after the other; each begins with the model's state. */
export class ExactAnswer {
  readonly coverage: Coverage = { own: 0, literal: new Map() };
  readonly #model: Model;
  readonly #seed: number;
  readonly #state: LossState;
  readonly #facts: FactReader;
  readonly #chooser: Chooser;
  readonly #waitingBefore: readonly number[];
  /** The lowest priority of any pod that stands somewhere: nobody is preempted for one that is no more important. */
  readonly #lowestPriority: number;
  #literal: LiteralAnswer | undefined;

  constructor(model: Model, { seed }: ExactOptions) {
    this.#model = model;
    this.#seed = seed;
    const bare = new Snapshot(model.objects);
    for (const node of model.nodes) bare.setNode(node);
    const infos = model.nodes.map(({ metadata }) => {
      const info = bare.node(metadata.name);
      if (info === undefined) throw new Error(`Node ${metadata.name} is not in its own snapshot`);
      return info;
    });
    const ports = new Ports(model.classes);
    const counters = new Counters(model);
    const topology = new Topology(model.nodes);
    const standing = NodeState.of(model, ports);
    this.#state = new LossState(model, standing, counters, seed);
    const rankings = new Rankings(this.#state);
    this.#facts = new FactReader({
      model,
      bare,
      infos,
      ports,
      topology,
      counters,
      rankings,
      footprints: standing.footprints,
    });
    this.#chooser = new Chooser(this.#state, rankings, counters, topology);
    this.#waitingBefore = waitingBefore(model);
    this.#lowestPriority = lowestPriority(model);
  }

  /** @param lost indexes of the nodes that are lost at once */
  outcomeOf(lost: readonly number[]): Outcome {
    const run = new ExactRun({
      model: this.#model,
      state: this.#state,
      facts: this.#facts,
      chooser: this.#chooser,
      coverage: this.coverage,
      lowestPriority: this.#lowestPriority,
      beginLiteral: () => {
        this.#literal ??= new LiteralAnswer(this.#model, { seed: this.#seed });
        return this.#literal.begin(lost);
      },
    });
    try {
      run.lose(lost);
      return run.placeAll(this.#waitingBefore);
    } finally {
      run.undo();
    }
  }
}

function lowestPriority(model: Model): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const { index, prototype } of model.classes) {
    if (model.podsOfClass(index).some((pod) => (model.nodeOf[pod] as number) >= 0)) {
      lowest = Math.min(lowest, prototype.spec.priority ?? 0);
    }
  }
  return lowest;
}

interface ExactRunInput {
  readonly model: Model;
  readonly state: LossState;
  readonly facts: FactReader;
  readonly chooser: Chooser;
  readonly coverage: Coverage;
  readonly lowestPriority: number;
  /** The loss on the literal scheduler's snapshot, before anybody is placed. */
  readonly beginLiteral: () => LossRun;
}

/** One loss. */
class ExactRun {
  readonly #input: ExactRunInput;
  readonly #displaced: number[] = [];
  readonly #placements: Placement[] = [];
  /** Of the placements, those of pods that waited before. */
  readonly #old = new Set<number>();
  readonly #victims: number[] = [];
  #lowestPriority: number;
  #literal: LossRun | undefined;
  /** How many of the placements the literal run knows. */
  #told = 0;
  /** By class, how much had changed when none of its pods found a node. */
  readonly #failedAt = new Map<number, number>();

  constructor(input: ExactRunInput) {
    this.#input = input;
    this.#lowestPriority = input.lowestPriority;
  }

  lose(lost: readonly number[]): void {
    const { model, state } = this.#input;
    for (const node of lost) {
      state.lose(node);
      for (const pod of model.podsOn(node)) {
        const podClass = model.podClass(pod);
        if (model.isTerminating(pod) || !podClass.leavesLostNode) continue;
        state.terminate(podClass.index, node);
        if (isReplaced(podClass)) this.#displaced.push(pod);
      }
    }
  }

  /** Tries every pod in turn, and those that found no node again for as long as that places another: as `LossRun` does. */
  placeAll(waitingBefore: readonly number[]): Outcome {
    let waiting: readonly Waiting[] = [
      ...this.#displaced.map((pod) => ({ pod, isOld: false })),
      ...waitingBefore.map((pod) => ({ pod, isOld: true })),
    ];
    for (;;) {
      const placedBefore = this.#placements.length;
      const queue = new WaitingQueue(this.#input.model, waiting);
      const left: Waiting[] = [];
      for (let next = queue.next(); next !== undefined; next = queue.next()) {
        if (!this.#place(next, queue)) left.push(next);
      }
      waiting = left;
      if (left.length === 0 || this.#placements.length === placedBefore) break;
    }
    const unplaced = waiting.map(({ pod }) => ({ pod, node: UNPLACED }));
    return { placements: [...this.#placements, ...unplaced], victims: this.#victims };
  }

  undo(): void {
    this.#literal?.undo();
    this.#input.state.undo();
  }

  /** Whether the pod found a node. */
  #place(waiting: Waiting, queue: WaitingQueue): boolean {
    const { model, state, facts, chooser, coverage } = this.#input;
    const { index, isPinned, prototype } = model.podClass(waiting.pod);
    if (this.#failedAt.get(index) === state.version) return false;
    const known = facts.of(index);
    const why = isPinned ? "a pod for one node" : known.kind === "literal" ? known.why : undefined;
    if (why !== undefined) return this.#placeLiterally(waiting, queue, why);
    const node = known.kind === "covered" ? chooser.choose(known) : NOWHERE;
    if (node === NOWHERE) {
      const mayPreempt =
        known.kind === "covered" &&
        prototype.spec.preemptionPolicy !== "Never" &&
        (prototype.spec.priority ?? 0) > this.#lowestPriority;
      if (mayPreempt) return this.#placeLiterally(waiting, queue, "preemption");
      coverage.own++;
      this.#failedAt.set(index, state.version);
      return false;
    }
    coverage.own++;
    this.#bind(waiting, index, node);
    return true;
  }

  #bind({ pod, isOld }: Waiting, podClass: number, node: number): void {
    const { model, state } = this.#input;
    state.place(podClass, node);
    if (isOld) this.#old.add(this.#placements.length);
    this.#placements.push({ pod, node });
    const { priority = 0 } = model.podClass(pod).prototype.spec;
    this.#lowestPriority = Math.min(this.#lowestPriority, priority);
  }

  /** Lets the literal scheduler look, once it knows what has happened so far, and takes over what it does. */
  #placeLiterally(waiting: Waiting, queue: WaitingQueue, why: string): boolean {
    const { model, state, coverage, beginLiteral } = this.#input;
    coverage.literal.set(why, (coverage.literal.get(why) ?? 0) + 1);
    this.#literal ??= beginLiteral();
    for (; this.#told < this.#placements.length; this.#told++) {
      const { pod, node } = this.#placements[this.#told] as Placement;
      this.#literal.adopt({ pod, isOld: this.#old.has(this.#told) }, node);
    }
    const { node, evictions } = this.#literal.place(waiting, queue);
    for (const eviction of evictions) {
      state.remove(model.classOf[eviction.pod] as number, eviction.node, eviction.wasTerminating);
      this.#victims.push(eviction.pod);
    }
    const { index } = model.podClass(waiting.pod);
    if (node === UNPLACED) return false;
    this.#bind(waiting, index, node);
    this.#told = this.#placements.length;
    return true;
  }
}
