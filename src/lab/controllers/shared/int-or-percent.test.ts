import { expect, test } from "vitest";
import { scaledValue } from "./int-or-percent.ts";

test.each([
  { value: 3, total: 10, up: 3, down: 3 },
  { value: 12, total: 10, up: 12, down: 12 },
  { value: "25%", total: 4, up: 1, down: 1 },
  { value: "25%", total: 10, up: 3, down: 2 },
  { value: "0%", total: 10, up: 0, down: 0 },
  { value: "100%", total: 7, up: 7, down: 7 },
  { value: "1%", total: 1, up: 1, down: 0 },
  { value: "50%", total: 0, up: 0, down: 0 },
])("$value of $total is $up rounded up, $down rounded down", ({ value, total, up, down }) => {
  expect(scaledValue(value, total, "up")).toBe(up);
  expect(scaledValue(value, total, "down")).toBe(down);
});
