import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { jsonDiff, lineDiff } from "./line-diff.ts";

test("values are compared line by line, with three lines around a change", () => {
  const before = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
  expect(jsonDiff(before, { ...before, e: 9 })).toBe(
    [
      "@@ -3,6 +3,6 @@",
      '  "b": 2,',
      '  "c": 3,',
      '  "d": 4,',
      '- "e": 5,',
      '+ "e": 9,',
      '  "f": 6',
      " }",
      "",
    ].join("\n"),
  );
});

test("changes far from each other stand in parts of their own", () => {
  const before = Array.from({ length: 30 }, (_, i) => `line ${i}`);
  const after = before.map((line, i) => (i === 3 || i === 25 ? `new ${i}` : line));
  expect(lineDiff(before, after).match(/^@@.*@@$/gm)).toEqual(["@@ -1,7 +1,7 @@", "@@ -23,7 +23,7 @@"]);
});

describe("of any two texts", () => {
  const line = fc.constantFrom("a", "b", "c", "d");
  const text = fc.array(line, { maxLength: 20 });

  test("there is nothing to tell exactly when they are equal", () => {
    assertProperty(
      fc.property(text, text, (before, after) => {
        expect(lineDiff(before, after) === "").toBe(before.join("\n") === after.join("\n"));
      }),
    );
  });

  test("the lines that stayed and came make up the new one, in order, where all is told", () => {
    assertProperty(
      fc.property(text, text, (before, after) => {
        const told = lineDiff(before, after).split("\n").slice(0, -1);
        const kept = (sign: string) =>
          told.filter((row) => row[0] === " " || row[0] === sign).map((row) => row.slice(1));
        // With three lines of context around every change, only long equal stretches are left out.
        const isSubsequence = (part: string[], whole: string[]) => {
          let at = 0;
          for (const row of whole) if (row === part[at]) at++;
          return at === part.length;
        };
        expect(isSubsequence(kept("+"), after)).toBe(true);
        expect(isSubsequence(kept("-"), before)).toBe(true);
        expect(kept("+").length - kept("-").length).toBe(after.length - before.length);
      }),
    );
  });
});
