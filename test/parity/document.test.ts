import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KUBERNETES } from "../programs/recipes.ts";
import { CASES } from "./cases.ts";
import { type ParityResult, parityPage } from "./document.ts";

const result = JSON.parse(readFileSync("docs/results/scheduler-parity.json", "utf8")) as ParityResult;

test("the page says what the result says: npm run parity -- --document", () => {
  expect(readFileSync("docs/fidelity/scheduler.md", "utf8")).toBe(parityPage(result, KUBERNETES));
});

test("the last whole run met every case and found no disagreement", () => {
  expect(result.disagreements).toBe(0);
  expect(CASES.filter((one) => !((result.cases[one] ?? 0) > 0))).toEqual([]);
});
