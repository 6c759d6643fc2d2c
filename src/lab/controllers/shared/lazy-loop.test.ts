import { expect, test } from "vitest";
import { StatusError } from "../../../kube/status-error.ts";
import { Engine } from "../../../time/engine.ts";
import { LazyLoop } from "./lazy-loop.ts";

function loop(pass: (nowMs: number, self: LazyLoop) => void = () => {}) {
  const engine = new Engine({ seed: 7 });
  const passesMs: number[] = [];
  const self: LazyLoop = new LazyLoop(engine, {
    name: "loop",
    periodMs: 5_000,
    pass: (nowMs) => {
      passesMs.push(nowMs);
      pass(nowMs, self);
    },
  });
  self.start();
  return { engine, self, passesMs, firstMs: self.passAt(0) };
}

test("nobody wakes it, nothing runs", () => {
  const { engine, passesMs } = loop();
  engine.runFor(60_000);
  expect(passesMs).toEqual([]);
  expect(engine.tasksRun).toBe(0);
});

test("passes come a period apart, however they were asked for", () => {
  const { engine, self, passesMs, firstMs } = loop();
  self.wake();
  self.wake();
  engine.runFor(11_000);
  self.wake();
  engine.runFor(100_000);
  self.wake(engine.now() + 60_000);
  engine.runFor(100_000);
  expect(passesMs[0]).toBe(firstMs);
  expect(passesMs).toHaveLength(3);
  for (const ms of passesMs) expect((ms - firstMs) % 5_000).toBe(0);
});

test("of two wishes the sooner is kept: whoever needs more asks again from within the pass", () => {
  const { engine, self, passesMs, firstMs } = loop();
  self.wake(firstMs + 20_000);
  self.wake(firstMs);
  self.wake(firstMs + 40_000);
  engine.runFor(60_000);
  expect(passesMs).toEqual([firstMs]);
});

test("a pass that asks for more gets the next one", () => {
  const { engine, passesMs, firstMs, self } = loop((nowMs, me) => {
    if (nowMs < firstMsOf(self) + 9_000) me.wake();
  });
  self.wake();
  engine.runFor(60_000);
  expect(passesMs).toEqual([firstMs, firstMs + 5_000, firstMs + 10_000]);
});

test("a pass that finds no API server is made up for by the next one", () => {
  const { engine, passesMs, firstMs, self } = loop((nowMs) => {
    if (nowMs === firstMsOf(self)) throw new StatusError("ServiceUnavailable", "down");
  });
  self.wake();
  engine.runFor(60_000);
  expect(passesMs).toEqual([firstMs, firstMs + 5_000]);
});

function firstMsOf(self: LazyLoop): number {
  return self.passAt(0);
}
