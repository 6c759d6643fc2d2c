/**
 * autoscaling/v1 knows one metric, CPU utilization. Whatever else a v2 object says travels in annotations, so that a client
 * of the old version does not lose it (pkg/apis/autoscaling/v1/conversion.go).
 */
import { type Fields, type LooseObject, withMeta } from "../loose.ts";

const METRICS = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT_METRICS = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";
const ANNOTATIONS = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];

/** A v2 object as v1 shows it. */
export function autoscalerFromV2(object: LooseObject): LooseObject {
  const { metrics, behavior, ...spec } = object.spec ?? {};
  const { currentMetrics, conditions, ...status } = object.status ?? {};
  const { cpu: target, others } = split(metrics, targetUtilization);
  const { cpu: current, others: otherCurrent } = split(currentMetrics, currentUtilization);
  const annotations = {
    ...object.metadata.annotations,
    ...(others.length > 0 ? { [METRICS]: JSON.stringify(others.map(oldForm)) } : {}),
    ...(otherCurrent.length > 0 ? { [CURRENT_METRICS]: JSON.stringify(otherCurrent) } : {}),
    ...(Array.isArray(conditions) && conditions.length > 0
      ? { [CONDITIONS]: JSON.stringify(conditions) }
      : {}),
    ...(behavior === undefined ? {} : { [BEHAVIOR]: JSON.stringify(behavior) }),
  };
  const shown = {
    ...object,
    spec: target === undefined ? spec : { ...spec, targetCPUUtilizationPercentage: target },
    status: {
      currentReplicas: 0,
      ...status,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  };
  return Object.keys(annotations).length === 0 ? shown : withMeta(shown, { annotations });
}

/** A v1 object with what its annotations kept of v2. */
export function autoscalerToV2(object: LooseObject): LooseObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = object.spec ?? {};
  const { currentCPUUtilizationPercentage: current, ...status } = object.status ?? {};
  const notes = object.metadata.annotations ?? {};
  const metrics = [
    ...(target === undefined
      ? []
      : [cpuMetric({ target: { type: "Utilization", averageUtilization: target } })]),
    ...listIn(notes[METRICS]).map(newForm),
  ];
  const currentMetrics = [
    ...(current === undefined ? [] : [cpuMetric({ current: { averageUtilization: current } })]),
    ...listIn(notes[CURRENT_METRICS]),
  ];
  const conditions = listIn(notes[CONDITIONS]);
  const behavior = parsedJson(notes[BEHAVIOR]);
  const kept = Object.entries(notes).filter(([name]) => !ANNOTATIONS.includes(name));
  return withMeta(
    {
      ...object,
      spec: {
        ...spec,
        ...(metrics.length > 0 ? { metrics } : {}),
        ...(behavior === undefined ? {} : { behavior }),
      },
      status: {
        ...status,
        ...(currentMetrics.length > 0 ? { currentMetrics } : {}),
        ...(conditions.length > 0 ? { conditions } : {}),
      },
    },
    { annotations: kept.length === 0 ? undefined : Object.fromEntries(kept) },
  );
}

function cpuMetric(resource: Fields): Fields {
  return { type: "Resource", resource: { name: "cpu", ...resource } };
}

/** Where a resource's target stands in the old form, by its field in the new one. */
const TARGETS = {
  averageUtilization: "targetAverageUtilization",
  averageValue: "targetAverageValue",
} as const;

/** A resource metric as autoscaling/v2beta1 wrote it, which is what the annotation holds. */
function oldForm(metric: unknown): unknown {
  const { type, resource } = metric as Fields;
  const { target, ...rest } = (resource ?? {}) as Fields;
  if (type !== "Resource" || target === undefined) return metric;
  const entries = Object.entries(TARGETS).map(([name, old]) => [old, (target as Fields)[name]] as const);
  return {
    type,
    resource: { ...rest, ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)) },
  };
}

function newForm(metric: unknown): unknown {
  const { type, resource } = metric as Fields;
  if (type !== "Resource" || resource === undefined) return metric;
  const {
    targetAverageUtilization: averageUtilization,
    targetAverageValue: averageValue,
    ...rest
  } = resource as Fields;
  if (averageUtilization !== undefined) {
    return { type, resource: { ...rest, target: { type: "Utilization", averageUtilization } } };
  }
  if (averageValue === undefined) return metric;
  return { type, resource: { ...rest, target: { type: "AverageValue", averageValue } } };
}

/** The first CPU metric by its number, and the rest as they are. */
function split(metrics: unknown, utilization: (resource: Fields) => unknown) {
  const list = (Array.isArray(metrics) ? metrics : []) as readonly Fields[];
  const at = list.findIndex(({ type, resource }) => {
    const named = resource as Fields | undefined;
    return type === "Resource" && named?.name === "cpu" && utilization(named) !== undefined;
  });
  const cpu = at < 0 ? undefined : utilization(list[at]?.resource as Fields);
  return { cpu, others: list.filter((_, i) => i !== at) };
}

function targetUtilization({ target }: Fields): unknown {
  return (target as Fields | undefined)?.averageUtilization;
}

function currentUtilization({ current }: Fields): unknown {
  return (current as Fields | undefined)?.averageUtilization;
}

function listIn(text: string | undefined): readonly unknown[] {
  const value = parsedJson(text);
  return Array.isArray(value) ? value : [];
}

/** Annotations are anybody's to write: what is no JSON says nothing. */
function parsedJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
