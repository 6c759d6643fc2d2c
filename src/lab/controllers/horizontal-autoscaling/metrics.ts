import { formatQuantity, milliQuantityOf, milliValue } from "../../../base/quantity.ts";
import type { MetricSpec, MetricTarget } from "../../../kube/types/index.ts";
import type { PodMetrics } from "../../pod-metrics.ts";
import { goText } from "../shared/go-text.ts";
import { proposeByAverage, proposeByUtilization, type Question, type Trouble, usageOf } from "./pod-usage.ts";

/** What one metric of an autoscaler says. */
export interface MetricAnswer {
  readonly replicas: number;
  /** As the reason for a change names it. */
  readonly name: string;
  /** As the status shows it. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** Why a metric says nothing. */
export interface MetricTrouble extends Trouble {
  /** Of the event and the condition. */
  readonly reason: string;
  /** Which metric it was, put before the error when it is told further up. */
  readonly prefix: string;
}

/** Asks about one metric. Pods', objects' and external metrics need an adapter, which a lab has not. */
export function askMetric(
  spec: MetricSpec,
  metrics: PodMetrics,
  namespace: string,
  question: Omit<Question, "resource" | "container">,
): MetricAnswer | MetricTrouble {
  const source = spec.type === "Resource" ? spec.resource : spec.containerResource;
  if ((spec.type === "Resource" || spec.type === "ContainerResource") && source !== undefined) {
    const container = spec.type === "ContainerResource" ? spec.containerResource?.container : undefined;
    return askResource(spec.type, source, metrics, { ...question, resource: source.name, container });
  }
  return withoutAdapter(spec, namespace);
}

function askResource(
  type: "Resource" | "ContainerResource",
  { name: resource, target }: { readonly name: string; readonly target: MetricTarget },
  metrics: PodMetrics,
  question: Question,
): MetricAnswer | MetricTrouble {
  const { container } = question;
  const trouble = (error: string): MetricTrouble => ({
    reason: `FailedGet${type}Metric`,
    prefix:
      container === undefined
        ? `failed to get ${resource} resource metric value`
        : `failed to get ${container} container metric value`,
    error,
  });
  const isAverage = target.averageValue !== undefined;
  const percent = target.averageUtilization;
  if (!isAverage && percent === undefined) {
    return trouble(
      "invalid resource metric source: neither an average utilization target nor an average value (usage) target was set",
    );
  }
  const usage = usageOf(metrics, question);
  const proposal =
    "error" in usage
      ? usage
      : isAverage
        ? proposeByAverage(question, usage, milliValue(target.averageValue ?? "0"))
        : proposeByUtilization(question, usage, percent ?? 0);
  if ("error" in proposal) {
    return trouble(`failed to get ${resource} ${isAverage ? "usage" : "utilization"}: ${proposal.error}`);
  }
  const format = resource === "memory" ? "BinarySI" : "DecimalSI";
  const current = {
    ...(proposal.utilization !== undefined && { averageUtilization: proposal.utilization }),
    averageValue: formatQuantity(milliQuantityOf(proposal.averageUsage, format)),
  };
  const of = type === "ContainerResource" ? "container resource" : "resource";
  return {
    replicas: proposal.replicas,
    name: isAverage ? `${resource} resource` : `${resource} ${of} utilization (percentage of request)`,
    status:
      container === undefined
        ? { type, resource: { name: resource, current } }
        : { type, containerResource: { name: resource, container, current } },
  };
}

function withoutAdapter(spec: MetricSpec, namespace: string): MetricTrouble {
  switch (spec.type) {
    case "Pods": {
      const error = `unable to get metric ${spec.pods?.metric.name}: ${NO_CUSTOM_METRICS}`;
      return { reason: "FailedGetPodsMetric", prefix: "failed to get pods metric value", error };
    }
    case "Object": {
      const { describedObject, metric, target } = spec.object ?? {};
      const error = `unable to get metric ${metric?.name}: ${describedObject?.kind} on ${namespace} ${describedObject?.name}/${NO_CUSTOM_METRICS}`;
      const inner = target?.type === "Value" ? "" : `: failed to get ${metric?.name} object metric`;
      return { reason: "FailedGetObjectMetric", prefix: `failed to get object metric value${inner}`, error };
    }
    case "External": {
      const { metric, target } = spec.external ?? {};
      const name = metric?.name;
      const error = `unable to get external metric ${namespace}/${name}/${goText(metric?.selector)}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`;
      const inner =
        target?.type === "Value"
          ? `failed to get external metric ${name}`
          : `failed to get ${name} external metric`;
      return {
        reason: "FailedGetExternalMetric",
        prefix: `failed to get ${name} external metric value: ${inner}`,
        error,
      };
    }
    default:
      return {
        reason: "InvalidMetricSourceType",
        prefix: "",
        error: `unknown metric source type "${spec.type}"`,
      };
  }
}

const NO_CUSTOM_METRICS =
  "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";
