import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KUBERNETES } from "../programs/recipes.ts";
import { allowedDifferences, contractPage } from "./document.ts";

const PAGE = "docs/fidelity/contract.md";
const fidelity = readFileSync("docs/fidelity.md", "utf8");

test("the page says what the suite says: npm run test:update", () => {
  const page = contractPage(KUBERNETES, fidelity);
  if (process.env.HOLDFAST_UPDATE === "1") writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});

test("no more than five answers differ, each with its reason", () => {
  const differences = allowedDifferences(fidelity);
  expect(differences.length).toBeLessThanOrEqual(5);
  for (const row of differences) expect(row).toMatch(/^\|( \S[^|]* \|){3}$/);
});
