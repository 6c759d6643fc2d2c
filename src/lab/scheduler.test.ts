import { describe, expect, test } from "vitest";
import { put, testLab } from "../../test/support/lab-context.ts";
import { node } from "../../test/support/nodes.ts";
import { pod } from "../../test/support/pods.ts";
import { schedulingLab } from "../../test/support/scheduling-lab.ts";
import { findCondition } from "../kube/conditions.ts";
import { nodes, pods } from "../kube/kinds.ts";
import type { Pod } from "../kube/types/index.ts";
import { scheduler } from "./scheduler.ts";

const PREEMPTION_USELESS = "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

describe("a pod that fits", () => {
  test("is bound within milliseconds, and an event says so", () => {
    const lab = schedulingLab(node("a"));
    lab.addPod(pod("p").requests({ cpu: "1" }));
    lab.engine.runFor(20);
    expect(lab.placements()).toEqual({ p: "a" });
    expect(lab.takeEvents()).toEqual([
      "Normal Scheduled Pod default/p: Successfully assigned default/p to a",
    ]);
  });

  test("counts on its node from the decision on, before it is bound", () => {
    const lab = schedulingLab(node("a"), node("b"));
    for (let i = 0; i < 4; i++) lab.addPod(pod(`p${i}`).requests({ cpu: "2" }));
    lab.engine.runFor(100);
    expect(Object.values(lab.placements()).sort()).toEqual(["a", "a", "b", "b"]);
  });

  test("is left alone when it asks for another scheduler, or has a node", () => {
    const lab = schedulingLab(node("a"));
    lab.addPod(pod("other").withSpec({ schedulerName: "my-scheduler" }));
    lab.addPod(pod("bound").withSpec({ nodeName: "elsewhere" }));
    lab.engine.runFor(1_000);
    expect(lab.placements()).toEqual({ bound: "elsewhere" });
    expect(lab.takeEvents()).toEqual([]);
  });

  test("is found when it was there before the scheduler", () => {
    const lab = testLab();
    put(lab.api, pods, pod("p"));
    const created = put(lab.api, nodes, node("a"));
    lab.api.update(nodes, { ...created, spec: {} });
    scheduler(lab.context).start();
    lab.engine.runFor(100);
    expect(lab.api.get(pods, "default", "p")?.spec.nodeName).toBe("a");
  });

  test("goes before less important ones that came at the same moment", () => {
    const lab = schedulingLab(node("a").capacity({ pods: "1" }));
    lab.addPod(pod("low"));
    const high = pod("high").withSpec({
      priorityClassName: "system-cluster-critical",
      priority: 2_000_000_000,
    });
    lab.addPod(high);
    lab.engine.runFor(20);
    expect(lab.placements()).toEqual({ high: "a" });
  });
});

describe("a pod that does not fit", () => {
  test("says why in an event and in its condition", () => {
    const lab = schedulingLab(node("a"));
    lab.addPod(pod("p").requests({ cpu: "9" }));
    lab.engine.runFor(100);
    const message = `0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, ${PREEMPTION_USELESS}`;
    expect(lab.takeEvents()).toEqual([`Warning FailedScheduling Pod default/p: ${message}`]);
    expect(findCondition(lab.find("p")?.status.conditions, "PodScheduled")).toMatchObject({
      status: "False",
      reason: "Unschedulable",
      message,
      observedGeneration: 1,
    });
  });

  test("is bound as soon as something changes that helps", () => {
    const lab = schedulingLab(node("a").taint("x"));
    lab.addPod(pod("p"));
    lab.engine.runFor(60_000);
    lab.takeEvents();
    lab.addNode(node("b").capacity({ cpu: "2" }));
    lab.engine.runFor(20);
    expect(lab.placements()).toEqual({ p: "b" });
  });

  test("is tried again every five minutes or so without any change, and costs nothing between", () => {
    const lab = schedulingLab(node("a"));
    lab.addPod(pod("p").requests({ cpu: "9" }));
    lab.engine.runFor(1_000);
    const before = lab.engine.tasksRun;
    lab.engine.runFor(3_600_000);
    expect(lab.takeEvents().length).toBe(11);
    expect(lab.engine.tasksRun - before).toBeLessThan(40);
  });

  test("waits for the first node, backing off", () => {
    const lab = schedulingLab();
    lab.addPod(pod("p"));
    lab.engine.runFor(60_000);
    expect(lab.takeEvents()[0]).toBe(
      "Warning FailedScheduling Pod default/p: no nodes available to schedule pods",
    );
    lab.addNode(node("a"));
    lab.engine.runFor(12_000);
    expect(lab.placements()).toEqual({ p: "a" });
  });
});

describe("a pod with scheduling gates", () => {
  test("is not tried before the last gate is gone", () => {
    const lab = schedulingLab(node("a"));
    const gated = lab.addPod(pod("p").schedulingGates("example.com/wait"));
    lab.engine.runFor(600_000);
    expect(lab.takeEvents()).toEqual([]);
    const { schedulingGates: _gone, ...spec } = gated.spec;
    lab.api.update(pods, { ...(lab.find("p") as Pod), spec });
    lab.engine.runFor(20);
    expect(lab.placements()).toEqual({ p: "a" });
  });
});

describe("while the API server is down", () => {
  test("a decision that cannot be written is taken back and tried again", () => {
    const lab = schedulingLab(node("a"));
    lab.addPod(pod("p").requests({ cpu: "3" }));
    lab.server.setUp(false);
    lab.engine.runFor(30_000);
    lab.server.setUp(true);
    expect(lab.placements()).toEqual({});
    lab.engine.runFor(12_000);
    expect(lab.placements()).toEqual({ p: "a" });
    // What had been taken for it was given back: there is room for exactly one more CPU.
    lab.addPod(pod("q").requests({ cpu: "1" }));
    lab.addPod(pod("r").requests({ cpu: "1" }));
    lab.engine.runFor(100);
    expect(Object.keys(lab.placements())).toEqual(["p", "q"]);
  });
});

describe("a binding that fails", () => {
  test("because the pod is gone gives its room back", () => {
    const lab = schedulingLab(node("a"));
    lab.addPod(pod("p").requests({ cpu: "4" }));
    lab.engine.runWhile(() => lab.engine.tasksRun < 1, lab.engine.now() + 10);
    lab.api.delete(pods, "default", "p");
    lab.addPod(pod("q").requests({ cpu: "4" }));
    lab.engine.runFor(2_000);
    expect(lab.placements()).toEqual({ q: "a" });
  });

  test("because somebody else bound the pod follows the one who did", () => {
    const lab = schedulingLab(node("a"), node("b").taint("x"));
    lab.addPod(pod("p").requests({ cpu: "4" }));
    lab.engine.runWhile(() => lab.engine.tasksRun < 1, lab.engine.now() + 10);
    lab.api.bind("default", "p", "b");
    lab.engine.runFor(2_000);
    expect(lab.placements()).toEqual({ p: "b" });
    lab.addPod(pod("q").requests({ cpu: "4" }));
    lab.engine.runFor(2_000);
    expect(lab.placements()).toEqual({ p: "b", q: "a" });
  });
});

describe("an idle scheduler", () => {
  test("has nothing to do", () => {
    const lab = schedulingLab(node("a"));
    lab.addPod(pod("p"));
    lab.engine.runFor(10_000);
    expect(lab.engine.nextDueMs()).toBeUndefined();
  });
});

test("equal seeds place pods alike", () => {
  const run = () => {
    const lab = schedulingLab(...["a", "b", "c", "d", "e"].map((name) => node(name)));
    for (let i = 0; i < 15; i++) lab.addPod(pod(`p${i}`));
    lab.engine.runFor(1_000);
    return lab.placements();
  };
  expect(run()).toEqual(run());
});
