import { describe, expect, test } from "vitest";
import { type TestControllers, testControllers } from "../../../../test/support/controllers.ts";
import { container } from "../../../../test/support/pods.ts";
import { deploymentDraft, podTemplate } from "../../../../test/support/workloads.ts";
import { deployments, horizontalPodAutoscalers } from "../../../kube/kinds.ts";
import type { HorizontalPodAutoscaler, MetricSpec } from "../../../kube/types/index.ts";
import { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { PodMetrics } from "../../pod-metrics.ts";
import { deployment } from "../deployment/deployment.ts";
import { replicaSet } from "../replicaset/replicaset.ts";
import { horizontalAutoscaling } from "./horizontal-autoscaling.ts";

/** What every pod uses; a test changes it as it goes. */
class Load implements PodMetrics {
  cpuMillicores = 100;
  memoryBytes = 64 * 1024 * 1024;
  isMeasured = true;

  usageOf() {
    const { cpuMillicores, memoryBytes, isMeasured } = this;
    return isMeasured ? [{ name: "main", cpuMillicores, memoryBytes }] : undefined;
  }
}

const cpu = (averageUtilization: number): MetricSpec => ({
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization } },
});

/** A Deployment of two pods that request 200 millicores each, up for ten minutes, and an autoscaler for it. */
function scaled(
  spec: Partial<HorizontalPodAutoscaler["spec"]> = {},
): TestControllers & { readonly load: Load } {
  const load = new Load();
  const kinds = new KindRegistry();
  const lab = testControllers([deployment, replicaSet, horizontalAutoscaling(kinds, load)]);
  const { spec: template, ...rest } = podTemplate("web");
  const containers = [container("main", { resources: { requests: { cpu: "200m", memory: "128Mi" } } })];
  const draft = deploymentDraft("web", {
    replicas: 2,
    template: { ...rest, spec: { ...template, containers } },
  });
  lab.api.create(deployments, draft);
  lab.runSeconds(600);
  lab.api.create(horizontalPodAutoscalers, {
    metadata: { name: "web", namespace: "default" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [cpu(50)],
      ...spec,
    },
  });
  return { ...lab, load };
}

function hpa({ api }: TestControllers): HorizontalPodAutoscaler {
  const found = api.get(horizontalPodAutoscalers, "default", "web");
  if (found === undefined) throw new Error("There is no autoscaler web");
  return found;
}

const replicas = ({ api }: TestControllers) => api.get(deployments, "default", "web")?.spec.replicas;
const conditions = (lab: TestControllers) =>
  Object.fromEntries(
    (hpa(lab).status.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );

describe("an autoscaler", () => {
  test("first looks after fifteen seconds, and leaves alone what is on target", () => {
    const lab = scaled();
    lab.runSeconds(14);
    expect(hpa(lab).status).toMatchObject({ desiredReplicas: 0 });
    expect(hpa(lab).status.conditions ?? []).toEqual([]);
    lab.runSeconds(2);
    expect(hpa(lab).status).toMatchObject({
      currentReplicas: 2,
      desiredReplicas: 2,
      currentMetrics: [
        {
          type: "Resource",
          resource: { name: "cpu", current: { averageUtilization: 50, averageValue: "100m" } },
        },
      ],
    });
    expect(conditions(lab)).toEqual({
      AbleToScale: "True ReadyForNewScale",
      ScalingActive: "True ValidMetricFound",
      ScalingLimited: "False DesiredWithinRange",
    });
  });

  test("scales up at once, and tells why", () => {
    const lab = scaled();
    lab.load.cpuMillicores = 200;
    lab.runSeconds(16);
    expect(replicas(lab)).toBe(4);
    expect(lab.messages("HorizontalPodAutoscaler web", "SuccessfulRescale")).toEqual([
      "New size: 4; reason: cpu resource utilization (percentage of request) above target",
    ]);
    expect(hpa(lab).status).toMatchObject({
      currentReplicas: 2,
      desiredReplicas: 4,
      lastScaleTime: "2026-01-01T00:10:15Z",
    });
    expect(conditions(lab).AbleToScale).toBe("True SucceededRescale");
  });

  test("scales down only when five minutes have asked for it", () => {
    const lab = scaled();
    lab.runSeconds(20);
    lab.load.cpuMillicores = 20;
    lab.runSeconds(280);
    expect(replicas(lab)).toBe(2);
    expect(conditions(lab).AbleToScale).toBe("True ScaleDownStabilized");
    lab.runSeconds(60);
    expect(replicas(lab)).toBe(1);
    expect(lab.messages("HorizontalPodAutoscaler web", "SuccessfulRescale")).toEqual([
      "New size: 1; reason: All metrics below target",
    ]);
  });

  test.each([
    { name: "within a tenth of the target", cpuMillicores: 109 },
    { name: "just as much below", cpuMillicores: 91 },
  ])("does nothing $name", ({ cpuMillicores }) => {
    const lab = scaled();
    lab.load.cpuMillicores = cpuMillicores;
    lab.runSeconds(600);
    expect(replicas(lab)).toBe(2);
  });

  test("goes by the metric that asks for most", () => {
    const memory: MetricSpec = {
      type: "Resource",
      resource: { name: "memory", target: { type: "AverageValue", averageValue: "32Mi" } },
    };
    const lab = scaled({ metrics: [cpu(50), memory] });
    lab.runSeconds(16);
    expect(replicas(lab)).toBe(4);
    expect(hpa(lab).status.currentMetrics?.[1]).toEqual({
      type: "Resource",
      resource: { name: "memory", current: { averageValue: "64Mi" } },
    });
    expect(lab.messages("HorizontalPodAutoscaler web", "SuccessfulRescale")[0]).toBe(
      "New size: 4; reason: memory resource above target",
    );
  });

  test("can look at one container only", () => {
    const one = (name: string): MetricSpec => ({
      type: "ContainerResource",
      containerResource: {
        name: "cpu",
        container: name,
        target: { type: "Utilization", averageUtilization: 25 },
      },
    });
    const lab = scaled({ metrics: [one("main")] });
    lab.runSeconds(16);
    expect(replicas(lab)).toBe(4);
    const other = scaled({ metrics: [one("sidecar")] });
    other.runSeconds(16);
    expect(conditions(other).ScalingActive).toBe("False FailedGetContainerResourceMetric");
  });

  test("keeps to its bounds, metrics or not", () => {
    const lab = scaled({ minReplicas: 3 });
    lab.load.isMeasured = false;
    lab.runSeconds(16);
    expect(replicas(lab)).toBe(3);
    expect(lab.messages("HorizontalPodAutoscaler web", "SuccessfulRescale")[0]).toBe(
      "New size: 3; reason: Current number of replicas below Spec.MinReplicas",
    );
    const big = scaled({ maxReplicas: 1 });
    big.runSeconds(16);
    expect(replicas(big)).toBe(1);
  });

  test("leaves a workload that was scaled to zero alone", () => {
    const lab = scaled();
    const current = lab.api.get(deployments, "default", "web");
    if (current === undefined) throw new Error("There is no Deployment web");
    lab.api.update(deployments, { ...current, spec: { ...current.spec, replicas: 0 } });
    lab.runSeconds(60);
    expect(replicas(lab)).toBe(0);
    expect(conditions(lab).ScalingActive).toBe("False ScalingDisabled");
  });

  test("says what it lacks, and does nothing", () => {
    const lab = scaled();
    lab.load.isMeasured = false;
    lab.runSeconds(16);
    expect(replicas(lab)).toBe(2);
    expect(hpa(lab).status.conditions).toMatchObject([
      { type: "AbleToScale", status: "True", reason: "SucceededGetScale" },
      {
        type: "ScalingActive",
        status: "False",
        reason: "FailedGetResourceMetric",
        message:
          "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API",
      },
    ]);
    expect(lab.messages("HorizontalPodAutoscaler web", "FailedComputeMetricsReplicas")[0]).toBe(
      "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API",
    );
  });

  test("says when its target is not there, or two autoscalers have the same", () => {
    const lost = scaled({ scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "nobody" } });
    lost.runSeconds(16);
    expect(hpa(lost).status.conditions?.[0]?.message).toBe(
      'the HPA controller was unable to get the target\'s current scale: deployments.apps "nobody" not found',
    );
    const rivals = scaled();
    rivals.api.create(horizontalPodAutoscalers, {
      metadata: { name: "also", namespace: "default" },
      spec: { ...hpa(rivals).spec },
    });
    rivals.runSeconds(16);
    expect(conditions(rivals).ScalingActive).toBe("False AmbiguousSelector");
  });

  test("does not take pods that are starting for busy ones", () => {
    const lab = scaled();
    lab.load.cpuMillicores = 200;
    lab.runSeconds(16);
    expect(replicas(lab)).toBe(4);
    // The two new pods count as idle, so that the four of them are enough.
    lab.runSeconds(15);
    expect(replicas(lab)).toBe(4);
  });

  test("costs nothing where there is none", () => {
    const lab = testControllers([horizontalAutoscaling(new KindRegistry(), new Load())]);
    lab.runSeconds(3_600);
    expect(lab.engine.tasksRun).toBe(0);
  });
});
