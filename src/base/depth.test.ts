import { describe, expect, test } from "vitest";
import { emptyBelow, isDeeperThan } from "./depth.ts";

describe("how deep a tree is", () => {
  test.each([
    { value: 1, depth: 0 },
    { value: null, depth: 0 },
    { value: [], depth: 1 },
    { value: { a: 1 }, depth: 1 },
    { value: { a: [1, { b: {} }] }, depth: 4 },
    { value: JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), depth: 100_000 },
  ])("$depth", ({ value, depth }) => {
    expect(isDeeperThan(value, depth)).toBe(false);
    expect(isDeeperThan(value, depth - 1)).toBe(depth > 0);
  });
});

test("what stands too deep is emptied, and the rest stays", () => {
  const value = { a: { b: { c: { d: 1 } }, l: [[[1]]], n: 2 }, e: "x" };
  emptyBelow(value, 3);
  expect(value).toEqual({ a: { b: { c: {} }, l: [[]], n: 2 }, e: "x" });
  expect(isDeeperThan(value, 4)).toBe(false);
});
