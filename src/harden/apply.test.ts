import { describe, expect, test } from "vitest";
import { configMaps, deployments } from "../kube/kinds.ts";
import type { ConfigMap, Deployment } from "../kube/types/index.ts";
import type { Draft } from "../lab/apiserver/api.ts";
import { createLab } from "../lab/lab.ts";
import { drive } from "../time/drive.ts";
import { applyPlan } from "./apply.ts";
import type { Gate, Step } from "./step.ts";

const deployment: Draft<Deployment> = {
  metadata: { name: "cart", namespace: "default" },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "cart" } },
    template: {
      metadata: { labels: { app: "cart" } },
      spec: { containers: [{ name: "cart", image: "nginx:1.27", resources: { requests: { cpu: "3" } } }] },
    },
  },
};

const base = { phase: 1, reasons: [] } as const;

/** A step that makes so many replicas of the one that there is. */
function scale(replicas: number, gate: Gate = "rolled-out"): Step {
  const target = { kind: deployments, namespace: "default", name: "cart" };
  return {
    ...base,
    target,
    gate,
    action: "patch",
    patch: { spec: { replicas } },
    revert: { spec: { replicas: 1 } },
  };
}

function create(name: string): Step {
  const target = { kind: configMaps, namespace: "default", name };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } };
  return { ...base, target, gate: "none", action: "create", object };
}

function start(...steps: readonly Step[]) {
  const lab = createLab({ seed: 1, nodes: 3 });
  lab.engine.runFor(10_000);
  lab.api.create(deployments, deployment);
  lab.api.create<ConfigMap>(configMaps, {
    metadata: { name: "theirs", namespace: "default" },
    data: { a: "b" },
  });
  lab.engine.runFor(60_000);
  const { engine } = lab;
  const options = { client: lab.client("holdfast"), clock: engine, sleep: (ms: number) => engine.sleep(ms) };
  const outcome = drive(engine, applyPlan({ steps, refusals: [] }, { ...options, gateTimeoutMs: 60_000 }));
  const replicas = () => lab.api.get(deployments, "default", "cart")?.spec.replicas;
  const has = (name: string) => lab.api.get(configMaps, "default", name) !== undefined;
  return { outcome, replicas, has };
}

describe("a plan", () => {
  test("is done step by step", async () => {
    const { outcome, replicas, has } = start(create("one"), scale(2));
    expect(await outcome).toEqual({ kind: "applied", steps: 2 });
    expect([replicas(), has("one")]).toEqual([2, true]);
  });

  test("is taken back when a step comes to nothing, and says what had been done", async () => {
    const steps = [create("one"), scale(2), scale(4), create("two")];
    const { outcome, replicas, has } = start(...steps);
    expect(await outcome).toEqual({
      kind: "rolled-back",
      step: steps[2],
      why: "Deployment default/cart did not get all its new pods ready in 60 s",
      before: steps.slice(0, 2),
    });
    expect([replicas(), has("one"), has("two")]).toEqual([1, false, false]);
  });

  test("leaves alone what a refused step would have made: it is somebody else's", async () => {
    const steps = [scale(2), create("theirs")];
    const { outcome, replicas, has } = start(...steps);
    expect(await outcome).toMatchObject({
      kind: "rolled-back",
      why: 'configmaps "theirs" already exists',
      before: steps.slice(0, 1),
    });
    expect([replicas(), has("theirs")]).toEqual([1, true]);
  });
});
