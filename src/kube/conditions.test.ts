import { describe, expect, test } from "vitest";
import { findCondition, isConditionTrue, removeCondition, setCondition } from "./conditions.ts";
import type { Condition } from "./types/meta.ts";

const nowMs = Date.UTC(2026, 0, 1, 12);
const now = "2026-01-01T12:00:00Z";
const before = "2026-01-01T08:00:00Z";
const ready: Condition = { type: "Ready", status: "True", reason: "Up", lastTransitionTime: before };
const disk: Condition = { type: "DiskPressure", status: "False", lastTransitionTime: before };

describe("setCondition", () => {
  test("appends a new type with the moment", () => {
    expect(setCondition([disk], { type: "Ready", status: "False", reason: "Down" }, nowMs)).toEqual([
      disk,
      { type: "Ready", status: "False", reason: "Down", lastTransitionTime: now },
    ]);
    expect(setCondition(undefined, { type: "Ready", status: "True" }, nowMs)).toHaveLength(1);
  });

  test("moves the transition time when the status changes", () => {
    const [changed] = setCondition([ready], { type: "Ready", status: "Unknown", reason: "Lost" }, nowMs);
    expect(changed).toEqual({ type: "Ready", status: "Unknown", reason: "Lost", lastTransitionTime: now });
  });

  test("keeps the transition time when only the reason changes", () => {
    const [changed] = setCondition([ready], { type: "Ready", status: "True", reason: "StillUp" }, nowMs);
    expect(changed).toEqual({ type: "Ready", status: "True", reason: "StillUp", lastTransitionTime: before });
  });

  test("gives the same list when nothing changes, and keeps the others' identity when something does", () => {
    const list = [ready, disk];
    expect(setCondition(list, { type: "Ready", status: "True", reason: "Up" }, nowMs)).toBe(list);
    const changed = setCondition(list, { type: "Ready", status: "False" }, nowMs);
    expect(changed[1]).toBe(disk);
    expect(list[0]).toBe(ready);
  });

  test("takes a new heartbeat without a transition", () => {
    const draft = { type: "Ready", status: "True", reason: "Up", lastHeartbeatTime: now } as const;
    expect(setCondition([ready], draft, nowMs)).toEqual([{ ...draft, lastTransitionTime: before }]);
  });
});

test("finds and judges by type", () => {
  expect(findCondition([ready, disk], "DiskPressure")).toBe(disk);
  expect(findCondition(undefined, "Ready")).toBeUndefined();
  expect(isConditionTrue([ready, disk], "Ready")).toBe(true);
  expect(isConditionTrue([ready, disk], "DiskPressure")).toBe(false);
  expect(isConditionTrue([], "Ready")).toBe(false);
});

test("removes a type, and gives the same list when it is not there", () => {
  const list = [ready, disk];
  expect(removeCondition(list, "Ready")).toEqual([disk]);
  expect(removeCondition(list, "PIDPressure")).toBe(list);
});
