import { describe, expect, test } from "vitest";
import { type Comparison, compare, comparisonText, median } from "./compare.ts";

const COMPARISON: Comparison<"late" | "failed"> = {
  titles: { late: "late", failed: "last failed request" },
  atOnce: ["failed"],
};
const at = (moment: "late" | "failed", value: number | null) => ({
  late: null,
  failed: null,
  [moment]: value,
});
const agrees = (
  moment: "late" | "failed",
  lab: readonly (number | null)[],
  real: readonly (number | null)[],
) => {
  const all = (values: readonly (number | null)[]) => values.map((value) => at(moment, value));
  return compare(COMPARISON, all(lab), all(real)).find((compared) => compared.moment === moment)?.agrees;
};

describe("the median of the real runs", () => {
  test.each([
    { name: "agrees within the lab's range", lab: [40, 50], real: [30, 45, 90], expected: true },
    { name: "agrees up to two seconds before it", lab: [40, 50], real: [38, 38, 38], expected: true },
    { name: "agrees up to two seconds after it", lab: [40, 50], real: [52, 52, 52], expected: true },
    { name: "differs earlier than that", lab: [40, 50], real: [37.9, 37.9, 40], expected: false },
    { name: "differs later than that", lab: [40, 50], real: [45, 52.1, 52.1], expected: false },
    { name: "differs where the lab has no such moment", lab: [null, null], real: [1, 1, 1], expected: false },
    { name: "differs where only the lab always has it", lab: [1, 1], real: [null, null, 1], expected: false },
    { name: "agrees on nothing where a lab has nothing", lab: [null, 1], real: [null], expected: true },
  ])("$name", ({ lab, real, expected }) => {
    expect(agrees("late", lab, real)).toBe(expected);
  });

  test.each([
    { name: "agrees on one just after the fault", lab: [null, null], real: [2, 2, 2], expected: true },
    { name: "differs on a later one", lab: [null, null], real: [2.1, 2.1, 2.1], expected: false },
    {
      name: "agrees on none where the lab's were as early",
      lab: [1, 1],
      real: [null, null, 1],
      expected: true,
    },
    {
      name: "differs on none where the lab's went on",
      lab: [41, 41],
      real: [null, null, 41],
      expected: false,
    },
    { name: "agrees between a lab's none and its latest", lab: [null, 50], real: [20], expected: true },
  ])("on what counts as over at once $name", ({ lab, real, expected }) => {
    expect(agrees("failed", lab, real)).toBe(expected);
  });

  test.each([
    { values: [3, 1, 2], middle: 2 },
    { values: [2, null, 1], middle: 1 },
    { values: [null, null, 1], middle: null },
    { values: [4], middle: 4 },
  ])("of $values is $middle", ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });
});

test("a table says both sides of every moment", () => {
  const lab = [at("failed", 1), at("failed", null)];
  const real = [0.5, 9, 9].map((value) => at("failed", value));
  const table = comparisonText("pod deleted", COMPARISON, compare(COMPARISON, lab, real));
  expect(table.split("\n")[2]).toBe(
    "last failed request   1.0 s … 1.0 s, 1× never   0.5 s  9.0 s  9.0 s   9.0 s    NO",
  );
});
