import { describe, expect, test } from "vitest";
import { node } from "../../../../test/support/nodes.ts";
import { timingFor } from "../../../kube/timing.ts";
import { evictionRateOf, planDisruption, type ZoneState, zoneKeyOf, zoneStateOf } from "./zones.ts";

const timing = timingFor();
const zone = (ready: number, notReady: number) => [
  ...Array<"True">(ready).fill("True"),
  ...Array<"Unknown">(notReady).fill("Unknown"),
];

describe("a zone's state", () => {
  test.each<{ name: string; ready: number; notReady: number; state: ZoneState }>([
    { name: "all ready", ready: 3, notReady: 0, state: "Normal" },
    { name: "one of one gone", ready: 0, notReady: 1, state: "FullDisruption" },
    {
      name: "two of three gone are too few to be a partial disruption",
      ready: 1,
      notReady: 2,
      state: "Normal",
    },
    { name: "three of five gone", ready: 2, notReady: 3, state: "PartialDisruption" },
    { name: "exactly 55 percent gone", ready: 9, notReady: 11, state: "PartialDisruption" },
    { name: "just under 55 percent gone", ready: 10, notReady: 12, state: "Normal" },
    { name: "all gone", ready: 0, notReady: 5, state: "FullDisruption" },
  ])("$name: $state", ({ ready, notReady, state }) => {
    expect(zoneStateOf(zone(ready, notReady), timing)).toBe(state);
  });

  test("a node that never posted counts as not ready", () => {
    expect(zoneStateOf([undefined, "True"], timing)).toBe("Normal");
    expect(zoneStateOf([undefined], timing)).toBe("FullDisruption");
  });

  test("sets the pace of evictions", () => {
    expect(evictionRateOf("Normal", 100, timing)).toBe(0.1);
    expect(evictionRateOf("FullDisruption", 100, timing)).toBe(0.1);
    expect(evictionRateOf("PartialDisruption", 51, timing)).toBe(0.01);
    expect(evictionRateOf("PartialDisruption", 50, timing)).toBe(0);
  });
});

describe("what a pass does about disruption", () => {
  const states = (text: string) =>
    new Map(
      text
        .split(" ")
        .filter(Boolean)
        .map((entry) => entry.split("=") as [string, ZoneState]),
    );
  test.each([
    { name: "new zones begin", before: "", found: "a=Normal", kind: "change-zones", changed: "a=Normal" },
    { name: "nothing new", before: "a=Normal", found: "a=Normal", kind: "change-zones", changed: "" },
    {
      name: "one zone of two is lost",
      before: "a=Normal b=Normal",
      found: "a=Normal b=FullDisruption",
      kind: "change-zones",
      changed: "b=FullDisruption",
    },
    {
      name: "the last zone is lost",
      before: "a=FullDisruption b=Normal",
      found: "a=FullDisruption b=FullDisruption",
      kind: "enter-full-disruption",
    },
    {
      name: "everything stays lost",
      before: "a=FullDisruption",
      found: "a=FullDisruption",
      kind: "change-zones",
      changed: "",
    },
    {
      name: "a zone comes back",
      before: "a=FullDisruption b=FullDisruption",
      found: "a=Normal b=FullDisruption",
      kind: "leave-full-disruption",
      changed: "a=Normal b=FullDisruption",
    },
  ])("$name: $kind", ({ before, found, kind, changed }) => {
    const plan = planDisruption(states(before), states(found));
    expect(plan.kind).toBe(kind);
    if (changed !== undefined && plan.kind !== "enter-full-disruption") {
      expect(plan.states).toEqual(states(changed));
    }
  });
});

test("a zone is a region and a zone, and nodes without labels share one", () => {
  expect(zoneKeyOf(node("a").zone("z"))).toBe(":\u0000:z");
  expect(zoneKeyOf(node("a").zone("z", "r"))).toBe("r:\u0000:z");
  expect(zoneKeyOf(node("a"))).toBe("");
});
