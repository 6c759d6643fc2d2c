import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KUBERNETES } from "../programs/recipes.ts";
import { conformancePage } from "./document.ts";
import { passing, REASONS, verdicts } from "./verdicts.ts";

test("the page says what the list says: npm run conformance -- --document", () => {
  const page = readFileSync("docs/fidelity/conformance.md", "utf8");
  expect(page).toBe(conformancePage(verdicts(), KUBERNETES));
});

test("at least 150 specs pass, 40 of them in CI", () => {
  expect(passing().length).toBeGreaterThanOrEqual(150);
  expect(passing(true)).toHaveLength(40);
});

test("every spec that is left out has a reason", () => {
  const others = Object.entries(verdicts()).filter(([, verdict]) => !verdict.startsWith("passes"));
  const without = others.filter(([, verdict]) => !((verdict.split(": ")[0] ?? "") in REASONS));
  expect(without).toEqual([]);
});
