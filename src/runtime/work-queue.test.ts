import { describe, expect, test } from "vitest";
import { Pending } from "../base/pending.ts";
import { StatusError } from "../kube/status-error.ts";
import { Engine } from "../time/engine.ts";
import { WorkQueue, type WorkQueueOptions } from "./work-queue.ts";

/** A queue that notes when it handled what, in milliseconds since the start. */
function recording(options: Partial<WorkQueueOptions> = {}) {
  const engine = new Engine({ seed: 1, startMs: 0 });
  const handled: { key: string; atMs: number }[] = [];
  const queue = new WorkQueue(engine, {
    name: "test",
    delayMs: [1, 1],
    ...options,
    reconcile(key) {
      handled.push({ key, atMs: engine.now() });
      options.reconcile?.(key);
    },
  });
  return { engine, queue, handled, times: () => handled.map(({ atMs }) => atMs) };
}

function refuse(reason: "Conflict" | "ServiceUnavailable"): never {
  throw new StatusError(reason, "refused");
}

describe("WorkQueue", () => {
  test("handles a key once however often it is added before its turn", () => {
    const { engine, queue, handled } = recording();
    queue.add("a");
    queue.add("b");
    queue.add("a");
    engine.runFor(1_000);
    expect(handled.map(({ key }) => key)).toEqual(["a", "b"]);
  });

  test("handles a key again when it is added during its own turn", () => {
    const { engine, queue, times } = recording({
      reconcile(key) {
        if (engine.now() < 2) queue.add(key);
      },
    });
    queue.add("a");
    engine.runFor(1_000);
    expect(times()).toEqual([1, 2]);
  });

  test("keeps the earliest of several later moments", () => {
    const { engine, queue, times } = recording();
    queue.addAfter("a", 500);
    queue.addAfter("a", 300);
    queue.addAfter("a", 400);
    engine.runFor(1_000);
    expect(times()).toEqual([300]);
  });

  test("still handles a key at the later moment asked for when it was handled sooner for another reason", () => {
    const { engine, queue, times } = recording();
    queue.addAfter("a", 300);
    queue.add("a");
    engine.runFor(1_000);
    expect(times()).toEqual([1, 300]);
  });

  test("doubles the pause after each failure up to the longest one, and forgets them after a success", () => {
    let failures = 5;
    const { engine, queue, times } = recording({
      backoffMs: [10, 40],
      reconcile() {
        if (failures-- > 0) refuse("Conflict");
      },
    });
    queue.add("a");
    engine.runFor(1_000);
    expect(times()).toEqual([1, 11, 31, 71, 111, 151]);
    failures = 1;
    queue.add("a");
    engine.runFor(1_000);
    expect(times().slice(6)).toEqual([1_001, 1_011]);
  });

  test("gives up after the given number of retries until the key is added again", () => {
    const { engine, queue, handled } = recording({ retriesMax: 2, reconcile: () => refuse("Conflict") });
    queue.add("a");
    engine.runFor(60_000);
    expect(handled).toHaveLength(3);
    queue.add("a");
    engine.runFor(60_000);
    expect(handled).toHaveLength(6);
  });

  test("drops nothing for an outage, and counts none of it against what fails later", () => {
    let upAtMs = 300_000;
    let conflicts = 2;
    const { engine, queue, times } = recording({
      retriesMax: 2,
      reconcile() {
        if (engine.now() < upAtMs) refuse("ServiceUnavailable");
        if (conflicts-- > 0) refuse("Conflict");
        upAtMs = Number.NEGATIVE_INFINITY;
      },
    });
    queue.add("a");
    engine.runFor(600_000);
    expect(upAtMs).toBe(Number.NEGATIVE_INFINITY);
    expect(times().filter((atMs) => atMs >= 300_000)).toHaveLength(3);
  });

  test("asks again within 15 s during an outage, however long that lasts", () => {
    const { engine, queue, times } = recording({ reconcile: () => refuse("ServiceUnavailable") });
    queue.add("a");
    engine.runFor(600_000);
    const pauses = times().map((atMs, i) => atMs - (times()[i - 1] ?? 0));
    expect(Math.max(...pauses)).toBe(15_000);
    expect(pauses.at(-1)).toBe(15_000);
  });

  test("handles a key that lacked an answer from outside when that has come, and counts no failure", async () => {
    let answer = () => {};
    const ready = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let lacks = true;
    const { engine, queue, times } = recording({
      backoffMs: [10_000, 10_000],
      reconcile() {
        if (!lacks) return;
        const error = new StatusError("ServiceUnavailable", "not yet");
        error.cause = new Pending("an answer", ready);
        throw error;
      },
    });
    queue.add("a");
    engine.runFor(100);
    expect(times()).toEqual([1]);
    lacks = false;
    answer();
    await ready;
    engine.runFor(100);
    expect(times()).toEqual([1, 101]);
  });

  test("lets a bug stop the run instead of trying it again", () => {
    const { engine, queue } = recording({
      reconcile() {
        throw new TypeError("undefined is not a function");
      },
    });
    queue.add("a");
    expect(() => engine.runFor(1_000)).toThrow(TypeError);
  });

  test("costs no task when nothing is added", () => {
    const { engine, queue } = recording();
    queue.add("a");
    engine.runFor(1_000);
    const tasks = engine.tasksRun;
    engine.runFor(3_600_000);
    expect(engine.tasksRun).toBe(tasks);
    expect(engine.nextDueMs()).toBeUndefined();
  });
});
