import { quantity } from "../../../base/quantity.ts";
import { checkContainerResourceName, checkNonnegativeQuantity } from "../amounts.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsLabel, dnsSubdomain, pathSegment } from "../names.ts";
import { checkNonnegative } from "../numbers.ts";
import type { KindRules } from "../rules.ts";

interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
}

interface Target {
  readonly type?: string;
  readonly value?: string;
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

interface Source {
  readonly name?: string;
  readonly container?: string;
  readonly describedObject?: ObjectReference;
  readonly metric?: { readonly name?: string };
  readonly target?: Target;
}

type Metric = { readonly type?: string } & { readonly [source in SourceName]?: Source };

interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: string;
  readonly tolerance?: string;
  readonly policies?: readonly {
    readonly type?: string;
    readonly value?: number;
    readonly periodSeconds?: number;
  }[];
}

interface LooseAutoscaler {
  readonly status?: { readonly currentReplicas?: number; readonly desiredReplicas?: number };
  readonly spec?: {
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly scaleTargetRef?: ObjectReference;
    readonly metrics?: readonly Metric[];
    readonly behavior?: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules };
    readonly targetCPUUtilizationPercentage?: number;
  };
}

/** HorizontalPodAutoscalers, of both versions: bounds, a target, and what to measure. */
export const AUTOSCALER_RULES: KindRules<LooseAutoscaler> = {
  name: dnsSubdomain,
  check: (errors, autoscaler) => checkAutoscaler(errors, autoscaler, undefined),
  update(errors, next, old) {
    if (next.spec !== old.spec) checkAutoscaler(errors, next, old);
  },
  status(errors, { status = {} }) {
    for (const field of ["currentReplicas", "desiredReplicas"] as const)
      checkNonnegative(errors, status[field], `status.${field}`);
  },
};

function checkAutoscaler(
  errors: FieldErrors,
  { spec = {} }: LooseAutoscaler,
  old: LooseAutoscaler | undefined,
): void {
  const { minReplicas, maxReplicas = 0, metrics = [], behavior } = spec;
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.invalid("spec.minReplicas", minReplicas, "must be greater than or equal to 1");
  }
  if (maxReplicas < 1) errors.invalid("spec.maxReplicas", maxReplicas, "must be greater than 0");
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.invalid("spec.maxReplicas", maxReplicas, "must be greater than or equal to `minReplicas`");
  }
  const target = spec.scaleTargetRef ?? {};
  checkReference(errors, target, "spec.scaleTargetRef");
  const { apiVersion = "" } = target;
  // Objects from before the rule keep what they have.
  if (
    !apiVersion.includes("/") &&
    (old === undefined || old.spec?.scaleTargetRef?.apiVersion?.includes("/"))
  ) {
    errors.invalid("spec.scaleTargetRef.apiVersion", apiVersion, "apiVersion must specify API group");
  }
  for (const [i, metric] of metrics.entries()) checkMetric(errors, metric, `spec.metrics[${i}]`);
  const isOutside = metrics.some(({ type }) => type === "Object" || type === "External");
  if (minReplicas === 0 && !isOutside) {
    const rule = "must specify at least one Object or External metric to support scaling to zero replicas";
    errors.forbidden("spec.metrics", rule);
  }
  // Version 1 knows of CPU only, and keeps it in a field of its own.
  const { targetCPUUtilizationPercentage: cpu } = spec;
  if (cpu !== undefined && cpu < 1) {
    errors.invalid("spec.metrics[0].resource.target.averageUtilization", cpu, "must be greater than 0");
  }
  if (behavior?.scaleUp) checkRules(errors, behavior.scaleUp, "spec.behavior.scaleUp");
  if (behavior?.scaleDown) checkRules(errors, behavior.scaleDown, "spec.behavior.scaleDown");
}

function checkReference(
  errors: FieldErrors,
  { apiVersion = "", kind = "", name = "" }: ObjectReference,
  path: string,
): void {
  if (kind === "") errors.required(`${path}.kind`);
  else errors.invalidEach(`${path}.kind`, kind, pathSegment(kind));
  if (name === "") errors.required(`${path}.name`);
  else errors.invalidEach(`${path}.name`, name, pathSegment(name));
  if (apiVersion.split("/").length > 2) {
    errors.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  }
}

const SELECT_POLICIES = ["Disabled", "Max", "Min"];
const POLICY_TYPES = ["Percent", "Pods"];
const WINDOW_SECONDS_MAX = 3600;
const PERIOD_SECONDS_MAX = 1800;

function checkRules(errors: FieldErrors, rules: ScalingRules, path: string): void {
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [], tolerance } = rules;
  const at = `${path}.stabilizationWindowSeconds`;
  if (window < 0) errors.invalid(at, window, "must be greater than or equal to zero");
  if (window > WINDOW_SECONDS_MAX) {
    errors.invalid(at, window, `must be less than or equal to ${WINDOW_SECONDS_MAX}`);
  }
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy)) {
    errors.notSupported(`${path}.selectPolicy`, selectPolicy, SELECT_POLICIES);
  }
  if (policies.length === 0) errors.required(`${path}.policies`, "must specify at least one Policy");
  policies.forEach(({ type = "", value = 0, periodSeconds = 0 }, i) => {
    const policy = `${path}.policies[${i}]`;
    if (!POLICY_TYPES.includes(type)) errors.notSupported(`${policy}.type`, type, POLICY_TYPES);
    if (value <= 0) errors.invalid(`${policy}.value`, value, "must be greater than zero");
    if (periodSeconds <= 0)
      errors.invalid(`${policy}.periodSeconds`, periodSeconds, "must be greater than zero");
    if (periodSeconds > PERIOD_SECONDS_MAX) {
      const rule = `must be less than or equal to ${PERIOD_SECONDS_MAX}`;
      errors.invalid(`${policy}.periodSeconds`, periodSeconds, rule);
    }
  });
  if (tolerance !== undefined) checkNonnegativeQuantity(errors, tolerance, `${path}.tolerance`);
}

type SourceName = "object" | "external" | "pods" | "resource" | "containerResource";

/** In the order in which the API looks at them. */
const SOURCES: readonly SourceName[] = ["object", "external", "pods", "resource", "containerResource"];
const METRIC_TYPES = ["ContainerResource", "External", "Object", "Pods", "Resource"];

function checkMetric(errors: FieldErrors, metric: Metric, path: string): void {
  const { type = "" } = metric;
  if (type === "") errors.required(`${path}.type`, "must specify a metric source type");
  const isKnown = METRIC_TYPES.includes(type);
  if (!isKnown) errors.notSupported(`${path}.type`, type, METRIC_TYPES);
  const present = SOURCES.filter((name) => metric[name] !== undefined);
  const [first] = present;
  if (first !== undefined) checkSource(errors, first, metric[first] ?? {}, `${path}.${first}`);
  const expected = isKnown ? ((type[0]?.toLowerCase() + type.slice(1)) as SourceName) : undefined;
  if (expected === undefined) errors.notSupported(`${path}.type`, type, METRIC_TYPES);
  else if (metric[expected] === undefined) {
    errors.required(`${path}.${expected}`, "must populate information for the given metric source");
  }
  if (present.length === 1) return;
  for (const other of present) {
    if (other !== expected)
      errors.forbidden(`${path}.${other}`, "must populate the given metric source only");
  }
}

function checkSource(errors: FieldErrors, kind: SourceName, source: Source, path: string): void {
  const { name = "", container = "", metric, target = {} } = source;
  if (kind === "object") checkReference(errors, source.describedObject ?? {}, `${path}.describedObject`);
  if (kind === "resource" || kind === "containerResource") {
    if (name === "") errors.required(`${path}.name`, "must specify a resource name");
    else if (kind === "containerResource") checkContainerResourceName(errors, name, `${path}.name`);
  } else if (!metric?.name) errors.required(`${path}.metric.name`, "must specify a metric name");
  else errors.invalidEach(`${path}.metric.name`, metric.name, pathSegment(metric.name));
  if (kind === "containerResource") {
    if (container === "") errors.required(`${path}.container`, "must specify a container");
    else errors.invalidEach(`${path}.container`, container, dnsLabel(container));
  }
  checkTarget(errors, target, `${path}.target`);
  checkTargetKind(errors, kind, target, `${path}.target`);
}

const TARGET_TYPES = ["Utilization", "Value", "AverageValue"];

function checkTarget(errors: FieldErrors, target: Target, path: string): void {
  const { type = "", averageUtilization } = target;
  if (type === "") errors.required(`${path}.type`, "must specify a metric target type");
  if (!TARGET_TYPES.includes(type)) {
    errors.invalid(`${path}.type`, type, "must be either Utilization, Value, or AverageValue");
  }
  for (const field of ["value", "averageValue"] as const) {
    const amount = target[field];
    if (amount !== undefined && quantity(amount).mantissa <= 0) {
      errors.invalid(`${path}.${field}`, amount, "must be positive");
    }
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.invalid(`${path}.averageUtilization`, averageUtilization, "must be greater than 0");
  }
}

/** Which of the target's numbers a kind of metric needs, and which exclude each other. */
function checkTargetKind(errors: FieldErrors, kind: SourceName, target: Target, path: string): void {
  const { value, averageValue, averageUtilization } = target;
  if (kind === "pods") {
    if (averageValue === undefined) {
      errors.required(`${path}.averageValue`, "must specify a positive target averageValue");
    }
  } else if (kind === "object") {
    if (value === undefined && averageValue === undefined) {
      errors.required(`${path}.averageValue`, "must set either a target value or averageValue");
    }
  } else if (kind === "external") {
    if (value === undefined && averageValue === undefined) {
      errors.required(
        `${path}.averageValue`,
        "must set either a target value for metric or a per-pod target",
      );
    } else if (value !== undefined && averageValue !== undefined) {
      errors.forbidden(`${path}.value`, "may not set both a target value for metric and a per-pod target");
    }
  } else if (averageUtilization === undefined && averageValue === undefined) {
    const rule = "must set either a target raw value or a target utilization";
    errors.required(`${path}.averageUtilization`, rule);
  } else if (averageUtilization !== undefined && averageValue !== undefined) {
    errors.forbidden(`${path}.averageValue`, "may not set both a target raw value and a target utilization");
  }
}
