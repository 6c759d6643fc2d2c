import { describe, expect, test } from "vitest";
import { node } from "../../../../test/support/nodes.ts";
import { TEST_EPOCH_MS } from "../../../../test/support/pods.ts";
import { timingFor } from "../../../kube/timing.ts";
import type { Node } from "../../../kube/types/index.ts";
import { examine, type Finding, type NodeHealth } from "./health.ts";

const timing = timingFor();
const at = (seconds: number) => TEST_EPOCH_MS + seconds * 1_000;

/** A pass at so many seconds; passes are at whole multiples of five. */
function look(of: Node, seconds: number, before?: NodeHealth, renewSeconds?: number): Finding {
  const renewMs = renewSeconds === undefined ? undefined : at(renewSeconds);
  const passAfter = (ms: number) => TEST_EPOCH_MS + Math.ceil((ms - TEST_EPOCH_MS) / 5_000) * 5_000;
  return examine(of, before, renewMs, { nowMs: at(seconds), passAfter, timing });
}

const ready = node("a");
const fresh: Node = node("a").withStatus({ conditions: [] });
const heartbeat = (text: string) =>
  node("a").condition({ type: "Ready", status: "True", lastHeartbeatTime: text });

describe("a node that posts", () => {
  test("is silent fifty seconds after the pass that saw its last renewal", () => {
    const { health } = look(ready, 0);
    expect(look(ready, 60, health, 12).conditions).toBeUndefined();
    expect(look(ready, 65, health, 12).current).toBe("Unknown");
  });

  test("is heard of through its status as well", () => {
    const first = look(heartbeat("one"), 0);
    const second = look(heartbeat("two"), 40, first.health);
    expect(look(heartbeat("two"), 85, second.health).current).toBe("True");
    expect(look(heartbeat("two"), 90, second.health).current).toBe("Unknown");
  });

  test("gets one more period when its status was news and its Lease was not", () => {
    const first = look(heartbeat("one"), 0, undefined, -2);
    const second = look(heartbeat("two"), 40, first.health, -2);
    expect(look(heartbeat("two"), 90, second.health, -2).current).toBe("True");
    expect(look(heartbeat("two"), 95, second.health, -2).current).toBe("Unknown");
  });
});

describe("a node that never posted", () => {
  test("has sixty seconds from its creation, and then all four conditions are made up", () => {
    const { health, observed, current } = look(fresh, 5);
    expect([observed, current]).toEqual(["Unknown", undefined]);
    expect(look(fresh, 55, health).conditions).toBeUndefined();
    const finding = look(fresh, 60, health);
    expect(finding.conditions?.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      "Ready NodeStatusNeverUpdated",
      "MemoryPressure NodeStatusNeverUpdated",
      "DiskPressure NodeStatusNeverUpdated",
      "PIDPressure NodeStatusNeverUpdated",
    ]);
  });

  test("has time as long as it renews its Lease", () => {
    const { health } = look(fresh, 5);
    expect(look(fresh, 100, health, 95).current).toBeUndefined();
  });
});

test("what is Unknown already is not posted again", () => {
  const { health, conditions } = look(ready, 0);
  expect(conditions).toBeUndefined();
  const silent = look(ready, 50, health);
  const posted = node("a").withStatus({ conditions: silent.conditions ?? [] });
  expect(look(posted, 55, silent.health).conditions).toBeUndefined();
});
