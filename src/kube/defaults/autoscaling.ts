import { type Fields, fieldsOf, isFields, setAbsent, setField } from "./absent.ts";
import { absentAre, type DefaultsTable } from "./type-defaults.ts";

/** Horizontal autoscalers (pkg/apis/autoscaling/v2/defaults.go). */
export const AUTOSCALING_DEFAULTS: DefaultsTable = {
  "io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler": completeOldAutoscaler,
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec": absentAre({
    minReplicas: 1,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
      },
    ],
  }),
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior": completeBehavior,
};

/** Version 1 keeps metrics other than CPU in an annotation; without it, CPU is what is meant. */
function completeOldAutoscaler(autoscaler: Fields): Fields {
  if (!isFields(autoscaler.spec)) return autoscaler;
  const { annotations } = fieldsOf(autoscaler.metadata);
  const hasMetrics = fieldsOf(annotations)["autoscaling.alpha.kubernetes.io/metrics"] !== undefined;
  const defaults = { minReplicas: 1, targetCPUUtilizationPercentage: hasMetrics ? undefined : 80 };
  return setField(autoscaler, "spec", setAbsent(autoscaler.spec, defaults));
}

const SCALE_UP: Fields = {
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ],
};
/** The window stays open: it is the controller's flag that decides it. */
const SCALE_DOWN: Fields = {
  selectPolicy: "Max",
  policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
};

/** Who says anything of one direction gets rules for both. */
function completeBehavior(behavior: Fields): Fields {
  const whole = setField(behavior, "scaleUp", completeRules(behavior.scaleUp, SCALE_UP));
  return setField(whole, "scaleDown", completeRules(behavior.scaleDown, SCALE_DOWN));
}

function completeRules(rules: unknown, defaults: Fields): unknown {
  if (rules === undefined) return defaults;
  return isFields(rules) ? setAbsent(rules, defaults) : rules;
}
