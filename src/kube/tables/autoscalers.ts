/** The TARGETS column of a HorizontalPodAutoscaler: what each metric is and what it should be. */
import { formatQuantity } from "../../base/quantity.ts";
import type { KubeObject } from "../types/meta.ts";
import { age } from "./cells.ts";
import { AGE, column, NAME, printer } from "./printer.ts";

interface MetricValue {
  readonly value?: string;
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

interface MetricSource {
  readonly name?: string;
  readonly target?: MetricValue;
  readonly current?: MetricValue;
}

interface Metric {
  readonly type: string;
  readonly resource?: MetricSource;
  readonly containerResource?: MetricSource;
  readonly pods?: MetricSource;
  readonly object?: MetricSource;
  readonly external?: MetricSource;
}

interface Autoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly Metric[];
    /** Of autoscaling/v1, which knows this metric only. */
    readonly targetCPUUtilizationPercentage?: number;
  };
  readonly status: {
    readonly currentReplicas?: number;
    readonly currentMetrics?: readonly (Metric | null)[] | null;
    readonly currentCPUUtilizationPercentage?: number;
  };
}

export const horizontalPodAutoscalerPrinter = printer<Autoscaler>({
  columns: [
    NAME,
    column("Reference"),
    column("Targets"),
    column("MinPods"),
    column("MaxPods"),
    column("Replicas"),
    AGE,
  ],
  cells: (autoscaler, nowMs) => {
    const { scaleTargetRef, minReplicas, maxReplicas } = autoscaler.spec;
    return [
      autoscaler.metadata.name,
      `${scaleTargetRef.kind}/${scaleTargetRef.name}`,
      targets(autoscaler),
      minReplicas === undefined ? "<unset>" : String(minReplicas),
      maxReplicas,
      autoscaler.status?.currentReplicas ?? 0,
      age(autoscaler, nowMs),
    ];
  },
});

const SHOWN_MAX = 2;

function targets({ spec, status }: Autoscaler): string {
  const metrics =
    spec.metrics ?? cpuMetric({ averageUtilization: spec.targetCPUUtilizationPercentage }, "target");
  const current =
    status?.currentMetrics ??
    cpuMetric({ averageUtilization: status?.currentCPUUtilizationPercentage }, "current");
  if (metrics.length === 0) return "<none>";
  const list = metrics.map((metric, i) => describe(metric, current[i] ?? undefined));
  const shown = list.slice(0, SHOWN_MAX).join(", ");
  return list.length > SHOWN_MAX ? `${shown} + ${list.length - SHOWN_MAX} more...` : shown;
}

function cpuMetric(
  { averageUtilization }: { readonly averageUtilization: number | undefined },
  role: "target" | "current",
): readonly Metric[] {
  if (averageUtilization === undefined) return [];
  return [{ type: "Resource", resource: { name: "cpu", [role]: { averageUtilization } } }];
}

function describe(metric: Metric, status: Metric | undefined): string {
  switch (metric.type) {
    case "Resource":
      return resourceTarget(metric.resource, status?.resource);
    case "ContainerResource":
      return resourceTarget(metric.containerResource, status?.containerResource);
    case "Pods":
      return `${known(status?.pods, "averageValue")}/${known(metric.pods, "averageValue", "target")}`;
    case "Object":
      return valueTarget(metric.object, status?.object);
    case "External":
      return valueTarget(metric.external, status?.external);
    default:
      return "<unknown type>";
  }
}

function valueTarget(wanted: MetricSource | undefined, status: MetricSource | undefined): string {
  if (wanted?.target?.averageValue !== undefined) {
    return `${known(status, "averageValue")}/${known(wanted, "averageValue", "target")} (avg)`;
  }
  return `${known(status, "value")}/${known(wanted, "value", "target")}`;
}

function resourceTarget(wanted: MetricSource | undefined, status: MetricSource | undefined): string {
  if (wanted?.target?.averageValue !== undefined) {
    return `${wanted.name}: ${known(status, "averageValue")}/${known(wanted, "averageValue", "target")}`;
  }
  const current = status?.current?.averageUtilization;
  const target = wanted?.target?.averageUtilization;
  return `${wanted?.name}: ${current === undefined ? "<unknown>" : `${current}%`}/${target === undefined ? "<auto>" : `${target}%`}`;
}

function known(
  source: MetricSource | undefined,
  field: "value" | "averageValue",
  role: "target" | "current" = "current",
): string {
  const value = source?.[role]?.[field];
  return value === undefined ? "<unknown>" : formatQuantity(value);
}
