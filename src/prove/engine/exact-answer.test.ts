import { describe, expect, test } from "vitest";
import { RandomCluster } from "../../../test/support/prove/random-cluster.ts";
import { forEachSeed, runsAllSeeds } from "../../../test/support/seeds.ts";
import { RandomStream } from "../../base/random.ts";
import { LiteralAnswer } from "../literal/literal-answer.ts";
import { isReplaced } from "../model/after-loss.ts";
import { ModelBuilder } from "../model/builder.ts";
import type { Model } from "../model/model.ts";
import { digestOf, UNPLACED } from "../outcome.ts";
import { ExactAnswer } from "./exact-answer.ts";

function randomModel(seed: number): Model {
  const builder = new ModelBuilder();
  for (const object of new RandomCluster(new RandomStream(seed, "clusters")).objects) builder.add(object);
  return builder.build();
}

/** The nodes of a subset, whose bits say which. */
function nodesOf(subset: number): readonly number[] {
  return Array.from({ length: 8 }, (_, node) => node).filter((node) => ((subset >> node) & 1) === 1);
}

test("every subset of nodes lost at once comes to what the literal scheduler makes of it", {
  timeout: 0,
}, () => {
  let own = 0;
  let left = 0;
  forEachSeed(300, (seed) => {
    const model = randomModel(seed);
    const literal = new LiteralAnswer(model, { seed });
    const exact = new ExactAnswer(model, { seed });
    for (let subset = 1; subset < 2 ** model.nodes.length; subset++) {
      const lost = nodesOf(subset);
      const expected = literal.outcomeOf(lost);
      const outcome = exact.outcomeOf(lost);
      if (digestOf(outcome) !== digestOf(expected))
        expect({ lost, ...outcome }).toEqual({ lost, ...expected });
    }
    own += exact.coverage.own;
    for (const times of exact.coverage.literal.values()) left += times;
  });
  // What is left to the literal scheduler is right by itself, and proves nothing.
  if (runsAllSeeds()) expect(own).toBeGreaterThan(left);
});

test("other seeds, orders, lost pods and reasons come to what the literal scheduler makes of them", {
  timeout: 0,
}, () => {
  let reasons = 0;
  forEachSeed(60, (seed) => {
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
  });
  if (runsAllSeeds()) expect(reasons).toBeGreaterThan(50);
});

describe("the random clusters", () => {
  const REASONS = [
    "node(s) were unschedulable",
    "untolerated taint(s)",
    "didn't match Pod's node affinity/selector",
    "didn't have free ports",
    "Too many pods",
    "Insufficient cpu",
    "Insufficient memory",
    "Insufficient ephemeral-storage",
    "Insufficient example.com/gpu",
    "ReadWriteOncePod access mode already in-use",
    "exceed max volume count",
    "didn't match PersistentVolume's node affinity",
    "didn't find available persistent volumes to bind",
    "had no available volume zone",
    "didn't match pod topology spread constraints",
    "didn't match pod topology spread constraints (missing required label)",
    "didn't match pod affinity rules",
    "didn't match pod anti-affinity rules",
    "didn't satisfy existing pods anti-affinity rules",
    "No preemption victims found",
    "not eligible due to preemptionPolicy=Never",
  ];

  test("reach every filter and preemption", { timeout: 120_000 }, () => {
    const seen = new Map(REASONS.map((reason) => [reason, 0]));
    let preemptions = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const model = randomModel(seed);
      const literal = new LiteralAnswer(model, { seed });
      for (let node = 0; node < model.nodes.length; node++) {
        const { messages, victims } = literal.explain([node]);
        preemptions += victims.length;
        for (const reason of REASONS) {
          const times = [...messages.values()].filter((message) => message.includes(reason)).length;
          seen.set(reason, (seen.get(reason) ?? 0) + times);
        }
      }
    }
    expect([...seen].filter(([, times]) => times < 3)).toEqual([]);
    expect(preemptions).toBeGreaterThan(50);
  });
});

test("no certificate is contradicted by any order of pods and any choice among nodes", { timeout: 0 }, () => {
  let certified = 0;
  let open = 0;
  let anyNodes = 0;
  forEachSeed(100, (seed) => {
    const model = randomModel(seed);
    const exact = new ExactAnswer(model, { seed });
    const losses = Array.from({ length: 2 ** model.nodes.length - 1 }, (_, i) => nodesOf(i + 1));
    const proven = losses.filter((lost) => exact.certifies(lost));
    const atOnce = exact.certifiedNodes();
    if (atOnce > 0) anyNodes++;
    expect(losses.filter((lost) => lost.length <= atOnce && !proven.includes(lost))).toEqual([]);
    open += losses.length - proven.length;
    if (proven.length === 0) return;
    for (let i = 0; i < 4; i++) {
      const random = new RandomStream(seed, `order ${i}`);
      const turns = Array.from({ length: model.podCount }, () => random.next());
      const literal = new LiteralAnswer(model, { seed: seed * 8 + i, turn: (pod) => turns[pod] as number });
      for (const lost of proven) {
        const displaced = lost
          .flatMap((node) => [...model.podsOn(node)])
          .filter((pod) => !model.isTerminating(pod) && isReplaced(model.podClass(pod)));
        if (displaced.length > 0) certified++;
        const { placements, victims } = literal.outcomeOf(lost);
        const unplaced = placements.filter(({ pod, node }) => node === UNPLACED && displaced.includes(pod));
        expect({ lost, unplaced, victims }).toEqual({ lost, unplaced: [], victims: [] });
      }
    }
  });
  if (runsAllSeeds()) {
    expect(Math.min(certified, open)).toBeGreaterThan(150);
    expect(anyNodes).toBeGreaterThan(0);
  }
});
