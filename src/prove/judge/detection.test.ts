import { expect, test } from "vitest";
import { timingFor } from "../../kube/timing.ts";
import { evictionWaits, lastNodeWait, noticed, turnOf } from "./detection.ts";

test.each([
  { minor: 34, min: 39.6, max: 60 },
  { minor: 32, min: 39.6, max: 60 },
  { minor: 31, min: 29.6, max: 50 },
])(
  "a lost node is noticed after the grace of 1.$minor, less a renewal, plus two passes",
  ({ minor, min, max }) => {
    const { min: soonest, max: latest } = noticed(timingFor(minor));
    expect(soonest).toBeCloseTo(min);
    expect(latest).toBeCloseTo(max);
  },
);

const timing = timingFor();

test.each([
  { name: "the first node of a zone does not wait", zone: { nodes: 10, lost: 2 }, turn: 0, max: 0.1 },
  { name: "the next waits for a token", zone: { nodes: 10, lost: 2 }, turn: 1, max: 10.1 },
  {
    name: "most of a small zone stops evictions",
    zone: { nodes: 10, lost: 6 },
    turn: 5,
    max: Number.POSITIVE_INFINITY,
  },
  { name: "most of a large zone slows them down", zone: { nodes: 100, lost: 60 }, turn: 10, max: 1010.1 },
  { name: "a whole zone goes at the usual rate", zone: { nodes: 10, lost: 10 }, turn: 9, max: 100.1 },
  { name: "two nodes are never most of a zone", zone: { nodes: 3, lost: 2 }, turn: 1, max: 10.1 },
])("$name", ({ zone, turn, max }) => {
  expect(evictionWaits(zone, timing)(turn).max).toBeCloseTo(max);
});

test("a zone of 1,667 nodes takes 4.6 hours, and most of it 25", () => {
  expect(lastNodeWait({ nodes: 1667, lost: 1667 }, timing).max / 3600).toBeCloseTo(4.63, 2);
  expect(lastNodeWait({ nodes: 1667, lost: 917 }, timing).max / 3600).toBeCloseTo(25.5, 1);
  expect(lastNodeWait({ nodes: 50, lost: 30 }, timing).max).toBe(Number.POSITIVE_INFINITY);
});

test("of some nodes among others the first is never the last", () => {
  expect(turnOf(1, 3, 10)).toEqual({ first: 0, median: 2, last: 7 });
  expect(turnOf(3, 3, 10)).toEqual({ first: 2, median: 7, last: 9 });
  expect(turnOf(1, 1, 1)).toEqual({ first: 0, median: 0, last: 0 });
});
