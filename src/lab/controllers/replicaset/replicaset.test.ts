import { describe, expect, test } from "vitest";
import {
  beforeCreate,
  type TestControllersOptions,
  testControllers,
} from "../../../../test/support/controllers.ts";
import { podTemplate, replicaSetDraft } from "../../../../test/support/workloads.ts";
import { pods, replicaSets } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Pod, ReplicaSet, ReplicaSetSpec } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import { replicaSet } from "./replicaset.ts";

function settled(spec: Partial<ReplicaSetSpec> = {}, options: TestControllersOptions = {}) {
  const lab = testControllers([replicaSet], options);
  lab.api.create(replicaSets, replicaSetDraft("web", spec));
  lab.runSeconds(10);
  return lab;
}

function web(api: Api): ReplicaSet {
  const found = api.get(replicaSets, "default", "web");
  if (found === undefined) throw new Error("There is no ReplicaSet web");
  return found;
}

function scale(api: Api, replicas: number): void {
  const current = web(api);
  api.update(replicaSets, { ...current, spec: { ...current.spec, replicas } });
}

describe("ReplicaSets", () => {
  test("create the pods that are missing, from the template, and own them", () => {
    const { api, messages } = settled();
    const created = api.list(pods);
    expect(created).toHaveLength(3);
    for (const pod of created) {
      expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(pod.metadata.generateName).toBe("web-");
      expect(pod.metadata.labels).toEqual({ app: "web" });
      expect(controllerOf(pod)).toMatchObject({ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web" });
    }
    const told = messages("ReplicaSet web", "SuccessfulCreate").toSorted();
    expect(told).toEqual(created.map(({ metadata }) => `Created pod: ${metadata.name}`));
  });

  test("report replicas, ready and available ones", () => {
    const { api } = settled();
    expect(web(api).status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
  });

  test("replace a pod as soon as its deletion begins", () => {
    const { api, runSeconds } = settled({}, { stopAfterMs: 60_000 });
    api.delete(pods, "default", api.list(pods)[0]?.metadata.name ?? "");
    runSeconds(5);
    expect(api.list(pods)).toHaveLength(4);
    expect(web(api).status.replicas).toBe(3);
  });

  test("replace a pod that failed, and leave it where it is", () => {
    const { api, runSeconds } = settled();
    const [first] = api.list(pods);
    api.updateStatus(pods, { ...(first as Pod), status: { phase: "Failed", reason: "Evicted" } });
    runSeconds(5);
    expect(api.list(pods)).toHaveLength(4);
  });

  test("count a pod as available only after minReadySeconds", () => {
    const { api, runSeconds } = settled({ minReadySeconds: 30 });
    expect(web(api).status).toMatchObject({ readyReplicas: 3 });
    expect(web(api).status).not.toHaveProperty("availableReplicas");
    runSeconds(25);
    expect(web(api).status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
  });

  test("delete what is too many and tell of it", () => {
    const { api, runSeconds, messages } = settled();
    scale(api, 1);
    runSeconds(5);
    expect(api.list(pods)).toHaveLength(1);
    expect(messages("ReplicaSet web", "SuccessfulDelete")).toHaveLength(2);
    expect(messages("ReplicaSet web", "SuccessfulDelete")[0]).toMatch(/^Deleted pod: web-\w{5}$/);
  });

  test("adopt orphans that match, and release pods that do not any more", () => {
    const { api, runSeconds } = settled({ replicas: 2 });
    const [first] = api.list(pods);
    if (first === undefined) throw new Error("No pod was made");
    api.update(pods, { ...first, metadata: { ...first.metadata, labels: { app: "debug" } } });
    runSeconds(5);
    expect(controllerOf(api.get(pods, "default", first.metadata.name) as Pod)).toBeUndefined();
    expect(api.list(pods, { labelSelector: { matchLabels: { app: "web" } } })).toHaveLength(2);
    const { spec } = podTemplate("web");
    api.create(pods, { metadata: { name: "stray", namespace: "default", labels: { app: "web" } }, spec });
    runSeconds(5);
    const mine = api.list(pods, { labelSelector: { matchLabels: { app: "web" } } });
    expect(mine).toHaveLength(2);
    expect(mine.every((pod) => controllerOf(pod)?.name === "web")).toBe(true);
  });

  test("do nothing for their pods once they are being deleted", () => {
    const { api, runSeconds } = settled();
    const current = web(api);
    api.update(replicaSets, {
      ...current,
      metadata: { ...current.metadata, finalizers: ["example.com/hold"] },
    });
    api.delete(replicaSets, "default", "web");
    for (const { metadata } of api.list(pods))
      api.delete(pods, "default", metadata.name, { gracePeriodSeconds: 0 });
    runSeconds(10);
    expect(api.list(pods)).toEqual([]);
  });

  test("ask a quota that is full once per turn, and say why pods are missing until there is room", () => {
    let isFull = true;
    const triedAt: number[] = [];
    const limited = beforeCreate(replicaSet, ({ plural }) => {
      if (plural !== "pods" || !isFull) return;
      triedAt.push(lab.engine.now());
      throw new StatusError("Forbidden", 'pods "web-x" is forbidden: exceeded quota: q');
    });
    const lab = testControllers([limited]);
    lab.api.create(replicaSets, replicaSetDraft("web", { replicas: 50 }));
    lab.runSeconds(2);
    expect(triedAt).toHaveLength(new Set(triedAt).size);
    const message = 'pods "web-x" is forbidden: exceeded quota: q';
    expect(lab.messages("ReplicaSet web", "FailedCreate")[0]).toBe(`Error creating: ${message}`);
    expect(web(lab.api).status.conditions).toMatchObject([
      { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message },
    ]);
    isFull = false;
    lab.runSeconds(10);
    expect(lab.api.list(pods)).toHaveLength(50);
    expect(web(lab.api).status).not.toHaveProperty("conditions");
  });

  test("make at most 500 pods in one turn", () => {
    const lab = testControllers([replicaSet], { nodes: [] });
    lab.api.create(replicaSets, replicaSetDraft("web", { replicas: 501 }));
    const sizes = new Set<number>();
    lab.api.onChange(replicaSets, ({ object }) => sizes.add(object.status.replicas));
    lab.runSeconds(1);
    expect([...sizes]).toContain(500);
    expect(web(lab.api).status.replicas).toBe(501);
  });
});
