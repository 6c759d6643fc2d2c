import { describe, expect, test } from "vitest";
import { type TestControllers, testControllers } from "../../../../test/support/controllers.ts";
import { container } from "../../../../test/support/pods.ts";
import { podTemplate } from "../../../../test/support/workloads.ts";
import { configMaps, pods, resourceQuotas } from "../../../kube/kinds.ts";
import type { Pod, ResourceList, ResourceQuota } from "../../../kube/types/index.ts";
import { KindRegistry } from "../../apiserver/kind-registry.ts";
import { resourceQuota } from "./resource-quota.ts";

function lab(hard: ResourceList, spec: Partial<ResourceQuota["spec"]> = {}): TestControllers {
  const started = testControllers([resourceQuota(new KindRegistry())]);
  started.api.create(resourceQuotas, {
    metadata: { name: "limit", namespace: "default" },
    spec: { hard, ...spec },
  });
  started.runSeconds(1);
  return started;
}

function used({ api }: TestControllers): ResourceList | undefined {
  return api.get(resourceQuotas, "default", "limit")?.status.used;
}

function addPod({ api }: TestControllers, name: string, requests: ResourceList = {}): Pod {
  const { spec } = podTemplate("web");
  const containers = [container("main", { resources: { requests } })];
  return api.create(pods, { metadata: { name, namespace: "default" }, spec: { ...spec, containers } }) as Pod;
}

describe("a quota", () => {
  test("starts with nothing used of what it limits", () => {
    const started = lab({
      pods: "3",
      "requests.cpu": "2",
      "count/configmaps": "5",
      "services.nodeports": "1",
    });
    expect(started.api.get(resourceQuotas, "default", "limit")?.status.hard).toEqual({
      pods: "3",
      "requests.cpu": "2",
      "count/configmaps": "5",
      "services.nodeports": "1",
    });
    expect(used(started)).toEqual({
      pods: "0",
      "requests.cpu": "0",
      "count/configmaps": "0",
      "services.nodeports": "0",
    });
  });

  test("counts what is there when it comes", () => {
    const started = testControllers([resourceQuota(new KindRegistry())]);
    addPod(started, "a", { cpu: "300m", memory: "1Gi" });
    addPod(started, "b", { cpu: "1" });
    started.api.create(configMaps, { metadata: { name: "c", namespace: "default" } });
    started.api.create(resourceQuotas, {
      metadata: { name: "limit", namespace: "default" },
      spec: { hard: { pods: "9", "requests.cpu": "9", "requests.memory": "9Gi", configmaps: "9" } },
    });
    started.runSeconds(1);
    expect(used(started)).toEqual({
      pods: "2",
      "requests.cpu": "1300m",
      "requests.memory": "1Gi",
      configmaps: "1",
    });
  });

  test("gives back what a deleted pod used, and what an ended one did", () => {
    const started = testControllers([resourceQuota(new KindRegistry())], { nodes: [] });
    const [first, second] = [addPod(started, "a", { cpu: "1" }), addPod(started, "b", { cpu: "2" })];
    started.api.create(resourceQuotas, {
      metadata: { name: "limit", namespace: "default" },
      spec: { hard: { pods: "9", "requests.cpu": "9" } },
    });
    started.runSeconds(1);
    expect(used(started)).toEqual({ pods: "2", "requests.cpu": "3" });
    started.api.updateStatus(pods, { ...first, status: { ...first.status, phase: "Succeeded" } });
    started.runSeconds(1);
    expect(used(started)).toEqual({ pods: "1", "requests.cpu": "2" });
    started.api.delete(pods, "default", second.metadata.name, { gracePeriodSeconds: 0 });
    started.runSeconds(1);
    expect(used(started)).toEqual({ pods: "0", "requests.cpu": "0" });
  });

  test("follows a change of what it limits", () => {
    const started = lab({ pods: "3" });
    const quota = started.api.get(resourceQuotas, "default", "limit") as ResourceQuota;
    started.api.update(resourceQuotas, { ...quota, spec: { hard: { configmaps: "2" } } });
    started.runSeconds(1);
    expect(used(started)).toEqual({ configmaps: "0" });
  });

  test("with a scope counts only what the scope takes in", () => {
    const started = testControllers([resourceQuota(new KindRegistry())], { nodes: [] });
    addPod(started, "plain");
    addPod(started, "asking", { cpu: "1" });
    started.api.create(resourceQuotas, {
      metadata: { name: "limit", namespace: "default" },
      spec: { hard: { pods: "9" }, scopes: ["BestEffort"] },
    });
    started.runSeconds(1);
    expect(used(started)).toEqual({ pods: "1" });
  });

  test("of another namespace is left alone", () => {
    const started = lab({ pods: "3" });
    started.api.create(pods, {
      metadata: { name: "far", namespace: "kube-public" },
      spec: podTemplate("web").spec,
    });
    const tasks = started.engine.tasksRun;
    started.api.delete(pods, "kube-public", "far", { gracePeriodSeconds: 0 });
    started.engine.runFor(1);
    expect(started.engine.tasksRun - tasks).toBeLessThanOrEqual(1);
    expect(used(started)).toEqual({ pods: "0" });
  });
});

describe("every five minutes", () => {
  test("a quota is counted anew, whatever somebody wrote into its status", () => {
    const started = lab({ pods: "3" });
    addPod(started, "a");
    started.runSeconds(1);
    const quota = started.api.get(resourceQuotas, "default", "limit") as ResourceQuota;
    started.api.updateStatus(resourceQuotas, { ...quota, status: { ...quota.status, used: { pods: "3" } } });
    started.runSeconds(290);
    expect(used(started)).toEqual({ pods: "3" });
    started.runSeconds(10);
    expect(used(started)).toEqual({ pods: "1" });
  });

  test("a pod that is not gone when its grace has passed counts no more", () => {
    const started = lab({ pods: "3" });
    const { spec } = addPod(started, "a");
    const metadata = { name: "b", namespace: "default", finalizers: ["example.com/stay"] };
    started.api.create(pods, { metadata, spec: { ...spec, nodeName: "lost" } } as never);
    started.api.delete(pods, "default", "b");
    started.runSeconds(200);
    expect(used(started)).toEqual({ pods: "2" });
    started.runSeconds(100);
    expect(used(started)).toEqual({ pods: "1" });
  });
});
