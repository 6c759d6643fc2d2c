import { describe, expect, test } from "vitest";
import { NO_MOMENTS } from "../support/drill.ts";
import { compare, comparisonText, median } from "./compare.ts";

const at = (lastFailed: number | null) => ({ ...NO_MOMENTS, lastFailed });
const lastFailed = (lab: readonly (number | null)[], real: readonly (number | null)[]) =>
  compare(lab.map(at), real.map(at)).find(({ moment }) => moment === "lastFailed");

describe("the median of the real runs", () => {
  test.each([
    { name: "agrees within the lab's range", lab: [40, 50], real: [30, 45, 90], agrees: true },
    { name: "agrees up to two seconds before it", lab: [40, 50], real: [38, 38, 38], agrees: true },
    { name: "agrees up to two seconds after it", lab: [40, 50], real: [52, 52, 52], agrees: true },
    { name: "differs earlier than that", lab: [40, 50], real: [37.9, 37.9, 40], agrees: false },
    { name: "differs later than that", lab: [40, 50], real: [45, 52.1, 52.1], agrees: false },
    { name: "differs where the lab has no such moment", lab: [null, null], real: [1, 1, 1], agrees: false },
    { name: "differs where only the lab always has one", lab: [1, 1], real: [null, null, 1], agrees: false },
    {
      name: "agrees on nothing where a run of the lab has nothing",
      lab: [null, 1],
      real: [null],
      agrees: true,
    },
  ])("$name", ({ lab, real, agrees }) => {
    expect(lastFailed(lab, real)?.agrees).toBe(agrees);
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
  const table = comparisonText("pod deleted", compare([at(1), at(null)], [at(0.5), at(9), at(9)]));
  expect(table.split("\n")[4]).toBe(
    "last failed request    1.0 s … 1.0 s, 1× never   0.5 s  9.0 s  9.0 s   9.0 s    NO",
  );
});
