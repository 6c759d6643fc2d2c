import { describe, expect, test } from "vitest";
import { put } from "../../../test/support/lab-context.ts";
import { node } from "../../../test/support/nodes.ts";
import { type PodBuilder, pod, TEST_EPOCH_MS, timeAt } from "../../../test/support/pods.ts";
import { type SchedulingLab, schedulingLab } from "../../../test/support/scheduling-lab.ts";
import { findCondition } from "../../kube/conditions.ts";
import { priorityClasses } from "../../kube/kinds.ts";
import type { Pod } from "../../kube/types/index.ts";

/** A lab whose priority classes are "p<value>". */
function labWithPriorities(...values: readonly number[]): SchedulingLab {
  const lab = schedulingLab(node("a").capacity({ cpu: "4" }));
  for (const value of values) {
    const name = `p${value}`;
    const metadata = { name, uid: name, resourceVersion: "", creationTimestamp: timeAt(TEST_EPOCH_MS) };
    const apiVersion = "scheduling.k8s.io/v1";
    put(lab.api, priorityClasses, { apiVersion, kind: "PriorityClass", metadata, value });
  }
  return lab;
}

const withPriority = (one: PodBuilder, value: number) =>
  one.priority(value).withSpec({ priorityClassName: `p${value}` });

function start(lab: SchedulingLab, ...some: readonly Pod[]): void {
  for (const one of some) lab.addPod(one);
  lab.engine.runFor(200);
}

describe("an important pod without room", () => {
  const victim = pod("victim").requests({ cpu: "3" });
  const preemptor = withPriority(pod("preemptor").requests({ cpu: "2" }), 100);

  test("has a lesser pod evicted, is promised the node, and gets it when the other has left", () => {
    const lab = labWithPriorities(100);
    start(lab, victim);
    lab.takeEvents();
    start(lab, preemptor);

    const evicted = lab.find("victim");
    expect(evicted?.metadata.deletionTimestamp).toBeDefined();
    expect(findCondition(evicted?.status.conditions, "DisruptionTarget")).toMatchObject({
      status: "True",
      reason: "PreemptionByScheduler",
      message: "default-scheduler: preempting to accommodate a higher priority pod",
    });
    expect(lab.find("preemptor")?.status.nominatedNodeName).toBe("a");
    const { uid } = lab.find("preemptor")?.metadata ?? {};
    expect(lab.takeEvents()).toEqual([
      "Warning FailedScheduling Pod default/preemptor: 0/1 nodes are available: 1 Insufficient cpu.",
      `Normal Preempted Pod default/victim: Preempted by pod ${uid} on node a`,
    ]);

    lab.engine.runFor(20_000);
    expect(lab.placements()).toEqual({ victim: "a" });
    lab.finishDeletion("victim");
    lab.engine.runFor(20);
    expect(lab.placements()).toEqual({ preemptor: "a" });
  });

  test("does not evict more while the first ones are still leaving", () => {
    const lab = labWithPriorities(100);
    start(lab, victim);
    start(lab, preemptor);
    lab.takeEvents();
    // Something happens that makes it try again too early.
    lab.addNode(node("b").capacity({ cpu: "2" }).taint("x"));
    lab.engine.runFor(400_000);
    expect(lab.takeEvents().at(-1)).toBe(
      "Warning FailedScheduling Pod default/preemptor: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node.",
    );
    expect(lab.find("preemptor")?.status.nominatedNodeName).toBe("a");
  });

  test("keeps the room that was made for it from lesser pods", () => {
    const lab = labWithPriorities(100);
    start(lab, victim);
    start(lab, preemptor);
    start(lab, pod("late").requests({ cpu: "3" }));
    lab.finishDeletion("victim");
    lab.engine.runFor(2_000);
    expect(lab.placements()).toEqual({ preemptor: "a" });
  });

  test("loses the promise to one that is more important still", () => {
    const lab = labWithPriorities(100, 200);
    start(lab, victim);
    start(lab, preemptor);
    start(lab, withPriority(pod("king").requests({ cpu: "4" }), 200));
    expect(lab.find("king")?.status.nominatedNodeName).toBe("a");
    expect(lab.find("preemptor")?.status.nominatedNodeName).toBeUndefined();
    lab.finishDeletion("victim");
    lab.engine.runFor(2_000);
    expect(lab.placements()).toEqual({ king: "a" });
  });

  test("waits until the last of several victims has left", () => {
    const lab = labWithPriorities(100);
    start(lab, pod("v1").requests({ cpu: "2" }), pod("v2").requests({ cpu: "2" }));
    start(lab, withPriority(pod("preemptor").requests({ cpu: "4" }), 100));
    lab.finishDeletion("v1");
    lab.engine.runFor(15_000);
    expect(lab.placements()).toEqual({ v2: "a" });
    lab.finishDeletion("v2");
    lab.engine.runFor(20);
    expect(lab.placements()).toEqual({ preemptor: "a" });
  });

  test("is tried again when an eviction could not be written", () => {
    const lab = labWithPriorities(100);
    start(lab, victim);
    lab.addPod(preemptor);
    lab.engine.runWhile(
      () => lab.takeEvents().every((text) => !text.includes("preemptor")),
      lab.engine.now() + 50,
    );
    lab.server.setUp(false);
    lab.engine.runFor(1_000);
    lab.server.setUp(true);
    lab.engine.runFor(15_000);
    expect(lab.find("victim")?.metadata.deletionTimestamp).toBeDefined();
    lab.finishDeletion("victim");
    lab.engine.runFor(20_000);
    expect(lab.placements()).toEqual({ preemptor: "a" });
  });
});
