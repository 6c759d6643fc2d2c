import { describe, expect, test } from "vitest";
import { pod, TEST_EPOCH_MS } from "../../../test/support/pods.ts";
import { podInfo } from "../pod-info.ts";
import { leastHarmful } from "./candidates.ts";

/** A node and the priorities of those who would have to go, with a second at which the first of them started. */
function candidate(nodeName: string, priorities: readonly number[], startSecond = 0, budgetViolations = 0) {
  const pods = priorities.map((priority, i) =>
    podInfo(
      pod(`${nodeName}-${i}`)
        .priority(priority)
        .startedAt(TEST_EPOCH_MS + (startSecond + i) * 1_000),
    ),
  );
  return { nodeName, victims: { pods, budgetViolations } };
}

describe("the least harmful candidates", () => {
  test.each([
    {
      name: "are all that nothing tells apart",
      candidates: [candidate("a", [5]), candidate("b", [5])],
      best: "a b",
    },
    {
      name: "violate the fewest budgets",
      candidates: [candidate("a", [1], 0, 1), candidate("b", [9])],
      best: "b",
    },
    {
      name: "evict the lesser of the most important",
      candidates: [candidate("a", [9]), candidate("b", [5, 5, 5])],
      best: "b",
    },
    {
      name: "have the lower sum of priorities",
      candidates: [candidate("a", [5, 4]), candidate("b", [5, 3])],
      best: "b",
    },
    {
      name: "evict fewer pods, of negative priority too",
      candidates: [candidate("a", [5, -9]), candidate("b", [5])],
      best: "b",
    },
    {
      name: "lose the least work",
      candidates: [candidate("a", [5], 10), candidate("b", [5], 20)],
      best: "b",
    },
  ])("$name", ({ candidates, best }) => {
    const found = leastHarmful(candidates, TEST_EPOCH_MS + 3_600_000);
    expect(found.map(({ nodeName }) => nodeName).join(" ")).toBe(best);
  });
});
