import { describe, expect, test } from "vitest";
import { nodesOf, randomModel } from "../../../test/support/prove/random-model.ts";
import { forEachSeed, runsAllSeeds } from "../../../test/support/seeds.ts";
import { LiteralAnswer } from "../literal/literal-answer.ts";
import { digestOf } from "../outcome.ts";
import { ExactAnswer } from "./exact-answer.ts";

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
