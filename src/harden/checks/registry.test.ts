import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CHECKS } from "./registry.ts";

test("every check has a name of its own", () => {
  expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
});

describe.each(CHECKS)("$id", ({ id, title, severity }) => {
  test("has a test of its own", () => expect(existsSync(`src/harden/checks/${id}.test.ts`)).toBe(true));

  test("has a page that says what it looks at, and how much it weighs", () => {
    const page = readFileSync(`docs/checks/${id}.md`, "utf8");
    expect(page).toMatch(new RegExp(`^# ${id}\n\n\\*\\*${title.replaceAll(".", "\\.")}\\.\\*\\* `));
    expect(page.toLowerCase()).toContain(severity);
  });

  test("stands in the list", () => {
    expect(readFileSync("docs/checks.md", "utf8")).toContain(`| [${id}](checks/${id}.md) | ${title} |`);
  });
});
