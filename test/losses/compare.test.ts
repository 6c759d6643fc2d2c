import { expect, test } from "vitest";
import type { LossResult, SecondsOrNever, Verdict } from "../../src/prove/result.ts";
import { differences } from "./compare.ts";

const NEVER = { min: null, median: null, max: null };
const MAYBE_NEVER = { min: 50, median: null, max: null };
const A_MINUTE = { min: 50, median: 60, max: 70 };
const PERHAPS = { min: 0, median: 60, max: 70 };

/** A loss that is said to leave so few of four pods ready; two are enough. */
function lossOf(verdict: Verdict, lowest: number, downSeconds: SecondsOrNever = A_MINUTE): LossResult {
  const ready = { before: 4, lowest, wanted: 4, enough: 2 };
  const about = { kind: "Deployment", namespace: "losses", name: "web", cause: "" };
  const one = { ...about, verdict, ready, downSeconds, proof: "simulation: 8 tie-break seeds" as const };
  return { id: "node/n", kind: "node", lost: ["n"], verdict, workloads: [one] };
}

const seen = (lowest: number, atEnd: number) =>
  new Map([["web", { before: 4, lowest, atEnd, settledSeconds: 60 }]]);

test.each([
  { name: "fewer for a time", loss: lossOf("degraded", 3), real: seen(3, 4), off: 0 },
  { name: "fewer than was said", loss: lossOf("degraded", 3), real: seen(2, 4), off: 1 },
  { name: "more than can be, as one was on the node", loss: lossOf("degraded", 3), real: seen(4, 4), off: 1 },
  {
    name: "a second one had to make room later than was feared",
    loss: lossOf("degraded", 2),
    real: seen(3, 4),
    off: 0,
  },
  { name: "fewer for good", loss: lossOf("degraded", 3), real: seen(3, 3), off: 1 },
  { name: "stuck", loss: lossOf("stuck", 3, NEVER), real: seen(3, 3), off: 0 },
  { name: "stuck, and whole all the same", loss: lossOf("stuck", 3, NEVER), real: seen(3, 4), off: 1 },
  {
    name: "stuck unless chance has it otherwise",
    loss: lossOf("stuck", 3, MAYBE_NEVER),
    real: seen(3, 4),
    off: 0,
  },
  { name: "stuck by chance", loss: lossOf("stuck", 3, MAYBE_NEVER), real: seen(3, 3), off: 0 },
  { name: "too few for a time", loss: lossOf("outage", 1), real: seen(1, 4), off: 0 },
  { name: "never too few", loss: lossOf("outage", 1), real: seen(2, 4), off: 1 },
  { name: "too few by bad luck only", loss: lossOf("outage", 1, PERHAPS), real: seen(3, 4), off: 0 },
  { name: "too few for good", loss: lossOf("outage", 1, NEVER), real: seen(1, 1), off: 0 },
  {
    name: "too few for good, and back all the same",
    loss: lossOf("outage", 1, NEVER),
    real: seen(1, 4),
    off: 1,
  },
  { name: "nothing, and something is missing", loss: lossOf("safe", 4), real: seen(3, 4), off: 1 },
])("$name: $off off", ({ loss, real, off }) => {
  const circumstances = { onNode: new Map([["web", 1]]), daemons: new Set<string>() };
  expect(differences(loss, real, circumstances)).toHaveLength(off);
});

test("nobody misses a pod that was there for the lost node", () => {
  const circumstances = { onNode: new Map([["web", 1]]), daemons: new Set(["web"]) };
  expect(differences(lossOf("safe", 4), seen(3, 3), circumstances)).toEqual([]);
});
