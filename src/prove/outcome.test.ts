import { describe, expect, test } from "vitest";
import { digestOf, UNPLACED } from "./outcome.ts";

describe("a digest", () => {
  const outcome = {
    placements: [
      { pod: 1, node: 2 },
      { pod: 3, node: UNPLACED },
    ],
    victims: [4],
  };

  test("is the same for equal outcomes", () => {
    expect(digestOf(outcome)).toBe(digestOf(structuredClone(outcome)));
  });

  test.each([
    { placements: outcome.placements.toReversed(), victims: [4] },
    { placements: outcome.placements, victims: [] },
    { placements: [{ pod: 1, node: 2 }], victims: [3, UNPLACED, 4] },
    { placements: [], victims: [] },
  ])("is another for %j", (other) => {
    expect(digestOf(other)).not.toBe(digestOf(outcome));
  });
});
