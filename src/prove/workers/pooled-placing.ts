import { availableParallelism } from "node:os";
import type { Placing, Try } from "../judge/judge.ts";
import type { Loss } from "../losses/loss.ts";
import type { Model } from "../model/model.ts";
import { answerLoss, type LossAnswer } from "./loss-answer.ts";
import { LossPool } from "./loss-pool.ts";

/** In smaller clusters the losses are answered before another thread has begun. */
const NODES_MIN = 400;
/** Every thread has its own copy of what pods and nodes have in common: of larger clusters one has to do. */
const PODS_MAX = 400_000;
/** More of them would wait for the one that judges. */
const THREADS_MAX = 4;
/** After so many losses without a certificate there will be more of them; they take eight outcomes each, and others next to nothing. */
const UNCERTIFIED_MIN = 10;
/** Fewer losses that are left are answered sooner by one thread. */
const LEFT_MIN = 50;

export interface PooledPlacing extends Placing {
  end(): void;
}

/** How many threads beside this one pay for the model. */
export function threadsFor({ nodes, podCount }: Model): number {
  if (nodes.length < NODES_MIN || podCount > PODS_MAX) return 0;
  return Math.min(THREADS_MAX, availableParallelism() - 1);
}

/** The same answers, found by so many other threads too where many of the announced losses have to be simulated. */
export function pooled(placing: Placing, model: Model, threads = threadsFor(model)): PooledPlacing {
  let announced: readonly Loss[] = [];
  let seeds: readonly number[] = [];
  let uncertified = 0;
  let pool: { readonly losses: LossPool; readonly placeOf: ReadonlyMap<Loss, number> } | undefined;
  /** Of the loss that was asked about last: the judge goes from one to the next. */
  let last: { readonly loss: Loss; readonly answer: LossAnswer } | undefined;

  const answerOf = (loss: Loss): LossAnswer | undefined => {
    const place = pool?.placeOf.get(loss);
    if (pool === undefined || place === undefined) return undefined;
    if (last?.loss !== loss) last = { loss, answer: pool.losses.take(place) };
    return last.answer;
  };

  const startAfter = (loss: Loss) => {
    const left = announced.slice(announced.indexOf(loss) + 1);
    if (left.length < LEFT_MIN) return;
    const asked = {
      isCertified: (place: number) => placing.isCertified(left[place] as Loss),
      outcome: (place: number, seed: number) =>
        placing.outcome(left[place] as Loss, { seed, isShuffled: false }),
    };
    const losses = new LossPool(model, {
      losses: left.map(({ nodes }) => nodes),
      seeds,
      threads,
      answer: (place) => answerLoss(asked, place, seeds),
    });
    pool = { losses, placeOf: new Map(left.map((one, place) => [one, place])) };
  };

  return {
    ...placing,
    announce(losses, tries) {
      announced = losses.filter(({ pod }) => pod === undefined);
      seeds = tries.filter(({ isShuffled }) => !isShuffled).map(({ seed }) => seed);
    },
    isCertified(loss) {
      const known = answerOf(loss);
      if (known !== undefined) return known.isCertified;
      const isCertified = placing.isCertified(loss);
      if (threads > 0 && !isCertified && loss.pod === undefined && ++uncertified === UNCERTIFIED_MIN)
        startAfter(loss);
      return isCertified;
    },
    outcome(loss: Loss, one: Try) {
      const outcome = one.isShuffled ? undefined : answerOf(loss)?.outcomes[seeds.indexOf(one.seed)];
      return outcome ?? placing.outcome(loss, one);
    },
    end() {
      void pool?.losses.end();
    },
  };
}
