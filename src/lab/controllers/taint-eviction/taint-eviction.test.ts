import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { node } from "../../../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../../../test/support/pods.ts";
import { nodes, pods } from "../../../kube/kinds.ts";
import type { Pod, Taint, Toleration } from "../../../kube/types/index.ts";
import { planEviction } from "./eviction-plan.ts";
import { taintEviction } from "./taint-eviction.ts";

const unreachable: Taint = { key: "node.kubernetes.io/unreachable", effect: "NoExecute" };
const dedicated: Taint = { key: "dedicated", value: "db", effect: "NoExecute" };

describe("the shortest toleration of all taints counts", () => {
  const forSeconds = (key: string, tolerationSeconds?: number): Toleration => ({
    key,
    operator: "Exists",
    ...(tolerationSeconds !== undefined && { tolerationSeconds }),
  });
  test.each<{ name: string; taints: Taint[]; tolerations: Toleration[]; plan: unknown }>([
    { name: "none at all", taints: [unreachable], tolerations: [], plan: { kind: "evict-now" } },
    {
      name: "one of two is missing",
      taints: [unreachable, dedicated],
      tolerations: [forSeconds(unreachable.key, 30)],
      plan: { kind: "evict-now" },
    },
    {
      name: "two limits",
      taints: [unreachable, dedicated],
      tolerations: [forSeconds(unreachable.key, 30), forSeconds("dedicated", 20)],
      plan: { kind: "evict-later", afterMs: 20_000 },
    },
    {
      name: "one limit, one without end",
      taints: [unreachable, dedicated],
      tolerations: [forSeconds(unreachable.key, 30), forSeconds("dedicated")],
      plan: { kind: "evict-later", afterMs: 30_000 },
    },
    {
      name: "no limit",
      taints: [unreachable],
      tolerations: [{ operator: "Exists" }],
      plan: { kind: "stay" },
    },
    {
      name: "no time is at once",
      taints: [unreachable],
      tolerations: [forSeconds(unreachable.key, 0)],
      plan: { kind: "evict-now" },
    },
  ])("$name", ({ taints, tolerations, plan }) => {
    expect(planEviction(taints, tolerations)).toEqual(plan);
  });
});

function start(...onNode: readonly PodBuilder[]) {
  const lab = testLab();
  put(lab.api, nodes, node("a"));
  for (const builder of onNode) put(lab.api, pods, builder.on("a").running());
  taintEviction(lab.context).start();
  lab.engine.runFor(100);
  return {
    ...lab,
    taint(...taints: readonly Taint[]) {
      const found = lab.api.get(nodes, undefined, "a");
      if (found !== undefined) lab.api.update(nodes, { ...found, spec: { taints } });
    },
    find: (name: string): Pod | undefined => lab.api.get(pods, "default", name),
  };
}

describe("a tainted node", () => {
  test("loses its pods after the five minutes that they tolerate, marked as disrupted first", () => {
    const { engine, find, taint, takeEvents } = start(pod("web"));
    taint(unreachable);
    engine.runFor(299_900);
    expect(find("web")?.metadata.deletionTimestamp).toBeUndefined();
    engine.runFor(200);
    expect(takeEvents()).toEqual([
      "Normal TaintManagerEviction Pod default/web: Marking for deletion Pod default/web",
    ]);
    const { metadata, status } = find("web") ?? {};
    expect(metadata?.deletionGracePeriodSeconds).toBe(30);
    expect(status?.conditions?.find(({ type }) => type === "DisruptionTarget")).toMatchObject({
      observedGeneration: 1,
      status: "True",
      reason: "DeletionByTaintManager",
      message: "Taint manager: deleting due to NoExecute taint",
    });
  });

  test("keeps pods that tolerate it for good", () => {
    const { engine, find, taint } = start(pod("agent").withSpec({ tolerations: [{ operator: "Exists" }] }));
    taint(unreachable);
    engine.runFor(3_600_000);
    expect(find("agent")?.metadata.deletionTimestamp).toBeUndefined();
  });

  test("keeps its pods when the taint goes in time", () => {
    const { engine, find, taint, takeEvents } = start(pod("web"));
    taint(unreachable);
    engine.runFor(200_000);
    taint();
    engine.runFor(200_000);
    expect(takeEvents()).toEqual([
      "Normal TaintManagerEviction Pod default/web: Cancelling deletion of Pod default/web",
    ]);
    expect(find("web")?.metadata.deletionTimestamp).toBeUndefined();
  });

  test("does not give more time when one taint replaces another", () => {
    const { engine, find, taint } = start(pod("web"));
    taint({ key: "node.kubernetes.io/not-ready", effect: "NoExecute" });
    engine.runFor(200_000);
    taint(unreachable);
    engine.runFor(100_100);
    expect(find("web")?.metadata.deletionTimestamp).toBeDefined();
  });

  test("loses pods at once that do not tolerate a second taint", () => {
    const { engine, find, taint, takeEvents } = start(pod("web"));
    taint(unreachable);
    engine.runFor(1_000);
    taint(unreachable, dedicated);
    engine.runFor(20);
    expect(takeEvents().map((text) => text.split(": ")[1])).toEqual([
      "Cancelling deletion of Pod default/web",
      "Marking for deletion Pod default/web",
    ]);
    expect(find("web")?.metadata.deletionTimestamp).toBeDefined();
  });

  test("that is deleted does not save its pods", () => {
    const { api, engine, find, taint } = start(pod("web"));
    taint(unreachable);
    engine.runFor(1_000);
    api.delete(nodes, undefined, "a");
    engine.runFor(300_000);
    expect(find("web")?.metadata.deletionTimestamp).toBeDefined();
  });

  test("drives out pods that are bound to it later", () => {
    const { api, engine, find, taint } = start();
    taint(unreachable);
    engine.runFor(1_000);
    put(api, pods, pod("late").on("a").running());
    engine.runFor(299_000);
    expect(find("late")?.metadata.deletionTimestamp).toBeUndefined();
    engine.runFor(2_000);
    expect(find("late")?.metadata.deletionTimestamp).toBeDefined();
  });
});

test("a pod that has gone by itself is not evicted any more", () => {
  const { api, engine, taint, takeEvents } = start(pod("web"));
  taint(unreachable);
  engine.runFor(1_000);
  api.delete(pods, "default", "web", { gracePeriodSeconds: 0 });
  engine.runFor(400_000);
  expect(takeEvents()).toEqual([
    "Normal TaintManagerEviction Pod default/web: Cancelling deletion of Pod default/web",
  ]);
});

test("an eviction that the API server cannot take is made up for after the outage", () => {
  const { engine, find, server, taint } = start(pod("web"));
  taint(unreachable);
  engine.runFor(290_000);
  server.setUp(false);
  engine.runFor(60_000);
  server.setUp(true);
  engine.runFor(15_000);
  expect(find("web")?.metadata.deletionTimestamp).toBeDefined();
});

test("a cluster without such taints costs nothing", () => {
  const { engine } = start(pod("web"));
  const tasks = engine.tasksRun;
  engine.runFor(3_600_000);
  expect(engine.tasksRun).toBe(tasks);
});
