import { expect, test } from "vitest";
import { compareResults, worstChange } from "./comparison.ts";
import type { LossKind, ProveResult, Verdict } from "./result.ts";

/** A result with one workload's verdicts by loss. */
function result(verdicts: Readonly<Record<string, Verdict>>): ProveResult {
  const losses = Object.entries(verdicts).map(([id, verdict]) => ({
    id,
    kind: id.split("/")[0] as LossKind,
    lost: [],
    verdict,
    workloads:
      verdict === "safe"
        ? []
        : [{ kind: "Deployment", namespace: "shop", name: "cart", verdict, cause: "why" }],
  }));
  return { losses, workloads: [] } as unknown as ProveResult;
}

test.each([
  {
    name: "equal results",
    before: { "node/a": "outage" },
    after: { "node/a": "outage" },
    worse: 0,
    better: 0,
    same: 1,
  },
  {
    name: "a new outage",
    before: { "node/a": "degraded" },
    after: { "node/a": "outage" },
    worse: 1,
    better: 0,
    same: 0,
  },
  {
    name: "an outage less",
    before: { "node/a": "outage" },
    after: { "node/a": "safe" },
    worse: 0,
    better: 1,
    same: 0,
  },
  { name: "a new node", before: {}, after: { "node/b": "stuck" }, worse: 1, better: 0, same: 0 },
  {
    name: "pods of another name",
    before: { "pod/shop/cart-1": "outage" },
    after: { "pod/shop/cart-2": "outage" },
    worse: 0,
    better: 0,
    same: 1,
  },
] as const)("$name", ({ before, after, name: _name, ...counts }) => {
  const comparison = compareResults(result(before), result(after));
  expect({ worse: comparison.worse.length, better: comparison.better.length, same: comparison.same }).toEqual(
    counts,
  );
});

test("the worst change is what has got worse, not what was bad before", () => {
  const comparison = compareResults(
    result({ "node/a": "outage" }),
    result({ "node/a": "outage", "node/b": "degraded" }),
  );
  expect(worstChange(comparison)).toBe("degraded");
});
