import { describe, expect, test } from "vitest";
import { pod } from "../support/pods.ts";
import type { OurAnswer } from "./our-scheduler.ts";
import { differences, type RealAnswer, realAnswer } from "./verdict.ts";

const victims = (...uids: readonly string[]) => ({ uids, budgetViolations: 0 });
const placedByReal: RealAnswer = { feasible: ["a", "b", "c"], chosen: "a", candidates: new Map() };
const placedByUs: OurAnswer = {
  verdicts: new Map(),
  rejectors: new Set(),
  feasible: ["c", "b", "a"],
  scores: [],
  best: ["a", "b"],
  chosen: "b",
  candidates: new Map(),
  leastHarmful: [],
};
const refusedByReal: RealAnswer = {
  feasible: [],
  message: "no room",
  candidates: new Map([["a", victims("x", "y")]]),
  nominated: "a",
};
const { chosen: _chosen, ...unplaced } = placedByUs;
const refusedByUs: OurAnswer = {
  ...unplaced,
  feasible: [],
  best: [],
  message: "no room",
  candidates: new Map([["a", victims("y", "x")]]),
  leastHarmful: ["a"],
};

describe("two answers", () => {
  test.each([
    { name: "agree on one of the best-scored nodes", real: placedByReal, ours: placedByUs, lines: [] },
    { name: "agree on message and victims in any order", real: refusedByReal, ours: refusedByUs, lines: [] },
    {
      name: "differ when the real one chose a node that scores less for us",
      real: { ...placedByReal, chosen: "c" },
      ours: placedByUs,
      lines: ["chosen node: real c, our best-scored a b"],
    },
    {
      name: "differ when a node passes for one of them only",
      real: { ...placedByReal, feasible: ["a", "b", "d"] },
      ours: placedByUs,
      lines: ["feasible for the real one only: d", "feasible for us only: c"],
    },
    {
      name: "differ when one finds a node and the other none",
      real: placedByReal,
      ours: { ...refusedByUs, candidates: new Map(), leastHarmful: [] },
      lines: [
        "message: real undefined",
        '         ours "no room"',
        "feasible for the real one only: a b c",
        "chosen node: real a, our best-scored ",
      ],
    },
    {
      name: "differ in one word of the message",
      real: { ...refusedByReal, message: "no space" },
      ours: refusedByUs,
      lines: ['message: real "no space"', '         ours "no room"'],
    },
    {
      name: "differ when another pod has to go",
      real: refusedByReal,
      ours: { ...refusedByUs, candidates: new Map([["a", victims("x")]]) },
      lines: ["victims on a: real x y, 0 budget violations; ours x, 0 budget violations"],
    },
    {
      name: "differ when the promised node does more harm for us than another",
      real: refusedByReal,
      ours: { ...refusedByUs, leastHarmful: ["b"] },
      lines: ["nominated node: real a, our least harmful b"],
    },
  ])("$name", ({ real, ours, lines }) => {
    expect(differences(real, ours)).toEqual(lines);
  });
});

describe("the real answer", () => {
  test("is what passed the filters of the last attempt, for a pod with a node", () => {
    const overheard = { feasible: [["a"], ["a", "b"]], candidates: [] };
    expect(realAnswer(pod("p").on("b"), overheard)).toMatchObject({ feasible: ["a", "b"], chosen: "b" });
  });

  test("is the message, for a pod without one", () => {
    const refusal = {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: "no room",
    } as const;
    const answer = realAnswer(pod("p").condition(refusal), { feasible: [], candidates: [] });
    expect(answer).toEqual({ feasible: [], message: "no room", candidates: new Map() });
  });

  test("tells the promised node only when preemption found one now", () => {
    const refused = pod("p").nominated("a");
    expect(realAnswer(refused, { feasible: [], candidates: [] }).nominated).toBeUndefined();
    const candidates = [new Map([["a", victims("x")]])];
    expect(realAnswer(refused, { feasible: [], candidates }).nominated).toBe("a");
  });
});
