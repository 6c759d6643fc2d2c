import { describe, expect, test } from "vitest";
import { parseProfile, readProfile } from "./profile-file.ts";

describe("parseProfile", () => {
  test("gives what the file says", () => {
    const text = "workloads:\n  tak/web: {role: web, startSeconds: [1, 2], needs: ['db:5432']}\n";
    expect(parseProfile(text, "p.yaml")).toEqual({
      workloads: { "tak/web": { role: "web", startSeconds: [1, 2], needs: ["db:5432"] } },
    });
  });

  test("an empty file says nothing", () => {
    expect(parseProfile("", "p.yaml")).toEqual({});
  });

  test.each([
    {
      name: "an unknown section",
      text: "pods: {}",
      error: /p\.yaml, line 1, pods: is unknown; expected workloads or images/,
    },
    {
      name: "an unknown field",
      text: "workloads:\n  a:\n    start: 1\n",
      error: /line 3, workloads\.a\.start: is unknown; expected one of startSeconds/,
    },
    {
      name: "a range the wrong way round",
      text: "images:\n  a: {startSeconds: [3, 1]}\n",
      error: /smaller first/,
    },
    {
      name: "a role there is not",
      text: "images:\n  a: {role: frontend}\n",
      error: /one of web, database, cache, queue/,
    },
    { name: "a need without a port", text: "images:\n  a: {needs: [db]}\n", error: /Services with ports/ },
    { name: "a negative time", text: "images:\n  a: {stopSeconds: -1}\n", error: /0 or more/ },
    { name: "broken YAML", text: "a: [", error: /is not valid YAML/ },
    { name: "a list", text: "- a", error: /expected a mapping with workloads and images/ },
  ])("refuses $name, with line and field", ({ text, error }) => {
    expect(() => parseProfile(text, "p.yaml")).toThrow(error);
  });

  test("says which file cannot be read", () => {
    expect(() => readProfile("/nowhere.yaml")).toThrow(/^\/nowhere\.yaml: cannot be read/);
  });
});
