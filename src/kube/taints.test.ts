import { describe, expect, test } from "vitest";
import { hasTaint, hasTaintKey, matchingTolerations, toleratesTaint } from "./taints.ts";
import type { Taint, Toleration } from "./types/index.ts";

const dedicated: Taint = { key: "dedicated", value: "db", effect: "NoSchedule" };

describe("a toleration puts up with a taint", () => {
  test.each<{ name: string; toleration: Toleration; tolerates: boolean }>([
    { name: "of the same key and value", toleration: { key: "dedicated", value: "db" }, tolerates: true },
    {
      name: "of the same key, value and effect",
      toleration: { key: "dedicated", operator: "Equal", value: "db", effect: "NoSchedule" },
      tolerates: true,
    },
    {
      name: "of any value when it only asks for the key",
      toleration: { key: "dedicated", operator: "Exists" },
      tolerates: true,
    },
    { name: "of any key when it names none", toleration: { operator: "Exists" }, tolerates: true },
    { name: "not of another value", toleration: { key: "dedicated", value: "web" }, tolerates: false },
    { name: "not of another key", toleration: { key: "gpu", operator: "Exists" }, tolerates: false },
    {
      name: "not of another effect",
      toleration: { key: "dedicated", operator: "Exists", effect: "NoExecute" },
      tolerates: false,
    },
  ])("$name", ({ toleration, tolerates }) => {
    expect(toleratesTaint(toleration, dedicated)).toBe(tolerates);
  });
});

test("every taint needs a toleration, and the first that fits counts", () => {
  const gone: Taint = { key: "gone", effect: "NoExecute" };
  const first: Toleration = { operator: "Exists", tolerationSeconds: 10 };
  const second: Toleration = { key: "gone", operator: "Exists", tolerationSeconds: 5 };
  expect(matchingTolerations([gone], [first, second])).toEqual([first]);
  expect(matchingTolerations([gone, dedicated], [second])).toBeUndefined();
  expect(matchingTolerations([gone])).toBeUndefined();
  expect(matchingTolerations([])).toEqual([]);
});

test("taints are told apart by key and effect", () => {
  expect(hasTaint([dedicated], { key: "dedicated", effect: "NoSchedule" })).toBe(true);
  expect(hasTaint([dedicated], { key: "dedicated", effect: "NoExecute" })).toBe(false);
  expect(hasTaintKey([dedicated], "dedicated")).toBe(true);
  expect(hasTaintKey(undefined, "dedicated")).toBe(false);
});
