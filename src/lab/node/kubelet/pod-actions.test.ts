import { describe, expect, test } from "vitest";
import { container, type PodBuilder, pod } from "../../../../test/support/pods.ts";
import { Engine } from "../../../time/engine.ts";
import { OwnStore } from "../apps/data-store.ts";
import { Process } from "../apps/process.ts";
import type { Container, RuntimePod } from "../host/container.ts";
import { DEFAULT_PROFILE } from "../profile.ts";
import { type ProbeResults, podActions } from "./pod-actions.ts";

const NO_PROBES: ProbeResults = { liveness: () => undefined, startup: () => undefined };

function built(of: PodBuilder, name: string, state: "running" | number, createdAtMs = 10): Container {
  const spec = [...(of.spec.initContainers ?? []), ...of.spec.containers].find((each) => each.name === name);
  if (spec === undefined) throw new Error(`The pod has no container ${name}`);
  const plan = {
    profile: DEFAULT_PROFILE,
    needs: [],
    ports: "any" as const,
    startMs: 0,
    store: new OwnStore(),
  };
  return {
    id: name,
    pod: of,
    spec,
    place: "regular",
    name,
    image: spec.image,
    imageId: "",
    attempt: 0,
    createdAtMs,
    process: new Process(new Engine({ seed: 1 }), plan, { onChange: () => {}, onExit: () => {} }),
    state: state === "running" ? "running" : "exited",
    startedAtMs: createdAtMs,
    finishedAtMs: 0,
    exitCode: state === "running" ? 0 : state,
    reason: "",
  };
}

/** What a runtime has of the pod: containers by name, with "running" or their exit code. */
function runtime(of: PodBuilder, containers: Record<string, "running" | number>, ready = true): RuntimePod {
  const sandbox = { id: "s", podUid: of.metadata.uid, ip: "10.244.0.2", attempt: 0, createdAtMs: 5, ready };
  return {
    uid: of.metadata.uid,
    sandboxes: [sandbox],
    containers: Object.entries(containers).map(([name, state]) => built(of, name, state)),
  };
}

const plain = pod("a").containers(container("web"), container("log"));
const staged = pod("a")
  .initContainers(container("first"), container("beside", { restartPolicy: "Always" }), container("last"))
  .containers(container("web"));
const once = plain.withSpec({ restartPolicy: "Never" });

describe("what a pod needs next", () => {
  test.each<{
    name: string;
    of: PodBuilder;
    has: Record<string, "running" | number> | undefined;
    ready?: boolean;
    expected: { killPod?: boolean; createSandbox?: boolean; init?: string[]; own?: string[] };
  }>([
    {
      name: "at first: a sandbox and all its containers",
      of: plain,
      has: undefined,
      expected: { killPod: true, createSandbox: true, own: ["web", "log"] },
    },
    {
      name: "at first, with init containers: only the first of them",
      of: staged,
      has: undefined,
      expected: { killPod: true, createSandbox: true, init: ["first"] },
    },
    { name: "nothing while all run", of: plain, has: { web: "running", log: "running" }, expected: {} },
    {
      name: "a start of what has ended",
      of: plain,
      has: { web: 0, log: "running" },
      expected: { own: ["web"] },
    },
    { name: "no start of what has ended for good", of: once, has: { web: 1, log: "running" }, expected: {} },
    {
      name: "its end when all have ended for good",
      of: once,
      has: { web: 1, log: 0 },
      expected: { killPod: true },
    },
    {
      name: "the next init container when one is through",
      of: staged,
      has: { first: 0 },
      expected: { init: ["beside"] },
    },
    { name: "patience while an init container runs", of: staged, has: { first: "running" }, expected: {} },
    {
      name: "another try of an init container that failed",
      of: staged,
      has: { first: 1 },
      expected: { init: ["first"] },
    },
    {
      name: "its end when an init container has failed for good",
      of: staged.withSpec({ restartPolicy: "Never" }),
      has: { first: 1 },
      expected: { killPod: true },
    },
    {
      name: "what comes after a sidecar as soon as that runs",
      of: staged,
      has: { first: 0, beside: "running" },
      expected: { init: ["last"] },
    },
    {
      name: "its own containers after the last init container",
      of: staged,
      has: { first: 0, beside: "running", last: 0 },
      expected: { own: ["web"] },
    },
    {
      name: "its sidecar back when that has ended",
      of: staged,
      has: { first: 0, beside: 1, last: 0, web: "running" },
      expected: { init: ["beside"] },
    },
    {
      name: "everything anew when its sandbox is gone",
      of: staged,
      has: { first: 0, beside: 0, last: 0, web: 255 },
      ready: false,
      expected: { killPod: true, createSandbox: true, init: ["first"] },
    },
    {
      name: "nothing anew when it is not to be restarted",
      of: once,
      has: { web: 255, log: 255 },
      ready: false,
      expected: { killPod: true },
    },
    {
      name: "no start of anything while it is deleted",
      of: plain.deleting(1),
      has: { web: 0, log: "running" },
      expected: {},
    },
  ])("$name", ({ of, has, ready, expected }) => {
    const state =
      has === undefined ? { uid: of.metadata.uid, sandboxes: [], containers: [] } : runtime(of, has, ready);
    const actions = podActions(of, state, NO_PROBES);
    expect({
      killPod: actions.killPod,
      createSandbox: actions.createSandbox,
      init: actions.initToStart.map(({ name }) => name),
      own: actions.toStart.map(({ name }) => name),
    }).toEqual({ killPod: false, createSandbox: false, init: [], own: [], ...expected });
  });

  test.each([
    {
      name: "a failed liveness probe",
      probe: "liveness",
      message: "Container web failed liveness probe, will be restarted",
    },
    {
      name: "a failed startup probe",
      probe: "startup",
      message: "Container web failed startup probe, will be restarted",
    },
  ] as const)("is another container after $name", ({ probe, message }) => {
    const probes = {
      ...NO_PROBES,
      [probe]: (id: string) => (id === "web" ? ("failure" as const) : undefined),
    };
    const actions = podActions(plain, runtime(plain, { web: "running", log: "running" }), probes);
    expect(actions.toKill.map((kill) => [kill.container.name, kill.message])).toEqual([["web", message]]);
    expect(actions.toStart.map(({ name }) => name)).toEqual(["web"]);
  });

  test("is another container when its image is another one", () => {
    const state = runtime(plain, { web: "running", log: "running" });
    const changed = plain.containers(container("web", { image: "other:2" }), container("log"));
    const actions = podActions(changed, state, NO_PROBES);
    expect(actions.toKill.map(({ message }) => message)).toEqual([
      "Container web definition changed, will be restarted",
    ]);
  });
});
