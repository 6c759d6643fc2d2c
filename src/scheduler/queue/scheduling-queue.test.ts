import { describe, expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../../test/support/pods.ts";
import { Engine } from "../../time/engine.ts";
import { Nominator } from "../nominator.ts";
import type { PluginName } from "../plugin.ts";
import type { ClusterEvent } from "./cluster-event.ts";
import type { QueuedPod } from "./queued-pod.ts";
import { SchedulingQueue } from "./scheduling-queue.ts";

function queueOnVirtualTime() {
  const engine = new Engine({ seed: 1 });
  const nominator = new Nominator();
  const preempting = new Set<string>();
  const queue = new SchedulingQueue({
    clock: engine,
    nominator,
    backoffMs: 1_000,
    backoffMaxMs: 10_000,
    unschedulableMaxMs: 300_000,
    isPreempting: (uid) => preempting.has(uid),
  });
  const startMs = engine.now();
  return {
    queue,
    nominator,
    preempting,
    /** Moves time to so many milliseconds after the start. */
    at: (ms: number) => engine.runUntil(startMs + ms),
    /** When the queue next wants to be flushed, in milliseconds after the start. */
    nextDue: () => {
      const dueMs = queue.nextDueMs();
      return dueMs === undefined ? undefined : dueMs - startMs;
    },
    pop: () => queue.pop()?.pod.metadata.name,
    /** Takes the next pod out and gives it back as rejected by these plugins; by none it is an error. */
    fail: (...rejectors: readonly PluginName[]) => {
      const queued = queue.pop() as QueuedPod;
      queue.addUnschedulable(queued, queued.pod, new Set(rejectors));
    },
  };
}

const podDeleted = (before: PodBuilder): ClusterEvent => ({
  resource: "AssignedPod",
  action: "Delete",
  before,
});
const nodeAdded: ClusterEvent = { resource: "Node", action: "Add", after: node("n") };

describe("the active queue", () => {
  test("gives the most important pod first, then the one that has waited longest", () => {
    const { queue, at, pop } = queueOnVirtualTime();
    queue.add(pod("early"));
    at(10);
    queue.add(pod("late"));
    queue.add(pod("important").priority(100));
    queue.add(pod("unimportant").priority(-1));
    expect([pop(), pop(), pop(), pop(), pop()]).toEqual([
      "important",
      "early",
      "late",
      "unimportant",
      undefined,
    ]);
  });

  test("tries a pod as it was last updated", () => {
    const { queue } = queueOnVirtualTime();
    const before = pod("p");
    queue.add(before);
    const after = before.labels({ new: "yes" });
    queue.update(before, after);
    expect(queue.pop()?.pod).toBe(after);
  });

  test("forgets pods that are deleted, wherever they wait", () => {
    const { queue, fail, pop } = queueOnVirtualTime();
    const [active, rejected, failed, gated] = [pod("a"), pod("r"), pod("f"), pod("g").schedulingGates("x")];
    queue.add(rejected);
    fail("NodeResourcesFit");
    queue.add(failed);
    fail();
    queue.add(gated);
    queue.add(active);
    for (const gone of [active, rejected, failed, gated]) queue.delete(gone);
    expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 0, gated: 0 });
    expect(pop()).toBeUndefined();
  });
});

describe("rejected pods", () => {
  test("wait for an event that one of their rejectors finds promising", () => {
    const { queue, fail, pop } = queueOnVirtualTime();
    queue.add(pod("p").requests({ cpu: "1" }));
    fail("NodeResourcesFit");
    queue.move({
      resource: "Node",
      action: "UpdateNodeLabel",
      before: node("n"),
      after: node("n").zone("z"),
    });
    expect(pop()).toBeUndefined();
    queue.move(podDeleted(pod("x").on("n")));
    expect(pop()).toBe("p");
  });

  test("back off when their event comes soon, but not while nothing else is to be tried", () => {
    const { queue, at, fail, pop } = queueOnVirtualTime();
    queue.add(pod("p").requests({ cpu: "1" }));
    fail("NodeResourcesFit");
    at(200);
    queue.move(podDeleted(pod("x").on("n")));
    queue.add(pod("q"));
    expect(queue.sizes).toMatchObject({ active: 1, backoff: 1 });
    expect([pop(), pop()]).toEqual(["q", "p"]);
  });

  test("are active at once when their event comes after the back-off", () => {
    const { queue, at, fail } = queueOnVirtualTime();
    queue.add(pod("p").requests({ cpu: "1" }));
    fail("NodeResourcesFit");
    at(2_000);
    queue.move(podDeleted(pod("x").on("n")));
    expect(queue.sizes).toMatchObject({ active: 1, backoff: 0 });
  });

  test("can be moved selectively", () => {
    const { queue, fail, pop } = queueOnVirtualTime();
    for (const name of ["p", "q"]) {
      queue.add(pod(name).requests({ cpu: "1" }));
      fail("NodeResourcesFit");
    }
    queue.move(podDeleted(pod("x").on("n")), ({ metadata }) => metadata.name === "q");
    expect([pop(), pop()]).toEqual(["q", undefined]);
  });

  test("come back when an update of their own helps", () => {
    const { queue, fail, pop } = queueOnVirtualTime();
    const before = pod("p");
    queue.add(before);
    fail("TaintToleration");
    const labelled = before.labels({ x: "y" });
    queue.update(before, labelled);
    expect(pop()).toBeUndefined();
    queue.update(labelled, labelled.tolerates({ key: "dedicated", operator: "Exists" }));
    expect(pop()).toBe("p");
  });

  test("are tried again after five minutes, at the next look every half minute", () => {
    const { queue, at, fail, nextDue } = queueOnVirtualTime();
    at(5_000);
    queue.add(pod("p"));
    fail("NodeAffinity");
    expect(nextDue()).toBe(330_000);
    at(329_999);
    queue.flush();
    expect(queue.sizes).toMatchObject({ unschedulable: 1 });
    at(330_000);
    queue.flush();
    expect(queue.sizes).toMatchObject({ active: 1, unschedulable: 0 });
    expect(nextDue()).toBeUndefined();
  });
});

describe("pods whose attempt failed", () => {
  test("back off for 1 s, then twice as long each time, up to 10 s, to the end of the second", () => {
    const { queue, at, fail, nextDue, pop } = queueOnVirtualTime();
    let now = 300;
    at(now);
    queue.add(pod("p"));
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      fail();
      expect(pop()).toBeUndefined();
      const due = nextDue() as number;
      waits.push(due - now);
      at(due - 1);
      queue.flush();
      expect(queue.hasNext).toBe(false);
      at(due);
      queue.flush();
      expect(queue.hasNext).toBe(true);
      now = due;
    }
    // Back-offs are cut down to whole seconds and last until the second that they end in is over.
    expect(waits).toEqual([1_700, 3_000, 5_000, 9_000, 11_000, 11_000]);
  });

  test("start over once an attempt ends in a rejection", () => {
    const { queue, at, fail, nextDue } = queueOnVirtualTime();
    queue.add(pod("p"));
    for (const dueMs of [2_000, 5_000]) {
      fail();
      expect(nextDue()).toBe(dueMs);
      at(dueMs);
      queue.flush();
    }
    fail("NodePorts");
    at(10_000);
    queue.move(nodeAdded);
    fail();
    expect(nextDue()).toBe(12_000);
  });
});

describe("gated pods", () => {
  test("are not tried while they have a gate, whatever happens", () => {
    const { queue, at, pop, nextDue } = queueOnVirtualTime();
    queue.add(pod("p").schedulingGates("example.com/quota"));
    queue.move(nodeAdded);
    at(900_000);
    queue.flush();
    expect(pop()).toBeUndefined();
    expect(nextDue()).toBeUndefined();
    expect(queue.sizes).toMatchObject({ gated: 1 });
  });

  test("are tried at once when the last gate goes, not when the first does", () => {
    const { queue, pop } = queueOnVirtualTime();
    const two = pod("p").schedulingGates("a", "b");
    queue.add(two);
    const one = two.schedulingGates("b");
    queue.update(two, one);
    expect(pop()).toBeUndefined();
    queue.update(one, one.schedulingGates());
    expect(pop()).toBe("p");
  });

  test("wait while others are evicted for them, and come back with the end of the last one", () => {
    const { queue, preempting, fail, pop } = queueOnVirtualTime();
    const preemptor = pod("p").requests({ cpu: "1" });
    queue.add(preemptor);
    fail("NodeResourcesFit");
    preempting.add(preemptor.metadata.uid);
    queue.move(podDeleted(pod("first").on("n")));
    expect(queue.sizes).toMatchObject({ gated: 1 });
    preempting.delete(preemptor.metadata.uid);
    queue.move(podDeleted(pod("last").on("n")));
    expect(pop()).toBe("p");
  });

  test("are tried again when what they waited for went wrong", () => {
    const { queue, fail, pop } = queueOnVirtualTime();
    const preemptor = pod("p").requests({ cpu: "1" });
    queue.add(preemptor);
    fail("NodeResourcesFit");
    queue.activate(preemptor);
    expect(pop()).toBe("p");
  });
});

describe("promised nodes", () => {
  test("are known from the pod's status, and kept while the promise is only being written", () => {
    const { queue, nominator, fail } = queueOnVirtualTime();
    const before = pod("p");
    queue.add(before);
    fail("NodeResourcesFit");
    nominator.add(before, "n");
    queue.update(before, before.labels({ x: "y" }));
    expect([...nominator.on("n")].map(({ labels }) => labels)).toEqual([{ x: "y" }]);
    queue.update(before.nominated("n"), before.nominated("m"));
    expect([...nominator.on("n")]).toEqual([]);
    expect([...nominator.on("m")]).toHaveLength(1);
    queue.update(before.nominated("m"), before);
    expect(nominator.isEmpty).toBe(true);
  });
});
