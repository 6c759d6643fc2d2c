/**
 * The outcome of the loss of every single node of a cluster that goes on changing, for whoever watches one. After a change only those
 * losses are answered again whose outcome it can have made another: where the node is the lost one or takes displaced pods, where it
 * might take one now, and where somebody counts who did not. The rest is known to stay, pod by pod (`ChangeReach`). Every outcome is
 * the one that an answer made anew would give.
 */
import type { ModelChange, NeedsAnother, PodMove } from "../model/change.ts";
import { ChangeableModel } from "../model/changeable-model.ts";
import type { Model } from "../model/model.ts";
import { type Outcome, UNPLACED } from "../outcome.ts";
import type { ChangeReach } from "./change-reach.ts";
import { ChoiceIndex, type Traced } from "./choice-index.ts";
import type { Choice } from "./chooser.ts";
import { ExactAnswer, type ExactOptions } from "./exact-answer.ts";

/** The losses that have been answered again, by the index of the lost node as it is now. */
export interface Followed {
  readonly kind: "followed";
  readonly answered: readonly number[];
}

interface KnownLoss extends Traced {
  readonly victims: Int32Array;
}

export class FollowedLosses {
  readonly #changeable: ChangeableModel;
  readonly #options: ExactOptions;
  #exact: ExactAnswer;
  /** By node. */
  readonly #known: KnownLoss[] = [];
  #index = new ChoiceIndex();

  /** Answers every loss once. The model is changed by nobody else from now on. */
  constructor(model: Model, options: ExactOptions) {
    this.#changeable = new ChangeableModel(model);
    this.#options = options;
    this.#exact = new ExactAnswer(model, options);
    for (const node of model.nodes.keys()) this.#answer(node);
  }

  /** As it is now. */
  get model(): Model {
    return this.#changeable.model;
  }

  /** What the loss of a node comes to now. */
  outcomeOf(node: number): Outcome {
    const { placements, victims } = this.#known[node] as KnownLoss;
    return {
      placements: Array.from({ length: placements.length / 2 }, (_, i) => ({
        pod: placements[2 * i] as number,
        node: placements[2 * i + 1] as number,
      })),
      victims: Array.from(victims),
    };
  }

  /** Takes over one change, or says why all has to be built anew; then nothing is changed. */
  apply(change: ModelChange): Followed | NeedsAnother {
    const made = this.#changeable.apply(change);
    if (made.kind === "anew") return made;
    const [move] = made.pods;
    if (made.node !== undefined || made.hasNewClass || made.pods.length !== 1 || move === undefined)
      return this.#answerAll();
    if (!this.#exact.canFollow(move)) return this.#answerAll();
    this.#renumber(move);
    let answered: readonly number[] = [];
    this.#exact.follow(move, (reach) => {
      answered = this.#reached(move, reach);
    });
    for (const node of answered) this.#answer(node);
    return { kind: "followed", answered };
  }

  #answerAll(): Followed {
    this.#exact = new ExactAnswer(this.model, this.#options);
    const nodes = [...this.model.nodes.keys()];
    this.#known.length = nodes.length;
    this.#index = new ChoiceIndex();
    for (const node of nodes) this.#answer(node);
    return { kind: "followed", answered: nodes };
  }

  #answer(node: number): void {
    const choices: Choice[] = [];
    const { placements, victims } = this.#exact.outcomeOf([node], { choices });
    const isPlain = victims.length === 0 && placements.every((one) => one.node !== UNPLACED);
    const known: KnownLoss = {
      placements: Int32Array.from(placements.flatMap(({ pod, node: to }) => [pod, to])),
      victims: Int32Array.from(victims),
      choices: isPlain && choices.length === placements.length ? choices : undefined,
    };
    this.#known[node] = known;
    this.#index.put(node, known);
  }

  /** One that has come or gone renumbers the pods behind it. */
  #renumber({ before, after }: PodMove): void {
    if ((before === undefined) === (after === undefined)) return;
    const from = (before ?? after)?.pod as number;
    const by = after === undefined ? -1 : 1;
    for (const { placements, victims } of this.#known) {
      for (let i = 0; i < placements.length; i += 2)
        if ((placements[i] as number) >= from) placements[i] = (placements[i] as number) + by;
      for (let i = 0; i < victims.length; i++)
        if ((victims[i] as number) >= from) victims[i] = (victims[i] as number) + by;
    }
  }

  /** The losses whose outcome may be another one. */
  #reached({ before, after }: PodMove, reach: ChangeReach): readonly number[] {
    // One that waits is tried in every loss.
    const waits = [before, after].some((place) => place !== undefined && place.node < 0);
    return waits ? [...this.#known.keys()] : this.#index.reached(reach);
  }
}
