import { expect, test } from "vitest";
import { randomModel } from "../../../test/support/prove/random-model.ts";
import { forEachSeed, runsAllSeeds } from "../../../test/support/seeds.ts";
import { RandomStream } from "../../base/random.ts";
import { LiteralAnswer } from "../literal/literal-answer.ts";
import { UNPLACED } from "../outcome.ts";
import { ExactAnswer } from "./exact-answer.ts";

/** Holds both to each other in three orders of a seed's cluster; says for how many pods a reason was asked. */
function compareOrders(seed: number): number {
  let reasons = 0;
  const model = randomModel(seed);
  const exact = new ExactAnswer(model, { seed });
  const random = new RandomStream(seed, "orders");
  for (let other = seed + 1; other <= seed + 3; other++) {
    const turns = Array.from({ length: model.podCount }, () => random.next());
    const turn = (pod: number) => turns[pod] as number;
    const literal = new LiteralAnswer(model, { seed: other, turn });
    const pod = Math.floor(random.next() * model.podCount);
    const losses = [...model.nodes.map((_, node) => ({ lost: [node], lostPods: [] as number[] }))];
    if ((model.nodeOf[pod] ?? -1) >= 0) losses.push({ lost: [], lostPods: [pod] });
    for (const { lost, lostPods } of losses) {
      const how = { seed: other, turn, lostPods };
      const expected = literal.outcomeOf(lost, lostPods);
      expect({ lost, lostPods, ...exact.outcomeOf(lost, how) }).toEqual({ lost, lostPods, ...expected });
      const unplaced = expected.placements
        .filter(({ pod: each, node }) => node === UNPLACED && (model.nodeOf[each] ?? -1) >= 0)
        .map(({ pod: each }) => each);
      if (lostPods.length === 0)
        expect(exact.fittingFirst(lost, unplaced, how)).toEqual(literal.fittingFirst(lost, unplaced));
      const { messages } = literal.explain(lost, lostPods);
      const found = exact.explain(lost, how, unplaced, () => undefined);
      for (const each of unplaced) expect(found.get(each)).toBe(messages.get(each));
      reasons += unplaced.length;
    }
  }
  return reasons;
}

test("other seeds, orders, lost pods and reasons come to what the literal scheduler makes of them", {
  timeout: 0,
}, () => {
  let reasons = 0;
  forEachSeed(60, (seed) => {
    reasons += compareOrders(seed);
  });
  if (runsAllSeeds()) expect(reasons).toBeGreaterThan(50);
});

test.each([{ seed: 6257, name: "a pod that waits, and was given a start time, is as old as that says" }])(
  "seed $seed: $name",
  ({ seed }) => {
    compareOrders(seed);
  },
);
