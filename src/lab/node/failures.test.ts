import { describe, expect, test } from "vitest";
import { Engine } from "../../time/engine.ts";
import { Failures } from "./failures.ts";
import { Machines } from "./machines.ts";
import type { FailureKind, Machine } from "./world.ts";

function machine(name: string, zone: string): Machine {
  return {
    name,
    zone,
    ip: "10.77.0.1",
    state: "on",
    partitioned: false,
    kubelet: "running",
    diskFull: false,
    bootId: 1,
    clockOffsetMs: 0,
  };
}

function setUp() {
  const engine = new Engine({ seed: 3 });
  const machines = new Machines([machine("a", "z1"), machine("b", "z2"), machine("c", "z2")]);
  const apiServer: boolean[] = [];
  const failures = new Failures(engine, machines, (failed) => apiServer.push(failed));
  return { engine, machines, failures, apiServer, a: () => machines.machines.get("a") as Machine };
}

describe("a fault", () => {
  test.each<{ how: FailureKind; changed: Partial<Machine> }>([
    { how: "power-off", changed: { state: "off", kubelet: "stopped" } },
    { how: "partition", changed: { partitioned: true } },
    { how: "kubelet-stop", changed: { kubelet: "stopped" } },
    { how: "kubelet-hang", changed: { kubelet: "hung" } },
    { how: "disk-full", changed: { diskFull: true } },
    { how: "flap", changed: { state: "off", kubelet: "stopped" } },
  ])("$how changes the machine, and is undone", ({ how, changed }) => {
    const { engine, failures, a } = setUp();
    const whole = a();
    failures.fail("a", how);
    expect(a()).toEqual({ ...whole, ...changed });
    failures.heal("a");
    engine.runFor(70_000);
    expect({ ...a(), bootId: 1 }).toEqual(whole);
  });

  test("of the power is over 20 to 60 s after it was mended, the kubelet a little later, in a new boot", () => {
    const { engine, failures, a } = setUp();
    failures.fail("a", "power-off");
    failures.heal("a");
    engine.runFor(19_000);
    expect(a().state).toBe("off");
    expect(engine.runWhile(() => a().state === "off", engine.now() + 41_000)).toBe(true);
    expect(a()).toMatchObject({ kubelet: "stopped", bootId: 2 });
    engine.runFor(3_000);
    expect(a().kubelet).toBe("running");
  });

  test("that comes while a machine boots stops the boot", () => {
    const { engine, failures, a } = setUp();
    failures.fail("a", "power-off");
    failures.heal("a");
    engine.runFor(10_000);
    failures.fail("a", "power-off");
    engine.runFor(300_000);
    expect(a().state).toBe("off");
  });

  test("adds up with others, and all are undone together", () => {
    const { engine, failures, a } = setUp();
    for (const how of ["partition", "disk-full", "kubelet-stop"] as const) failures.fail("a", how);
    failures.jumpClock("a", 5_000);
    failures.jumpClock("a", 5_000);
    expect(a()).toMatchObject({
      partitioned: true,
      diskFull: true,
      kubelet: "stopped",
      clockOffsetMs: 10_000,
    });
    failures.heal("a");
    engine.runFor(1);
    expect(a()).toMatchObject({ partitioned: false, diskFull: false, kubelet: "running", clockOffsetMs: 0 });
  });

  test("of a kubelet outlives a boot", () => {
    const { engine, failures, a } = setUp();
    failures.fail("a", "flap");
    failures.fail("a", "kubelet-stop");
    engine.runWhile(() => a().state === "off", engine.now() + 130_000);
    engine.runFor(5_000);
    expect(a()).toMatchObject({ state: "on", kubelet: "stopped" });
  });

  test("that flaps takes the machine down and up again until it is mended", () => {
    const { engine, machines, failures, a } = setUp();
    const seen: string[] = [];
    machines.onChange(() => seen.push(a().state));
    failures.fail("a", "flap");
    engine.runFor(1_200_000);
    expect(
      seen.filter((state, index) => state === "off" && seen[index - 1] !== "off").length,
    ).toBeGreaterThan(4);
    failures.heal("a");
    engine.runFor(70_000);
    const boots = a().bootId;
    engine.runFor(1_200_000);
    expect(a()).toMatchObject({ state: "on", kubelet: "running", bootId: boots });
  });

  test("of a zone hits all of its machines", () => {
    const { machines, failures } = setUp();
    failures.failZone("z2", "partition");
    expect([...machines.machines.values()].map(({ partitioned }) => partitioned)).toEqual([
      false,
      true,
      true,
    ]);
    failures.healZone("z2");
    expect([...machines.machines.values()].some(({ partitioned }) => partitioned)).toBe(false);
  });

  test("of the API server reaches the server before anybody hears of it", () => {
    const { machines, failures, apiServer } = setUp();
    const heard: (boolean | undefined)[] = [];
    machines.onChange(() => heard.push(apiServer.at(-1)));
    failures.setApiServer(false);
    failures.setApiServer(false);
    failures.setApiServer(true);
    expect(apiServer).toEqual([true, false]);
    expect(heard).toEqual([true, false]);
  });
});

describe("wires", () => {
  test.each([
    { name: "hold between machines that run", fail: [], ab: true, aOut: true, aa: true },
    { name: "end at a machine without power", fail: ["power-off"], ab: false, aOut: false, aa: false },
    { name: "are cut around a machine, not in it", fail: ["partition"], ab: false, aOut: false, aa: true },
    { name: "do not need a kubelet", fail: ["kubelet-stop"], ab: true, aOut: true, aa: true },
  ] as const)("$name", ({ fail, ab, aOut, aa }) => {
    const { machines, failures } = setUp();
    for (const how of fail) failures.fail("a", how);
    expect(machines.reaches({ machine: "a" }, { machine: "b" })).toBe(ab);
    expect(machines.reaches({ machine: "b" }, { machine: "a" })).toBe(ab);
    expect(machines.reaches({ machine: "a" }, "outside")).toBe(aOut);
    expect(machines.reaches("outside", { machine: "a" })).toBe(aOut);
    expect(machines.reaches({ machine: "a" }, { machine: "a" })).toBe(aa);
    expect(machines.reaches("outside", "outside")).toBe(true);
  });
});
