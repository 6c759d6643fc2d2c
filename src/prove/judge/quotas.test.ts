/** What quotas do to the pods that are made for lost ones. */
import { describe, expect, test } from "vitest";
import { node } from "../../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../../test/support/pods.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { ModelBuilder } from "../model/builder.ts";
import { placingFor } from "../placing.ts";
import { prove } from "../prove.ts";
import type { WorkloadVerdict } from "../result.ts";

const set = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name: "web", namespace: "default", uid: "uid-web" },
  spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: {} },
} as unknown as KubeObject;

const web = (name: string, on: string): PodBuilder =>
  pod(name).ownedBy(set).labels({ app: "web" }).requests({ cpu: "1", memory: "1Gi" }).on(on).running();

function quota(hard: Record<string, string>, rest: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "limit", namespace: "default", uid: "q" },
    spec: { hard, ...rest },
    status: { hard },
  } as unknown as KubeObject;
}

/** Of web, when node a is lost that has one of its two pods. */
function verdict(...others: readonly KubeObject[]) {
  const builder = new ModelBuilder();
  const objects = [node("a"), node("b"), node("c"), set, web("web-1", "a"), web("web-2", "b"), ...others];
  for (const object of objects) builder.add(object);
  const model = builder.build();
  const result = prove(model, placingFor(model), { losses: [{ kind: "nodes" }], all: true });
  const [loss] = result.losses.filter(({ id }) => id === "node/a");
  return { result, of: loss?.workloads[0] as WorkloadVerdict };
}

/** Of all that comes after the eviction at 5:42 to 6:02, how much more there may be. */
function delay(one: WorkloadVerdict): { min: number; max: number } {
  const { of } = verdict();
  return {
    min: Math.round((one.downSeconds?.min ?? Number.NaN) - (of.downSeconds?.min ?? 0)),
    max: Math.round((one.downSeconds?.max ?? Number.NaN) - (of.downSeconds?.max ?? 0)),
  };
}

describe("a replacement", () => {
  test.each([
    { name: "with no quota", others: [] },
    { name: "with one pod to spare", others: [quota({ pods: "3" })] },
    { name: "within its requests", others: [quota({ "requests.cpu": "3", "requests.memory": "3Gi" })] },
    {
      name: "of a full quota that means others",
      others: [quota({ pods: "2" }, { scopes: ["BestEffort"] })],
    },
    { name: "of a full quota of configmaps", others: [quota({ "count/configmaps": "0" })] },
  ])("comes at once $name", ({ others }) => {
    const { of } = verdict(...others);
    expect(of.verdict).toBe("degraded");
    expect(delay(of)).toEqual({ min: 0, max: 0 });
    expect(of.cause).not.toContain("quota");
  });

  test.each([
    { name: "pods", hard: { pods: "2" } },
    { name: "what pods request", hard: { "requests.cpu": "2500m" } },
    { name: "what pods request, by the short name", hard: { memory: "2Gi" } },
  ])("waits at a full quota of $name until the lost pod counts no more", ({ hard }) => {
    const { of } = verdict(quota(hard));
    expect(of.verdict).toBe("degraded");
    // Twice the grace period of 30 s; a recount every 300 s; as long again until the controller's next try.
    expect(delay(of)).toEqual({ min: 60, max: 720 });
    expect(of.cause).toContain("quota default/limit lets no other in before the lost ones count no more");
  });

  test("never comes where objects are counted, as the lost pod's is still there", () => {
    const { of } = verdict(quota({ "count/pods": "2" }));
    expect(of).toMatchObject({
      verdict: "stuck",
      downSeconds: { min: null, median: null, max: null },
      message:
        'pods "web-1" is forbidden: exceeded quota: limit, requested: count/pods=1, used: count/pods=2, limited: count/pods=2',
      fix: "raise the quota by what one more of its pods asks for",
    });
    expect(of.cause).toContain("quota default/limit lets no other pod in");
  });

  test("never comes where a quota was lowered below what is there", () => {
    const { of } = verdict(quota({ "requests.cpu": "1" }));
    expect(of).toMatchObject({
      verdict: "stuck",
      message:
        'pods "web-1" is forbidden: exceeded quota: limit, requested: requests.cpu=1, used: requests.cpu=1, limited: requests.cpu=1',
    });
  });

  test("may have to wait where only another of its namespace fits in first", () => {
    const { of } = verdict(quota({ pods: "4" }), web("web-3", "a"));
    expect(delay(of).max).toBeGreaterThan(700);
  });
});

test("what of a quota is not looked at is told", () => {
  const { result } = verdict(quota({ "limits.cpu": "2", pods: "9" }));
  expect(result.notModelled).toEqual(["ResourceQuota default/limit: limits.cpu is not looked at"]);
});
