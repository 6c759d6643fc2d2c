import { describe, expect, test } from "vitest";
import { NodeRanking } from "./node-ranking.ts";

const nodes = Array.from({ length: 30 }, (_, i) => ({ name: `node-${i}` }));

describe("a ranking of nodes", () => {
  test("depends on seed and names only", () => {
    const sorted = new NodeRanking(7).sort(nodes);
    expect(new NodeRanking(7).sort(nodes.toReversed())).toEqual(sorted);
    expect(new NodeRanking(8).sort(nodes)).not.toEqual(sorted);
    expect(new NodeRanking(7).pick(nodes.toReversed())).toBe(sorted[0]);
  });

  test("puts each node first about as often", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6_000; seed++) {
      const { name } = new NodeRanking(seed).pick(nodes);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.size).toBe(30);
    for (const count of counts.values()) expect(count).toBeGreaterThan(130);
  });
});
