import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drive } from "./drive.ts";
import { Engine } from "./engine.ts";

function engine(seed = 1): Engine {
  return new Engine({ seed, startMs: 0, keepTrace: true });
}

describe("Engine", () => {
  test("runs tasks in order of their moment, and of scheduling at the same moment", () => {
    const e = engine();
    const seen: string[] = [];
    e.at(20, () => seen.push("late"));
    e.at(10, () => seen.push("first"));
    e.at(10, () => seen.push("second"));
    e.runUntil(100);
    expect(seen).toEqual(["first", "second", "late"]);
    expect(e.now()).toBe(100);
  });

  test("a task called off does not run", () => {
    const e = engine();
    let ran = false;
    const timer = e.after(5, () => {
      ran = true;
    });
    timer.cancel();
    e.runFor(10);
    expect([ran, timer.pending, e.nextDueMs()]).toEqual([false, false, undefined]);
  });

  test("a moment that has passed means next, never the past", () => {
    const e = engine();
    e.runUntil(50);
    const seen: number[] = [];
    e.at(10, () => seen.push(e.now()));
    e.runUntil(60);
    expect(seen).toEqual([50]);
  });

  test("tasks due after the deadline stay", () => {
    const e = engine();
    e.at(30, () => {});
    e.runUntil(20);
    expect(e.nextDueMs()).toBe(30);
  });

  test("runWhile stops as soon as the condition ends, or at the deadline", () => {
    const e = engine();
    let done = false;
    e.at(10, () => {
      done = true;
    });
    e.at(20, () => {});
    expect(e.runWhile(() => !done, 100)).toBe(true);
    expect(e.now()).toBe(10);
    expect(e.runWhile(() => true, 15)).toBe(false);
    expect(e.now()).toBe(15);
  });

  test("equal seeds give equal traces, other seeds others", () => {
    const hash = (seed: number) => {
      const e = engine(seed);
      for (let i = 0; i < 20; i++) e.after(e.random("a").between(0, 100), () => e.trace("x", `${e.now()}`));
      e.runUntil(1_000);
      return e.traceHash;
    };
    expect(hash(1)).toBe(hash(1));
    expect(hash(1)).not.toBe(hash(2));
  });

  test("a draw from one stream does not shift another", () => {
    const a = engine();
    const b = engine();
    b.random("other").next();
    expect(a.random("mine").next()).toBe(b.random("mine").next());
  });

  test("time never goes back, whatever is scheduled when", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(1000))), (pairs) => {
        const e = engine();
        let last = -1;
        const check = () => {
          expect(e.now()).toBeGreaterThanOrEqual(last);
          last = e.now();
        };
        for (const [at, again] of pairs) {
          e.at(at, () => {
            check();
            e.at(again, check);
          });
        }
        e.runUntil(3_000);
        expect(e.nextDueMs()).toBeUndefined();
      }),
    );
  });
});

describe("drive", () => {
  test("lets an asynchronous user sleep in virtual time", async () => {
    const e = engine();
    const user = async () => {
      await e.sleep(1_000);
      await e.sleep(500);
      return e.now();
    };
    expect(await drive(e, user())).toBe(1_500);
  });

  test("passes on what the user throws", async () => {
    const e = engine();
    const user = async () => {
      await e.sleep(1);
      throw new Error("no");
    };
    await expect(drive(e, user())).rejects.toThrow("no");
  });

  test("says so when nothing can ever wake the user", async () => {
    await expect(drive(engine(), new Promise(() => {}))).rejects.toThrow(/Nothing is scheduled any more/);
  });
});

describe("held work", () => {
  const later = (turns: number): Promise<void> =>
    turns === 0 ? Promise.resolve() : new Promise<void>(setImmediate).then(() => later(turns - 1));

  test("takes no virtual time, however long it really takes", async () => {
    const e = engine();
    const seen: string[] = [];
    e.at(10, () => seen.push(`task at ${e.now()}`));
    await drive(
      e,
      e.hold(later(50)).then(() => seen.push(`work at ${e.now()}`)),
    );
    await drive(e, e.sleep(20));
    expect(seen).toEqual(["work at 0", "task at 10"]);
  });

  test("is waited for where nothing is scheduled", async () => {
    const e = engine();
    expect(
      await drive(
        e,
        e.hold(later(50)).then(() => "done"),
      ),
    ).toBe("done");
    expect(e.held).toBeUndefined();
  });

  test("that fails lets time go on", async () => {
    const e = engine();
    await expect(drive(e, e.hold(later(5).then(() => Promise.reject(new Error("no")))))).rejects.toThrow(
      "no",
    );
    await drive(e, e.sleep(5));
    expect(e.now()).toBe(5);
  });
});
