/** The judge's questions about placing, answered: by the exact engine where nodes are lost, else by the literal scheduler. */
import { fnv32 } from "../base/hash.ts";
import { ExactAnswer } from "./engine/exact-answer.ts";
import type { Placing, Try } from "./judge/judge.ts";
import { LiteralAnswer } from "./literal/literal-answer.ts";
import type { Loss } from "./losses/loss.ts";
import type { Model } from "./model/model.ts";
import { smallestChange } from "./smallest-change.ts";

/** A certificate holds for every seed; one engine is enough to find it. */
const CERTIFYING_SEED = 1;
/** Clusters of more nodes are too large to ask the literal scheduler about at every turn. */
export const LARGE_NODES = 30;
/** So many displaced pods of a large cluster are placed once more to hear the scheduler's words. */
const EXPLAINED_PODS_MAX = 500;

/** Answers for one cluster. Nothing is made before it is asked for. */
export function placingFor(model: Model): Placing {
  const isLarge = model.nodes.length > LARGE_NODES;
  let explained = 0;
  const exact = keptBySeed((seed) => new ExactAnswer(model, { seed }));
  const inOrder = keptBySeed((seed) => new LiteralAnswer(model, { seed }));
  const shuffled = keptBySeed((seed) => new LiteralAnswer(model, { seed, turn: shuffledTurn(seed) }));
  const literal = ({ seed, isShuffled }: Try) => (isShuffled ? shuffled : inOrder)(seed);
  return {
    outcome(loss, one) {
      if (loss.pod !== undefined) return literal(one).outcomeOf([], [loss.pod]);
      return one.isShuffled ? literal(one).outcomeOf(loss.nodes) : exact(one.seed).outcomeOf(loss.nodes);
    },
    explain(loss, one, asked) {
      for (const node of loss.nodes) explained += model.podsOn(node).length;
      if (isLarge && explained > EXPLAINED_PODS_MAX) return new Map();
      const fixes = new Map<number, string | undefined>();
      const { messages } = literal(one).explain(loss.nodes, podsOf(loss), (snapshot) => {
        for (const pod of asked) fixes.set(pod, smallestChange(model, pod, snapshot));
      });
      return new Map(
        asked.map((pod) => {
          const fix = fixes.get(pod);
          return [pod, { message: messages.get(pod) ?? "", ...(fix !== undefined && { fix }) }];
        }),
      );
    },
    contested(loss, one, unplaced) {
      // Asking takes long there: all of them may have come too late.
      if (isLarge) return unplaced;
      // Of pods that are alike one tells about all.
      const firsts = new Map(unplaced.map((pod) => [model.classOf[pod] as number, pod]));
      const fitting = new Set(literal(one).fittingFirst(loss.nodes, [...firsts.values()]));
      return unplaced.filter((pod) => fitting.has(firsts.get(model.classOf[pod] as number) as number));
    },
    isCertified({ nodes, pod }) {
      return pod === undefined && exact(CERTIFYING_SEED).certifies(nodes);
    },
  };
}

function podsOf({ pod }: Loss): readonly number[] {
  return pod === undefined ? [] : [pod];
}

/** Some order of the pods, another for every seed. */
function shuffledTurn(seed: number): (pod: number) => number {
  return (pod) => fnv32(`${seed}/${pod}`);
}

function keptBySeed<T>(make: (seed: number) => T): (seed: number) => T {
  const made = new Map<number, T>();
  return (seed) => {
    const known = made.get(seed) ?? make(seed);
    made.set(seed, known);
    return known;
  };
}
