import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IndexSet } from "./index-set.ts";

describe("a set of indexes", () => {
  test.each([
    { name: "none", indexes: [], text: "" },
    { name: "one", indexes: [3], text: "3" },
    { name: "two neighbours with a comma", indexes: [3, 4], text: "3,4" },
    { name: "three neighbours as a range", indexes: [5, 3, 4], text: "3-5" },
    { name: "several runs", indexes: [1, 3, 4, 5, 7, 8], text: "1,3-5,7,8" },
  ])("prints $name", ({ indexes, text }) => {
    expect(IndexSet.of(indexes).toString()).toBe(text);
  });

  test("drops indexes that the Job has no more", () => {
    expect(IndexSet.parse("0-2,5,7-9", 8).toString()).toBe("0-2,5,7");
  });

  test("reads what it prints, and is a set", () => {
    const indexes = fc.array(fc.nat(60));
    fc.assert(
      fc.property(indexes, indexes, (some, more) => {
        const both = IndexSet.of(some).with(more);
        const expected = new Set([...some, ...more]);
        expect([...IndexSet.parse(both.toString(), 100)]).toEqual([...expected].sort((a, b) => a - b));
        expect(both.size).toBe(expected.size);
        for (let index = 0; index <= 60; index++) expect(both.has(index)).toBe(expected.has(index));
      }),
    );
  });
});
