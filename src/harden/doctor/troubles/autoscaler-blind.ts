import { findCondition } from "../../../kube/conditions.ts";
import { horizontalPodAutoscalers } from "../../../kube/kinds.ts";
import { nameOf } from "../../checks/check.ts";
import type { Remedy, Trouble } from "../trouble.ts";

/** An autoscaler that cannot read what it goes by does nothing, whatever the load. */
export const autoscalerBlind: Trouble = {
  id: "autoscaler-blind",
  title: "An autoscaler does not see what it goes by",
  *find(examined) {
    for (const autoscaler of examined.view.list(horizontalPodAutoscalers)) {
      const { conditions } = autoscaler.status ?? {};
      const able = findCondition(conditions, "AbleToScale");
      const active = findCondition(conditions, "ScalingActive");
      const wrong =
        able?.status === "False" && able.reason === "FailedGetScale"
          ? able
          : active?.status === "False" && active.reason !== "ScalingDisabled"
            ? active
            : undefined;
      if (wrong === undefined) continue;
      const { kind, name } = autoscaler.spec.scaleTargetRef;
      const message = wrong.message ?? "";
      yield {
        object: nameOf({ ...autoscaler, kind: "HorizontalPodAutoscaler" }),
        concerns: [{ kind, namespace: autoscaler.metadata.namespace ?? "", name }],
        cause: whyOf(message, `${kind} ${name}`),
        evidence: [`${wrong.reason}: ${message}`],
        remedies: waysOut(message),
      };
    }
  },
};

function whyOf(message: string, target: string): string {
  if (/missing request for/.test(message))
    return `it goes by a share of what ${target}'s containers ask for, and one of them asks for nothing`;
  if (
    /the server could not find the requested resource|metrics\.k8s\.io|no metrics returned from resource metrics API|unable to fetch metrics from resource metrics API/.test(
      message,
    )
  )
    return `nobody tells it how much ${target}'s pods use: the metrics API does not answer, or has nothing of them yet`;
  if (/custom\.metrics|external\.metrics|custom metrics API|external metrics API/.test(message))
    return "no adapter serves the metric that it names";
  if (/not found/.test(message)) return `${target}, which it is for, does not exist`;
  return `it cannot work out how many of ${target} there should be`;
}

function waysOut(message: string): Remedy[] {
  if (/missing request for/.test(message))
    return [{ says: "set resources.requests of every container in the template, sidecars too" }];
  if (/custom\.metrics|external\.metrics|custom metrics API|external metrics API/.test(message))
    return [
      {
        command: "kubectl get apiservices | grep metrics",
        says: "shows who serves custom metrics; requests per second need an adapter, such as prometheus-adapter or KEDA",
      },
    ];
  if (/resource metrics API|metrics\.k8s\.io/.test(message))
    return [
      {
        command: "kubectl get apiservice v1beta1.metrics.k8s.io",
        says: "shows whether metrics-server is there and answers",
      },
      { command: "kubectl top pods -A", says: "shows what it has" },
    ];
  return [{ says: "mend in its spec what the message names" }];
}
