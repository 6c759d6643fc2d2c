import { expect, test } from "vitest";
import type { LossResult, Verdict } from "../../src/prove/result.ts";
import { secondsOff } from "./seconds.ts";

const NEVER = { min: null, median: null, max: null };

/** A loss after which the one workload is said to be down for these seconds, and dead endpoints to last for 40 to 50. */
function lossOf(verdict: Verdict, downSeconds?: LossResult["workloads"][number]["downSeconds"]): LossResult {
  const one = {
    kind: "Deployment",
    namespace: "losses",
    name: "web",
    verdict,
    ...(downSeconds && { downSeconds }),
    ready: { before: 2, lowest: 1, wanted: 2, enough: 1 },
    deadEndpointsSeconds: { min: 40, median: 45, max: 50 },
    cause: "",
    proof: "simulation: 8 tie-break seeds" as const,
  };
  return { id: "node/n", kind: "node", lost: ["n"], verdict, workloads: [one] };
}

const down = { min: 50, median: 55, max: 60 };
const measured = (below: number | null, degraded: number | null, deadEndpoints: number | null = 45) =>
  new Map([["web", { below, degraded, deadEndpoints }]]);

test.each([
  {
    name: "an outage as long as it was said",
    loss: lossOf("outage", down),
    seen: measured(61.5, 61.5),
    off: 0,
  },
  { name: "an outage that is too long", loss: lossOf("outage", down), seen: measured(63, 63), off: 1 },
  { name: "an outage that is too short", loss: lossOf("outage", down), seen: measured(40, 40), off: 1 },
  {
    name: "an outage without the end that it was to have",
    loss: lossOf("outage", down),
    seen: measured(null, null),
    off: 1,
  },
  { name: "one that was said not to end", loss: lossOf("outage", NEVER), seen: measured(null, null), off: 0 },
  {
    name: "one that ends though it was said not to",
    loss: lossOf("outage", NEVER),
    seen: measured(55, 55),
    off: 1,
  },
  { name: "fewer than before, yet enough", loss: lossOf("degraded", down), seen: measured(0, 55), off: 0 },
  {
    name: "too few where enough were said to stay",
    loss: lossOf("degraded", down),
    seen: measured(55, 55),
    off: 1,
  },
  { name: "stuck for good", loss: lossOf("stuck", NEVER), seen: measured(0, null), off: 0 },
  { name: "nothing lost", loss: lossOf("safe"), seen: measured(0, 0), off: 0 },
  { name: "something lost of what was called safe", loss: lossOf("safe"), seen: measured(0, 30), off: 1 },
  {
    name: "endpoints that lead to nobody for too long",
    loss: lossOf("degraded", down),
    seen: measured(0, 55, 53),
    off: 1,
  },
])("$name: $off off", ({ loss, seen, off }) => {
  expect(secondsOff(loss, seen)).toHaveLength(off);
});
