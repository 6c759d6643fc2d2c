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
      const { why, remedies } = COMPLAINTS.find(({ words }) => words.test(message)) ?? UNKNOWN;
      yield {
        object: nameOf({ ...autoscaler, kind: "HorizontalPodAutoscaler" }),
        concerns: [{ kind, namespace: autoscaler.metadata.namespace ?? "", name }],
        cause: why(`${kind} ${name}`),
        evidence: [`${wrong.reason}: ${message}`],
        remedies,
      };
    }
  },
};

interface Complaint {
  /** As the controller writes them. */
  readonly words: RegExp;
  readonly why: (target: string) => string;
  readonly remedies: readonly Remedy[];
}

/** The first that fits: what a server lacks is said in the same words of every API, so the APIs' names come first. */
const COMPLAINTS: readonly Complaint[] = [
  {
    words: /missing request for/,
    why: (target) =>
      `it goes by a share of what ${target}'s containers ask for, and one of them asks for nothing`,
    remedies: [{ says: "set resources.requests of every container in the template, sidecars too" }],
  },
  {
    words: /(custom|external)(\.metrics| metrics API)/,
    why: () => "no adapter serves the metric that it names",
    remedies: [
      {
        command: "kubectl get apiservices | grep metrics",
        says: "shows who serves custom metrics; requests per second need an adapter, such as prometheus-adapter or KEDA",
      },
    ],
  },
  {
    words: /metrics\.k8s\.io|resource metrics API/,
    why: (target) =>
      `nobody tells it how much ${target}'s pods use: the metrics API does not answer, or has nothing of them yet`,
    remedies: [
      {
        command: "kubectl get apiservice v1beta1.metrics.k8s.io",
        says: "shows whether metrics-server is there and answers",
      },
      { command: "kubectl top pods -A", says: "shows what it has" },
    ],
  },
  {
    words: /not found/,
    why: (target) => `${target}, which it is for, does not exist`,
    remedies: [{ says: "mend the name in its spec.scaleTargetRef, or delete it" }],
  },
];

const UNKNOWN: Omit<Complaint, "words"> = {
  why: (target) => `it cannot work out how many of ${target} there should be`,
  remedies: [{ says: "mend in its spec what the message names" }],
};
