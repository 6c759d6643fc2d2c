/**
 * The exact answer: the same outcomes as `literal/`, digest by digest, a hundred to a thousand times as fast. What is the same for
 * every loss is worked out once for each class of pods (`ClassFacts`) and ranked once for each shape (`Rankings`); a loss changes
 * little, notes what it changes (`LossState`), and takes it back. What is not covered is left to the literal scheduler on the same
 * state, pod by pod, and counted.
 */
import { Snapshot } from "../../scheduler/snapshot.ts";
import { LiteralAnswer } from "../literal/literal-answer.ts";
import type { Turn } from "../literal/queue.ts";
import { waitingBefore } from "../model/after-loss.ts";
import type { PodMove, PodPlace } from "../model/change.ts";
import type { Model } from "../model/model.ts";
import { type Outcome, UNPLACED } from "../outcome.ts";
import { Certifier } from "./certifier.ts";
import { ChangeReach } from "./change-reach.ts";
import { type Choice, Chooser } from "./chooser.ts";
import { Counters } from "./counters.ts";
import { type Coverage, ExactRun } from "./exact-run.ts";
import { FactReader } from "./fact-reader.ts";
import { LossState } from "./loss-state.ts";
import { NodeState } from "./node-state.ts";
import { Ports } from "./ports.ts";
import { Preemptor } from "./preemptor.ts";
import { Rankings } from "./rankings.ts";
import { Reclaimable } from "./reclaimable.ts";
import { prioritiesOf } from "./standing-pods.ts";
import { Topology } from "./topology.ts";

export interface ExactOptions {
  /** Decides where the scheduler may choose freely. */
  readonly seed: number;
}

/** How chance has it in one loss, and what else is lost in it. */
export interface ExactLoss {
  /** In the place of the answer's own. */
  readonly seed?: number;
  /** In which order displaced pods come; by priority unless told otherwise. */
  readonly turn?: Turn | undefined;
  /** Indexes of pods that go although their nodes stay. */
  readonly lostPods?: readonly number[];
  /** Where to keep what was chosen without anybody having to leave, for those who follow changes. */
  readonly choices?: Choice[];
}

/** Answers any number of losses, one after the other; each begins with the model's state. */
export class ExactAnswer {
  readonly coverage: Coverage = { own: 0, literal: new Map() };
  readonly #model: Model;
  readonly #seed: number;
  readonly #state: LossState;
  readonly #facts: FactReader;
  readonly #chooser: Chooser;
  readonly #counters: Counters;
  readonly #topology: Topology;
  readonly #rankings: Rankings;
  #reclaimable: Reclaimable;
  #preemptor: Preemptor;
  readonly #priorities: Float64Array;
  #waitingBefore: readonly number[];
  /** The lowest priority of any pod that stands somewhere: nobody is preempted for one that is no more important. */
  #lowestPriority: number;
  #certifier: Certifier;
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
    this.#counters = counters;
    this.#topology = topology;
    this.#rankings = rankings;
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
    this.#reclaimable = new Reclaimable(model, standing);
    this.#preemptor = this.#newPreemptor();
    this.#waitingBefore = waitingBefore(model);
    this.#priorities = prioritiesOf(model);
    this.#lowestPriority = lowestPriority(model);
    this.#certifier = this.#newCertifier();
  }

  #newPreemptor(): Preemptor {
    return new Preemptor({
      model: this.#model,
      state: this.#state,
      counters: this.#counters,
      topology: this.#topology,
      reclaimable: this.#reclaimable,
    });
  }

  #newCertifier(): Certifier {
    return new Certifier({
      model: this.#model,
      facts: this.#facts,
      chooser: this.#chooser,
      counters: this.#counters,
      state: this.#state,
      standing: this.#state.standing,
      reclaimable: this.#reclaimable,
      waitingBefore: this.#waitingBefore,
      lowestPriority: this.#lowestPriority,
    });
  }

  /** Whether `follow` can take over the change of a pod: host ports that two pods share are not counted. */
  canFollow({ before, after }: PodMove): boolean {
    const { footprints } = this.#state.standing;
    return [before, after].every(
      (place) => place === undefined || footprints[place.podClass]?.ports.length === 0,
    );
  }

  /**
   * Takes over what the model has been told of one pod whose class is known, between two losses, and what it leaves out of account.
   * @param see is told what the change reaches, before it is over */
  follow({ before, after }: PodMove, see: (reach: ChangeReach) => void): void {
    const isSame = before?.node === after?.node && before?.podClass === after?.podClass;
    const places = isSame ? [] : [before, after].filter((place) => place !== undefined && place.node >= 0);
    const reach = new ChangeReach(
      this.#state,
      this.#counters,
      places.map((place) => place as PodPlace),
    );
    if (!isSame) {
      if (before !== undefined && before.node >= 0)
        this.#state.changeStanding(before.podClass, before.node, -1);
      if (after !== undefined && after.node >= 0) this.#state.changeStanding(after.podClass, after.node, 1);
      this.#chooser.forgetCounts();
    }
    see(reach);
    this.#state.settle();
    this.#rankings.noteChanges();
    this.#waitingBefore = waitingBefore(this.#model);
    this.#followLowestPriority(places);
    this.#reclaimable = new Reclaimable(this.#model, this.#state.standing);
    this.#preemptor = this.#newPreemptor();
    this.#certifier = this.#newCertifier();
    this.#literal = undefined;
  }

  #followLowestPriority(places: readonly (PodPlace | undefined)[]): void {
    for (const place of places) {
      const priority = this.#priorities[place?.podClass ?? -1] ?? Number.POSITIVE_INFINITY;
      if (priority < this.#lowestPriority) this.#lowestPriority = priority;
      // It may have been the last of them.
      else if (priority === this.#lowestPriority) this.#lowestPriority = lowestPriority(this.#model);
    }
  }

  /** Whether every pod that the loss displaces finds a node, in whatever order and however the scheduler chooses. */
  certifies(lost: readonly number[]): boolean {
    return this.#certifier.certifies(lost);
  }

  /** The same at a fraction of the cost, which finds less: for millions of sets of nodes. */
  certifiesQuickly(lost: readonly number[]): boolean {
    return this.#certifier.certifiesQuickly(lost);
  }

  /** How many nodes, whichever, may be lost at once so that everything displaced finds a node: so many for certain. */
  certifiedNodes(): number {
    return this.#certifier.nodesAtOnce();
  }

  /** @param lost indexes of the nodes that are lost at once */
  outcomeOf(lost: readonly number[], how: ExactLoss = {}): Outcome {
    return this.#run(lost, how, (run) => run.placeAll(this.#waitingBefore));
  }

  /**
   * Why these pods find no node, as the scheduler says it on the state that the outcome leaves.
   * @param look at that state, before it is taken back */
  explain(
    lost: readonly number[],
    how: ExactLoss,
    pods: readonly number[],
    look: (snapshot: Snapshot) => void,
  ): ReadonlyMap<number, string> {
    return this.#run(lost, how, (run) => {
      const left = new Map(run.placeAll(this.#waitingBefore).placements.map(({ pod, node }) => [pod, node]));
      // Nobody has tried those that another scheduler is to place, or that gates hold back.
      const messages = run.reasonsFor(pods.filter((pod) => left.get(pod) === UNPLACED));
      look(this.#literalFor(how.seed ?? this.#seed).snapshot);
      return messages;
    });
  }

  /** Those of the pods that would find a node if they came first of all that the loss displaces. */
  fittingFirst(lost: readonly number[], pods: readonly number[], how: ExactLoss = {}): readonly number[] {
    return this.#run(lost, how, (run) => pods.filter((pod) => run.fits(pod)));
  }

  #run<T>(
    lost: readonly number[],
    { seed = this.#seed, turn, lostPods = [], choices }: ExactLoss,
    go: (run: ExactRun) => T,
  ): T {
    this.#state.breakTies(seed);
    const run = new ExactRun({
      model: this.#model,
      state: this.#state,
      facts: this.#facts,
      chooser: this.#chooser,
      preemptor: this.#preemptor,
      lost,
      turn,
      priorities: this.#priorities,
      coverage: this.coverage,
      lowestPriority: this.#lowestPriority,
      choices,
      beginLiteral: () => this.#literalFor(seed).begin(lost),
    });
    try {
      run.lose();
      for (const pod of lostPods) run.losePod(pod);
      return go(run);
    } finally {
      run.undo();
    }
  }

  #literalFor(seed: number): LiteralAnswer {
    this.#literal = this.#literal?.withSeed(seed) ?? new LiteralAnswer(this.#model, { seed });
    return this.#literal;
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
