import { describe, expect, test } from "vitest";
import type { ManagedFieldsEntry } from "../types/meta.ts";
import { managersOfScale, managersOfScaled } from "./scale-managers.ts";

const COUNT = ["spec", "replicas"];
const T = "2026-01-01T00:00:00Z";

function entry(manager: string, more: object, ...fields: string[]): ManagedFieldsEntry {
  const spec = Object.fromEntries(fields.map((name) => [`f:${name}`, {}]));
  const base = { manager, operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1" } as const;
  return { ...base, time: T, ...more, fieldsV1: { "f:spec": spec } };
}

const inScale = { apiVersion: "autoscaling/v1" };
const apply = { operation: "Apply" } as const;
const scaled = { subresource: "scale", time: undefined };

/** Who owns what, in one line each. */
function said(entries: readonly ManagedFieldsEntry[]): readonly string[] {
  return entries.map(({ manager, operation, apiVersion, subresource = "-", time, fieldsV1 }) =>
    [
      manager,
      operation,
      apiVersion,
      subresource,
      time === undefined ? "never" : "once",
      ...Object.keys((fieldsV1 as { "f:spec": object })["f:spec"]),
    ].join(" "),
  );
}

describe("the managers of a Scale", () => {
  test("are those who own the count, in its own version", () => {
    const entries = [
      entry("a", {}, "paused", "replicas"),
      entry("b", apply, "replicas"),
      entry("c", {}, "x"),
    ];
    expect(said(managersOfScale(entries, COUNT))).toEqual([
      "b Apply autoscaling/v1 - once f:replicas",
      "a Update autoscaling/v1 - once f:replicas",
    ]);
  });

  test("of a count that lies elsewhere", () => {
    const [only] = managersOfScale([entry("a", {}, "size")], ["spec", "size"]);
    expect(only?.fieldsV1).toEqual({ "f:spec": { "f:replicas": {} } });
  });
});

// As kube-apiserver 1.34.4 has it: test/contract/exchanges/scales.txt.
describe("the managers of an object whose Scale was written", () => {
  test.each([
    {
      name: "an Update's manager who keeps the count gets it anew, without a time, beside the rest",
      parents: [entry("a", {}, "paused", "replicas")],
      scale: [entry("a", inScale, "replicas")],
      wanted: ["a Update apps/v1 - never f:replicas", "a Update apps/v1 - once f:paused"],
    },
    {
      name: "an Apply's manager who keeps the count keeps the entry",
      parents: [entry("a", apply, "paused", "replicas")],
      scale: [entry("a", { ...apply, ...inScale }, "replicas")],
      wanted: ["a Apply apps/v1 - once f:paused f:replicas"],
    },
    {
      name: "whoever lost it keeps the rest",
      parents: [entry("a", apply, "paused", "replicas"), entry("b", {}, "replicas")],
      scale: [entry("c", { ...inScale, ...scaled }, "replicas")],
      wanted: ["a Apply apps/v1 - once f:paused", "c Update apps/v1 scale never f:replicas"],
    },
    {
      name: "nobody owns a count that no manager of the Scale does",
      parents: [entry("a", {}, "paused", "replicas")],
      scale: [],
      wanted: ["a Update apps/v1 - once f:paused"],
    },
    {
      name: "of two entries of one manager the last one counts",
      parents: [entry("a", { time: undefined }, "replicas"), entry("a", {}, "paused")],
      scale: [],
      wanted: ["a Update apps/v1 - once f:paused"],
    },
  ])("$name", ({ parents, scale, wanted }) => {
    expect(said(managersOfScaled(parents, scale, COUNT, "apps/v1"))).toEqual(wanted);
  });
});
