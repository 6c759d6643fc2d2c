import { expect, test } from "vitest";
import { TaintQueue } from "./taint-queue.ts";

test("the first node goes at once, the next ones every ten seconds", () => {
  const queue = new TaintQueue(0.1);
  for (const name of ["a", "b", "c"]) queue.add(name);
  expect(queue.take(1_000)).toBe("a");
  expect(queue.take(10_999)).toBeUndefined();
  expect(queue.dueMs()).toBe(11_000);
  expect(queue.take(11_000)).toBe("b");
  expect(queue.take(60_000)).toBe("c");
  expect(queue.dueMs()).toBeUndefined();
});

test("idle time saves up one token and no more", () => {
  const queue = new TaintQueue(0.1);
  queue.add("a");
  queue.take(0);
  queue.add("b");
  queue.add("c");
  expect(queue.take(100_000)).toBe("b");
  expect(queue.take(100_000)).toBeUndefined();
});

test("a node that has left is not taken", () => {
  const queue = new TaintQueue(0.1);
  queue.add("a");
  queue.add("b");
  queue.remove("a");
  expect(queue.take(0)).toBe("b");
});

test("a stopped queue gives nothing, and begins again with a wait", () => {
  const queue = new TaintQueue(0.1);
  queue.setRate(0, 0);
  queue.add("a");
  expect(queue.dueMs()).toBeUndefined();
  expect(queue.take(50_000)).toBeUndefined();
  queue.setRate(0.1, 50_000);
  expect(queue.take(59_999)).toBeUndefined();
  expect(queue.take(60_000)).toBe("a");
});

test("a slower pace begins with the token that was saved, or with a whole wait", () => {
  const saved = new TaintQueue(0.1);
  saved.setRate(0.01, 5_000);
  saved.add("a");
  expect(saved.take(5_000)).toBe("a");
  const drained = new TaintQueue(0.1);
  drained.add("a");
  drained.add("b");
  drained.take(0);
  drained.setRate(0.01, 1_000);
  expect(drained.take(100_999)).toBeUndefined();
  expect(drained.take(101_000)).toBe("b");
});
