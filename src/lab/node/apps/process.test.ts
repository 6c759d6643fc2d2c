import { describe, expect, test } from "vitest";
import { Engine } from "../../../time/engine.ts";
import { DEFAULT_PROFILE, type WorkloadProfile } from "../profile.ts";
import { type DataStore, OwnStore } from "./data-store.ts";
import { Process, type ProcessPlan } from "./process.ts";

function start(
  options: { profile?: Partial<WorkloadProfile>; plan?: Partial<ProcessPlan>; store?: DataStore } = {},
) {
  const engine = new Engine({ seed: 1, startMs: 0 });
  const exits: string[] = [];
  const process = new Process(
    engine,
    {
      profile: { ...DEFAULT_PROFILE, stopSeconds: 3, ...options.profile },
      needs: [],
      ports: new Set([80]),
      startMs: 2_000,
      store: options.store ?? new OwnStore(),
      ...options.plan,
    },
    { onChange: () => {}, onExit: (code) => exits.push(`${code}@${engine.now()}`) },
  );
  process.start();
  return { engine, process, exits };
}

describe("a program", () => {
  test("listens once it has started, on its ports", () => {
    const { engine, process } = start();
    engine.runUntil(1_999);
    expect(process.listensOn(80)).toBe(false);
    engine.runUntil(2_000);
    expect([process.listensOn(80), process.listensOn(81)]).toEqual([true, false]);
  });

  test.each([
    { name: "closes its ports when it is told to end", servesWhileStopping: false },
    { name: "serves until it ends when it is one of those", servesWhileStopping: true },
  ])("$name", ({ servesWhileStopping }) => {
    const { engine, process, exits } = start({ profile: { servesWhileStopping } });
    engine.runUntil(10_000);
    process.terminate();
    expect(process.listensOn(80)).toBe(servesWhileStopping);
    process.terminate();
    engine.runUntil(20_000);
    expect(exits).toEqual(["0@13000"]);
    expect(process.isRunning).toBe(false);
  });

  test("that has not started yet ends at once", () => {
    const { engine, process, exits } = start();
    process.terminate();
    engine.runUntil(20_000);
    expect(exits).toEqual(["0@0"]);
  });

  test("that is killed ends now, and only once", () => {
    const { engine, process, exits } = start();
    engine.runUntil(5_000);
    process.terminate();
    process.kill();
    process.kill();
    engine.runUntil(20_000);
    expect(exits).toEqual(["137@5000"]);
  });

  test("that hangs keeps its ports, does not hear that it is to end, and goes on where it stood", () => {
    const { engine, process, exits } = start();
    engine.runUntil(5_000);
    process.hang();
    expect([process.listensOn(80), process.isHung]).toEqual([true, true]);
    process.terminate();
    engine.runUntil(60_000);
    expect(exits).toEqual([]);
    process.goOn();
    engine.runUntil(60_001);
    expect(exits).toEqual(["0@60000"]);
  });

  test("that hangs while it starts does not listen before it goes on", () => {
    const { engine, process } = start();
    process.hang();
    engine.runUntil(60_000);
    expect(process.listensOn(80)).toBe(false);
    process.goOn();
    engine.runUntil(60_001);
    expect(process.listensOn(80)).toBe(true);
  });

  test("on an errand never listens, and ends with what it found", () => {
    const { engine, process, exits } = start({ plan: { errand: { runMs: 5_000, result: () => 4 } } });
    engine.runUntil(4_000);
    expect(process.isListening).toBe(false);
    engine.runUntil(10_000);
    expect(exits).toEqual(["4@5000"]);
  });

  test("that cannot open its data ends badly; one that can lets go of it in the end", () => {
    const calls: string[] = [];
    class Watched extends OwnStore {
      readonly #opens: boolean;
      constructor(opens: boolean) {
        super();
        this.#opens = opens;
      }
      override open(): boolean {
        calls.push("open");
        return this.#opens;
      }
      override close(): void {
        calls.push("close");
      }
    }
    const bad = start({ store: new Watched(false) });
    bad.engine.runUntil(3_000);
    expect(bad.exits).toEqual(["1@2000"]);
    calls.length = 0;
    const good = start({ store: new Watched(true) });
    good.engine.runUntil(3_000);
    expect(calls).toEqual(["open"]);
    good.process.kill();
    expect(calls).toEqual(["open", "close"]);
  });
});
