import { describe, expect, test } from "vitest";
import { timingFor } from "../../kube/timing.ts";
import { Engine } from "../../time/engine.ts";
import { Failures } from "./failures.ts";
import { LeaseRenewals } from "./lease-renewals.ts";
import { Machines } from "./machines.ts";
import type { FailureKind, Machine } from "./world.ts";

const MACHINE: Machine = {
  name: "a",
  zone: "z",
  ip: "10.77.0.1",
  state: "on",
  partitioned: false,
  kubelet: "running",
  diskFull: false,
  bootId: 1,
  clockOffsetMs: 0,
};

function setUp() {
  const engine = new Engine({ seed: 2, startMs: 0 });
  const machines = new Machines([MACHINE, { ...MACHINE, name: "b" }]);
  const failures = new Failures(engine, machines, () => {});
  const renewals = new LeaseRenewals(engine, machines, timingFor());
  const told: string[] = [];
  renewals.onChange((name) => told.push(`${name}@${Math.round(engine.now() / 1000)}`));
  renewals.start();
  return { engine, failures, renewals, told };
}

describe("renewals of Leases", () => {
  test("come every ten seconds and a little, and nobody has to be woken for them", () => {
    const { engine, renewals } = setUp();
    engine.runUntil(1_000);
    const before = engine.tasksRun;
    const seen = new Set<number>();
    for (let ms = 1_000; ms < 600_000; ms += 500) {
      engine.runUntil(ms);
      seen.add(renewals.lastRenewMs("a") ?? 0);
    }
    expect(engine.tasksRun).toBe(before);
    const moments = [...seen].sort((a, b) => a - b);
    const gaps = moments.slice(1).map((moment, i) => moment - (moments[i] as number));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_400);
  });

  test("are the same whoever asks how often", () => {
    const often = setUp();
    for (let ms = 0; ms <= 300_000; ms += 1_000) {
      often.engine.runUntil(ms);
      often.renewals.lastRenewMs("a");
    }
    const once = setUp();
    once.engine.runUntil(300_000);
    expect(once.renewals.lastRenewMs("a")).toBe(often.renewals.lastRenewMs("a"));
  });

  test.each<{ how: FailureKind }>([
    { how: "partition" },
    { how: "power-off" },
    { how: "kubelet-stop" },
    { how: "kubelet-hang" },
  ])("cease with $how, and both the end and the return are told", ({ how }) => {
    const { engine, failures, renewals, told } = setUp();
    engine.runUntil(100_000);
    told.length = 0;
    failures.fail("a", how);
    expect(told).toEqual(["a@100"]);
    engine.runUntil(200_000);
    expect(renewals.lastRenewMs("a")).toBeLessThan(100_001);
    expect(renewals.lastRenewMs("b")).toBeGreaterThan(189_000);
    failures.heal("a");
    engine.runUntil(280_000);
    expect(renewals.lastRenewMs("a")).toBeGreaterThan(269_000);
    expect(told.length).toBe(2);
  });

  test("of all nodes cease with the API server", () => {
    const { engine, failures, renewals } = setUp();
    engine.runUntil(100_000);
    failures.setApiServer(false);
    engine.runUntil(200_000);
    for (const name of ["a", "b"]) expect(renewals.lastRenewMs(name)).toBeLessThan(100_001);
    expect(renewals.lastRenewMs("nobody")).toBeUndefined();
  });
});
