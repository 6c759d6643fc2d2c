import { describe, expect, test } from "vitest";
import { Engine } from "../../time/engine.ts";
import { Agenda } from "./agenda.ts";
import { type Routine, runRoutine, together } from "./routine.ts";

function setUp() {
  const engine = new Engine({ seed: 1, startMs: 0 });
  const done: string[] = [];
  return {
    engine,
    agenda: new Agenda(engine),
    done,
    note: (what: string) => () => done.push(`${what}@${engine.now()}`),
  };
}

describe("an agenda", () => {
  test("does things when they are due", () => {
    const { engine, agenda, done, note } = setUp();
    agenda.after(20, note("b"));
    agenda.after(10, note("a"));
    engine.runUntil(100);
    expect(done).toEqual(["a@10", "b@20"]);
  });

  test("holds back what comes due while its process hangs, and does it in order afterwards", () => {
    const { engine, agenda, done, note } = setUp();
    agenda.after(20, note("b"));
    agenda.after(10, note("a"));
    agenda.after(90, note("c"));
    agenda.pause();
    engine.runUntil(50);
    expect(done).toEqual([]);
    agenda.resume();
    engine.runUntil(100);
    expect(done).toEqual(["a@50", "b@50", "c@90"]);
  });

  test("forgets everything with its process, held back or not", () => {
    const { engine, agenda, done, note } = setUp();
    agenda.after(10, note("a"));
    agenda.after(90, note("b"));
    agenda.pause();
    engine.runUntil(50);
    agenda.clear();
    agenda.resume();
    agenda.after(10, note("c"));
    engine.runUntil(100);
    expect(done).toEqual(["c@60"]);
  });

  test("leaves nothing behind that was called off, even while it was held back", () => {
    const { engine, agenda, done, note } = setUp();
    const early = agenda.after(10, note("a"));
    const late = agenda.after(90, note("b"));
    agenda.pause();
    engine.runUntil(50);
    early.cancel();
    late.cancel();
    expect([early.pending, late.pending]).toEqual([false, false]);
    agenda.resume();
    engine.runUntil(100);
    expect(done).toEqual([]);
    expect(engine.nextDueMs()).toBeUndefined();
  });
});

describe("a routine", () => {
  test("waits for time and for being woken, and tells its result", () => {
    const { engine, agenda, done } = setUp();
    let wake: (() => void) | undefined;
    function* work(): Routine<string> {
      yield 10;
      done.push(`slept@${engine.now()}`);
      yield (wakeUp) => {
        wake = wakeUp;
      };
      return `woken@${engine.now()}`;
    }
    runRoutine(agenda, work(), (result) => done.push(result));
    engine.runUntil(50);
    wake?.();
    wake?.();
    engine.runUntil(100);
    expect(done).toEqual(["slept@10", "woken@50"]);
  });

  test("is not gone on with when its process has died", () => {
    const { engine, agenda, done } = setUp();
    function* work(): Routine {
      yield 10;
      done.push("alive");
    }
    runRoutine(agenda, work());
    agenda.clear();
    engine.runUntil(100);
    expect(done).toEqual([]);
  });

  test("goes on when the last of several side by side has ended", () => {
    const { engine, agenda, done } = setUp();
    function* sleep(ms: number): Routine {
      yield ms;
    }
    function* work(): Routine {
      yield* together(agenda, [sleep(30), sleep(10), sleep(20)]);
      yield* together(agenda, []);
      done.push(`all@${engine.now()}`);
    }
    runRoutine(agenda, work());
    engine.runUntil(100);
    expect(done).toEqual(["all@30"]);
  });
});
