import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TROUBLES } from "./registry.ts";

test("every trouble has a name of its own", () => {
  expect(new Set(TROUBLES.map(({ id }) => id)).size).toBe(TROUBLES.length);
});

test("the page lists them in the order in which they are told", () => {
  const page = readFileSync("docs/doctor.md", "utf8");
  expect([...page.matchAll(/^### (.*)$/gm)].map(([, id]) => id)).toEqual(TROUBLES.map(({ id }) => id));
});

describe.each(TROUBLES)("$id", ({ id, title }) => {
  test("says on the page what goes wrong", () => {
    const page = readFileSync("docs/doctor.md", "utf8").replace(/\s+/g, " ");
    expect(page).toContain(`### ${id} **${title}.**`);
  });
});
