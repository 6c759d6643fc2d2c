import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { node } from "../../../../test/support/nodes.ts";
import { pod, TEST_EPOCH_MS } from "../../../../test/support/pods.ts";
import { nodes, pods } from "../../../kube/kinds.ts";
import { TAINT_OUT_OF_SERVICE } from "../../../kube/taints.ts";
import type { Node, Pod } from "../../../kube/types/index.ts";
import { surplusTerminated } from "./garbage.ts";
import { podGc } from "./pod-gc.ts";

const silent = (name: string) => node(name).condition({ type: "Ready", status: "Unknown" });

function start(...all: readonly Node[]) {
  const lab = testLab();
  for (const one of all) put(lab.api, nodes, one);
  podGc(lab.context).start();
  const last: Pod[] = [];
  lab.api.onChange(pods, ({ type, object }) => {
    if (type === "DELETED") last.push(object);
  });
  return {
    ...lab,
    /** Pods as they stood when they went. */
    last,
    names: () => lab.api.list(pods).map(({ metadata }) => metadata.name),
  };
}

describe("a node that is gone", () => {
  test("takes its pods with it after a quarantine of two passes, failed and marked", () => {
    const { api, engine, last, names } = start(node("a"), node("b"));
    put(api, pods, pod("lost").on("a").running());
    put(api, pods, pod("kept").on("b").running());
    engine.runFor(1_000);
    api.delete(nodes, undefined, "a");
    const deletedMs = engine.now();
    expect(engine.runWhile(() => names().length === 2, deletedMs + 60_000)).toBe(true);
    expect(engine.now() - deletedMs).toBeGreaterThanOrEqual(40_000);
    expect(names()).toEqual(["kept"]);
    const { status } = last[0] as Pod;
    expect(status).toMatchObject({ phase: "Failed", observedGeneration: 1 });
    expect(status.conditions?.find(({ type }) => type === "DisruptionTarget")).toMatchObject({
      status: "True",
      reason: "DeletionByPodGC",
      message: "PodGC: node no longer exists",
      observedGeneration: 1,
    });
  });

  test("that comes back in time keeps them", () => {
    const { api, engine, names } = start(node("a"));
    put(api, pods, pod("lucky").on("a").running());
    api.delete(nodes, undefined, "a");
    engine.runFor(30_000);
    put(api, nodes, node("a"));
    engine.runFor(300_000);
    expect(names()).toEqual(["lucky"]);
  });
});

describe("a pod that is being deleted", () => {
  test("goes when its silent node is declared out of service", () => {
    const { api, engine, last, names } = start(silent("a"));
    put(api, pods, pod("stuck").on("a").running());
    api.delete(pods, "default", "stuck");
    engine.runFor(300_000);
    expect(names()).toEqual(["stuck"]);
    const found = api.get(nodes, undefined, "a") as Node;
    const taint = { key: TAINT_OUT_OF_SERVICE, value: "nodeshutdown", effect: "NoExecute" } as const;
    api.update(nodes, { ...found, spec: { taints: [taint] } });
    engine.runFor(20_000);
    expect(names()).toEqual([]);
    expect(last[0]?.status.phase).toBe("Failed");
    expect(last[0]?.status.conditions?.some(({ type }) => type === "DisruptionTarget")).toBe(false);
  });

  test("stays on a node that is out of service but says that it is ready", () => {
    const { api, engine, names } = start(node("a").taint(TAINT_OUT_OF_SERVICE, "NoExecute"));
    put(api, pods, pod("serving").on("a").running());
    api.delete(pods, "default", "serving");
    engine.runFor(300_000);
    expect(names()).toEqual(["serving"]);
  });

  test("goes within a pass when it was never bound", () => {
    const { api, engine, names } = start(node("a"));
    put(api, pods, pod("held").meta({ finalizers: ["example.com/hold"] }));
    api.delete(pods, "default", "held");
    engine.runFor(20_000);
    expect(api.get(pods, "default", "held")?.status.phase).toBe("Failed");
    expect(names()).toEqual(["held"]);
  });
});

describe("ended pods", () => {
  const ended = (name: string, atSeconds: number) =>
    pod(name)
      .createdAt(TEST_EPOCH_MS + atSeconds * 1_000)
      .phase("Succeeded");
  test("beyond the threshold go: evicted ones first, then the oldest, then by name", () => {
    const evicted = ended("evicted", 9).withStatus({ phase: "Failed", reason: "Evicted" });
    const all = [ended("young", 8), ended("b-old", 1), ended("a-old", 1), pod("running").running(), evicted];
    expect(surplusTerminated(all, 1).map(({ metadata }) => metadata.name)).toEqual([
      "evicted",
      "a-old",
      "b-old",
    ]);
    expect(surplusTerminated(all, 4)).toEqual([]);
  });
});

test("an outage only postpones", () => {
  const { api, engine, names, server } = start(node("a"));
  put(api, pods, pod("lost").on("a").running());
  api.delete(nodes, undefined, "a");
  engine.runFor(30_000);
  server.setUp(false);
  engine.runFor(60_000);
  server.setUp(true);
  engine.runFor(20_000);
  expect(names()).toEqual([]);
});

test("pods that are ended by their kubelets cost no pass", () => {
  const { api, engine } = start(node("a"));
  put(api, pods, pod("web").on("a").running());
  api.delete(pods, "default", "web");
  api.delete(pods, "default", "web", { gracePeriodSeconds: 0 });
  const tasks = engine.tasksRun;
  engine.runFor(3_600_000);
  expect(engine.tasksRun).toBe(tasks);
});
