/**
 * The literal answer: the model as the scheduler's own snapshot, and the scheduler asked about one pod after the other. Slow
 * and plain. It is what every faster answer is compared with, and says in the scheduler's words why a pod finds no node.
 */
import { NodeRanking } from "../../scheduler/node-ranking.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import { waitingBefore } from "../model/after-loss.ts";
import type { Model } from "../model/model.ts";
import type { Outcome } from "../outcome.ts";
import { type LoadedModel, loadModel } from "./loaded-model.ts";
import { LossRun } from "./loss-run.ts";
import type { Turn } from "./queue.ts";

/** An outcome with what the scheduler says about every pod that found no node. */
export interface ExplainedOutcome extends Outcome {
  /** By index of the pod. */
  readonly messages: ReadonlyMap<number, string>;
}

export interface LiteralOptions {
  /** Decides where the scheduler may choose freely. */
  readonly seed: number;
  /** In which order displaced pods come, by priority unless told otherwise: which of them is evicted first is for chance to decide. */
  readonly turn?: Turn;
}

interface Run {
  readonly lost: readonly number[];
  readonly lostPods: readonly number[];
  readonly look?: (snapshot: Snapshot) => void;
}

/** Answers any number of losses, one after the other; each begins with the model's state. */
export class LiteralAnswer {
  readonly #model: Model;
  readonly #ranking: NodeRanking;
  readonly #turn: Turn | undefined;
  readonly #loaded: LoadedModel;
  readonly #waitingBefore: readonly number[];

  constructor(model: Model, { seed, turn }: LiteralOptions, loaded: LoadedModel = loadModel(model)) {
    this.#turn = turn;
    this.#model = model;
    this.#ranking = new NodeRanking(seed);
    this.#loaded = loaded;
    this.#waitingBefore = waitingBefore(model);
  }

  /** One that breaks ties by another seed, on the same snapshot: never two of them at a time. */
  withSeed(seed: number): LiteralAnswer {
    return new LiteralAnswer(this.#model, { seed }, this.#loaded);
  }

  /** The state of the loss at hand; the model's between two. */
  get snapshot(): Snapshot {
    return this.#loaded.snapshot;
  }

  /**
   * @param lost indexes of the nodes that are lost at once
   * @param lostPods indexes of pods that go although their nodes stay */
  outcomeOf(lost: readonly number[], lostPods: readonly number[] = []): Outcome {
    return this.#run({ lost, lostPods }, undefined);
  }

  /**
   * The same with the scheduler's reasons, which take longer to put into words than to have.
   * @param look at the state as the loss leaves it, before it is taken back */
  explain(
    lost: readonly number[],
    lostPods: readonly number[] = [],
    look?: (snapshot: Snapshot) => void,
  ): ExplainedOutcome {
    const messages = new Map<number, string>();
    return { ...this.#run({ lost, lostPods, ...(look && { look }) }, messages), messages };
  }

  /** Those of the pods that would find a node if they came first of all that the loss displaces. */
  fittingFirst(lost: readonly number[], pods: readonly number[]): readonly number[] {
    const run = this.begin(lost);
    try {
      return pods.filter((pod) => run.fits(pod));
    } finally {
      run.undo();
    }
  }

  /** The loss before anybody is placed, for whoever goes on by steps. It has to be undone before the next one. */
  begin(lost: readonly number[], messages?: Map<number, string>): LossRun {
    const run = new LossRun({
      model: this.#model,
      ...this.#loaded,
      ranking: this.#ranking,
      turn: this.#turn,
      messages,
    });
    run.lose(lost);
    return run;
  }

  #run({ lost, lostPods, look }: Run, messages: Map<number, string> | undefined): Outcome {
    const run = this.begin(lost, messages);
    try {
      for (const pod of lostPods) run.losePod(pod);
      const outcome = run.placeAll(this.#waitingBefore);
      look?.(this.#loaded.snapshot);
      return outcome;
    } finally {
      run.undo();
    }
  }
}
