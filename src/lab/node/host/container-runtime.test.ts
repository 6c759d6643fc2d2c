import { describe, expect, test } from "vitest";
import { container, type PodBuilder, pod } from "../../../../test/support/pods.ts";
import { Engine } from "../../../time/engine.ts";
import { Agenda } from "../agenda.ts";
import { OwnStore } from "../apps/data-store.ts";
import { DEFAULT_PROFILE } from "../profile.ts";
import { runRoutine } from "../routine.ts";
import type { Container } from "./container.ts";
import { ContainerRuntime } from "./container-runtime.ts";

function setUp() {
  const engine = new Engine({ seed: 1, startMs: 0 });
  const runtime = new ContainerRuntime(engine, "node-1", "10.77.0.1", "10.244.0");
  const told: string[] = [];
  runtime.listen({ onLifecycle: (uid) => told.push(uid), onHealth: () => {} });
  return { engine, runtime, told };
}

function start(runtime: ContainerRuntime, of: PodBuilder, attempt = 0, stopSeconds = 1): Container {
  const plan = {
    profile: { ...DEFAULT_PROFILE, stopSeconds },
    needs: [],
    ports: "any" as const,
    startMs: 100,
    store: new OwnStore(),
  };
  return runtime.startContainer(of, container("main"), "regular", attempt, plan);
}

describe("a container runtime", () => {
  test("gives each pod an address of its own, and none of them again soon", () => {
    const { runtime } = setUp();
    const ips = ["a", "b", "c"].map((name) => runtime.createSandbox(pod(name)).ip);
    expect(ips).toEqual(["10.244.0.2", "10.244.0.3", "10.244.0.4"]);
    runtime.stopSandbox("uid-default-b");
    expect(runtime.podAt("10.244.0.3")).toBeUndefined();
    expect(runtime.createSandbox(pod("d")).ip).toBe("10.244.0.5");
    for (let i = 0; i < 249; i++) runtime.createSandbox(pod(`x-${i}`));
    expect(runtime.createSandbox(pod("last")).ip).toBe("10.244.0.3");
    expect(() => runtime.createSandbox(pod("too-many"))).toThrow("Every address of 10.244.0.0/24 is in use");
  });

  test("gives pods on the host's network the machine's", () => {
    const { runtime } = setUp();
    expect(runtime.createSandbox(pod("a").withSpec({ hostNetwork: true })).ip).toBe("10.77.0.1");
  });

  test("keeps a container and the one before it, however often it starts anew", () => {
    const { runtime } = setUp();
    const of = pod("a");
    runtime.createSandbox(of);
    for (let attempt = 0; attempt < 4; attempt++) start(runtime, of, attempt).process.kill();
    expect(runtime.pod(of.metadata.uid).containers.map(({ attempt }) => attempt)).toEqual([3, 2]);
  });

  test.each([
    { name: "ends by itself when it hears", stopSeconds: 2, exitCode: 0, reason: "Completed", atMs: 3_000 },
    { name: "is killed when the time is up", stopSeconds: 60, exitCode: 137, reason: "Error", atMs: 11_000 },
  ])("stops a container: it $name", ({ stopSeconds, exitCode, reason, atMs }) => {
    const { engine, runtime } = setUp();
    const built = start(runtime, pod("a"), 0, stopSeconds);
    engine.runUntil(1_000);
    const agenda = new Agenda(engine);
    let doneMs = 0;
    runRoutine(agenda, runtime.stop(agenda, built, 10_000), () => {
      doneMs = engine.now();
    });
    engine.runUntil(100_000);
    expect(doneMs).toBe(atMs);
    expect(built).toMatchObject({ state: "exited", exitCode, reason, finishedAtMs: atMs });
  });

  test("remembers after a loss of power what it had, and that nothing of it runs", () => {
    const { engine, runtime } = setUp();
    const of = pod("a");
    runtime.createSandbox(of);
    start(runtime, of);
    engine.runUntil(5_000);
    runtime.losePower();
    const { sandboxes, containers } = runtime.pod(of.metadata.uid);
    expect(sandboxes.map(({ ready }) => ready)).toEqual([false]);
    expect(containers).toMatchObject([{ state: "exited", exitCode: 255, reason: "Unknown" }]);
    expect(runtime.podAt("10.244.0.2")).toBeUndefined();
  });

  test("does not forget a pod of which something runs", () => {
    const { runtime } = setUp();
    start(runtime, pod("a"));
    expect(() => runtime.remove("uid-default-a")).toThrow("is removed while its containers run");
  });

  test("tells of starts and ends", () => {
    const { runtime, told } = setUp();
    const of = pod("a");
    runtime.createSandbox(of);
    start(runtime, of).process.kill();
    expect(told).toEqual(Array(3).fill("uid-default-a"));
  });
});
