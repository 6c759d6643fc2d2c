import { describe, expect, test } from "vitest";
import { Engine } from "../../../time/engine.ts";
import { Backoff } from "./backoff.ts";

function setUp() {
  const engine = new Engine({ seed: 1, startMs: 1_000_000 });
  return { engine, backoff: new Backoff(engine, 10_000, 300_000) };
}

describe("a back-off", () => {
  test("doubles up to its limit", () => {
    const { backoff } = setUp();
    const delays = Array.from({ length: 7 }, () => {
      backoff.next("a");
      return backoff.delayMs("a");
    });
    expect(delays).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    expect(backoff.delayMs("b")).toBe(0);
  });

  test("holds from the moment that counts, for its key alone", () => {
    const { engine, backoff } = setUp();
    const ended = engine.now();
    expect(backoff.holdsSince("a", ended)).toBe(false);
    backoff.next("a", ended);
    engine.runFor(9_999);
    expect(backoff.holdsSince("a", ended)).toBe(true);
    expect(backoff.holds("a")).toBe(true);
    expect(backoff.holds("b")).toBe(false);
    engine.runFor(1);
    expect(backoff.holdsSince("a", ended)).toBe(false);
    expect(backoff.holds("a")).toBe(false);
  });

  test("starts anew when it was quiet for twice the longest pause", () => {
    const { engine, backoff } = setUp();
    backoff.next("a");
    backoff.next("a");
    engine.runFor(600_001);
    backoff.next("a", engine.now());
    expect(backoff.delayMs("a")).toBe(10_000);
  });

  test("forgets keys by their beginning", () => {
    const { backoff } = setUp();
    backoff.next("pod-1_a");
    backoff.next("pod-2_a");
    backoff.forget("pod-1_");
    expect([backoff.delayMs("pod-1_a"), backoff.delayMs("pod-2_a")]).toEqual([0, 10_000]);
  });
});
