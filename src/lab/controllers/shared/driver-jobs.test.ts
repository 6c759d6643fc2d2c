import { describe, expect, test } from "vitest";
import { testLab } from "../../../../test/support/lab-context.ts";
import { DriverJobs } from "./driver-jobs.ts";

function start() {
  const { engine } = testLab();
  const jobs = new DriverJobs(engine, { name: "x", takesMs: [1_000, 2_000], pauseMs: [1_000, 5_000] });
  let calls = 0;
  return { engine, jobs, begin: () => jobs.begin("a", () => calls++), calls: () => calls };
}

describe("a job", () => {
  test("takes a while, and is brought home once", () => {
    const { begin, calls, engine, jobs } = start();
    expect(begin()).toBe(true);
    engine.runFor(999);
    expect(calls()).toBe(0);
    expect(jobs.take("a")).toBe(false);
    engine.runFor(1_001);
    expect(calls()).toBe(1);
    expect(jobs.take("a")).toBe(true);
    expect(jobs.take("a")).toBe(false);
  });

  test("is not begun twice", () => {
    const { begin, calls, engine } = start();
    begin();
    expect(begin()).toBe(false);
    engine.runFor(5_000);
    expect(calls()).toBe(1);
  });

  test("that nobody wants any more is never done", () => {
    const { begin, calls, engine, jobs } = start();
    begin();
    jobs.forget("a");
    engine.runFor(5_000);
    expect(calls()).toBe(0);
    expect(jobs.take("a")).toBe(false);
  });
});

describe("the pause after a refusal", () => {
  test("doubles up to the longest", () => {
    const { jobs } = start();
    expect([1, 2, 3, 4, 5].map(() => jobs.refused("a"))).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test("is the first again when the job was forgotten", () => {
    const { jobs } = start();
    jobs.refused("a");
    jobs.forget("a");
    expect(jobs.refused("a")).toBe(1_000);
  });
});
