import { describe, expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import type { Kind } from "../../kube/kind.ts";
import { events, findKind, horizontalPodAutoscalers } from "../../kube/kinds.ts";
import { loose } from "./loose.ts";
import type { Caller } from "./server.ts";

const CALLER: Caller = { user: { name: "test", groups: [] }, agent: "test" };
const NEW_EVENTS = findKind("events.k8s.io/v1", "Event") as Kind;
const V1_AUTOSCALERS = findKind("autoscaling/v1", "HorizontalPodAutoscaler") as Kind;

describe("Events of both groups are the same objects", () => {
  const regarding = { kind: "Pod", namespace: "default", name: "p" };
  const event = {
    metadata: { name: "e", namespace: "default" },
    regarding,
    note: "It is blue now",
    reason: "Painted",
    type: "Normal",
    action: "Paint",
    eventTime: "2026-01-01T00:00:00.000000Z",
    reportingController: "example.com/painter",
    reportingInstance: "painter-1",
  };

  function written() {
    const base = testApi();
    base.server.create(CALLER, { kind: NEW_EVENTS, namespace: "default" }, event);
    return base;
  }

  test("under other names", () => {
    expect(written().api.get(events, "default", "e")).toMatchObject({
      apiVersion: "v1",
      involvedObject: regarding,
      message: "It is blue now",
      reportingComponent: "example.com/painter",
    });
  });

  test("which are told back as they came, also by watches and selections", () => {
    const { server, api } = written();
    const target = { kind: NEW_EVENTS, namespace: "default" };
    expect(server.get(CALLER, { ...target, name: "e" })).toMatchObject({
      ...event,
      apiVersion: "events.k8s.io/v1",
    });
    expect(server.list(CALLER, target, { fieldSelector: "regarding.name=p" }).items).toHaveLength(1);
    expect(server.list(CALLER, target, { fieldSelector: "regarding.name=q" }).items).toHaveLength(0);
    expect(server.watch(CALLER, target).next()?.object).toMatchObject({ regarding });
    const seen: unknown[] = [];
    api.onChange(NEW_EVENTS, ({ object }) => seen.push(loose(object).note));
    api.patch(events, "default", "e", "merge", { message: "It is red now" });
    expect(seen).toEqual(["It is red now"]);
  });
});

describe("autoscaling/v1", () => {
  const spec = { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" }, maxReplicas: 5 };
  const memory = {
    type: "Resource",
    resource: { name: "memory", target: { type: "Utilization", averageUtilization: 70 } },
  } as const;
  const cpu = {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
  } as const;

  test("shows CPU utilization as its one number, and keeps the rest in annotations", () => {
    const { api, server } = testApi();
    api.create(horizontalPodAutoscalers, {
      metadata: { name: "h", namespace: "default" },
      spec: { ...spec, metrics: [memory, cpu] },
    });
    const target = { kind: V1_AUTOSCALERS, namespace: "default", name: "h" };
    const shown = loose(server.get(CALLER, target));
    expect(shown.spec).toMatchObject({ targetCPUUtilizationPercentage: 50, maxReplicas: 5 });
    expect(shown.metadata.annotations?.["autoscaling.alpha.kubernetes.io/metrics"]).toContain('"memory"');
    server.patch(CALLER, target, "merge", { spec: { targetCPUUtilizationPercentage: 60 } });
    const stored = api.get(horizontalPodAutoscalers, "default", "h");
    expect(stored?.spec.metrics).toHaveLength(2);
    expect(stored?.spec.metrics).toContainEqual({
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
    });
    expect(stored?.metadata.annotations).toBeUndefined();
  });
});
