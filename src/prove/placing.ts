/** The judge's questions about placing, answered by the exact engine. */
import { fnv32 } from "../base/hash.ts";
import { ExactAnswer, type ExactLoss } from "./engine/exact-answer.ts";
import { decidePairs } from "./engine/pairs.ts";
import type { Placing, Try } from "./judge/judge.ts";
import type { Loss } from "./losses/loss.ts";
import { waitingBefore } from "./model/after-loss.ts";
import type { Model } from "./model/model.ts";
import { type Placement, UNPLACED } from "./outcome.ts";
import { smallestChange } from "./smallest-change.ts";

/** A certificate holds for every seed. */
const CERTIFYING_SEED = 1;
/** Clusters of more nodes are too large for every order of eviction, and for asking the scheduler about every pod. */
export const LARGE_NODES = 30;
/** Looks at nodes that hearing the scheduler's words may take in a large cluster: every pod is one for each node. */
const EXPLAINED_LOOKS_MAX = 30_000;

/** Answers for one cluster. */
export function placingFor(model: Model): Placing {
  const isLarge = model.nodes.length > LARGE_NODES;
  let looks = 0;
  const exact = new ExactAnswer(model, { seed: CERTIFYING_SEED });
  const how = ({ pod }: Loss, { seed, isShuffled }: Try): ExactLoss => ({
    seed,
    turn: isShuffled ? shuffledTurn(seed) : undefined,
    ...(pod !== undefined && { lostPods: [pod] }),
  });
  return {
    outcome: (loss, one) => exact.outcomeOf(loss.nodes, how(loss, one)),
    explain(loss, one, asked) {
      looks += asked.length * model.nodes.length;
      if (isLarge && looks > EXPLAINED_LOOKS_MAX) return new Map();
      const fixes = new Map<number, string | undefined>();
      const messages = exact.explain(loss.nodes, how(loss, one), asked, (snapshot) => {
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
      // Of pods that are alike one tells about all.
      const firsts = new Map(unplaced.map((pod) => [model.classOf[pod] as number, pod]));
      const fitting = new Set(exact.fittingFirst(loss.nodes, [...firsts.values()], how(loss, one)));
      return unplaced.filter((pod) => fitting.has(firsts.get(model.classOf[pod] as number) as number));
    },
    isCertified({ nodes, pod }) {
      return pod === undefined && exact.certifies(nodes);
    },
    certifiedNodes: () => exact.certifiedNodes(),
    pairs() {
      const count = model.nodes.length;
      const { certified, simulated, unplaced } = decidePairs(exact, count);
      // A pod that waited before is nobody's loss.
      const waited = ({ pod }: Placement) => (model.nodeOf[pod] as number) < 0;
      const losing =
        waitingBefore(model).length === 0
          ? unplaced
          : unplaced.filter((pair) =>
              exact.outcomeOf(pair).placements.some((one) => one.node === UNPLACED && !waited(one)),
            );
      return { count: certified + simulated, byCertificate: certified, unplaced: losing.length };
    },
  };
}

/** Some order of the pods, another for every seed. */
function shuffledTurn(seed: number): (pod: number) => number {
  return (pod) => fnv32(`${seed}/${pod}`);
}
