import { findCondition } from "../../../kube/conditions.ts";
import { deployments, statefulSets } from "../../../kube/kinds.ts";
import { nameOf } from "../../checks/check.ts";
import { inNamespace } from "../commands.ts";
import { seenMs } from "../examined.ts";
import type { Remedy, Trouble } from "../trouble.ts";

/** Pods that the API server does not take: there is no pod to look at, only its maker's complaint. */
export const podsRefused: Trouble = {
  id: "pods-refused",
  title: "Pods are refused before they are made",
  *find(examined) {
    for (const workload of [...examined.view.list(deployments), ...examined.view.list(statefulSets)]) {
      const makers = workload.kind === "Deployment" ? examined.replicaSetsOf(workload) : [workload];
      const condition = findCondition(workload.status?.conditions, "ReplicaFailure");
      const event = makers
        .flatMap((maker) =>
          examined.eventsOf(nameOf(maker)).filter(({ reason }) => reason === "FailedCreate"),
        )
        .sort((a, b) => seenMs(a) - seenMs(b))
        .at(-1);
      const has = workload.status?.replicas ?? 0;
      if (has >= workload.spec.replicas) continue;
      const message = condition?.status === "True" ? condition.message : event?.message;
      if (message === undefined) continue;
      const { why, remedy } = explain(message, inNamespace(workload));
      yield {
        object: nameOf(workload),
        cause: `${workload.spec.replicas - has} of its ${workload.spec.replicas} pods cannot be made: ${why}`,
        evidence: [`FailedCreate: ${message}`],
        remedies: [remedy],
      };
    }
  },
};

function explain(message: string, namespace: string): { why: string; remedy: Remedy } {
  const quota = /exceeded quota: ([^,]+), (requested: .*?, used: .*?, limited: .*)$/.exec(message);
  if (quota !== null)
    return {
      why: `quota ${quota[1]} of the namespace is used up (${quota[2]})`,
      remedy: {
        command: `kubectl describe resourcequota ${quota[1]}${namespace}`,
        says: "shows what is used; raise it, ask for less, or scale something down",
      },
    };
  if (/failed quota|must specify/.test(message))
    return {
      why: "a quota of the namespace wants every container to say what it asks for",
      remedy: {
        says: "set resources.requests and limits in the template, or a LimitRange with defaults in the namespace",
      },
    };
  if (/PodSecurity/.test(message))
    return {
      why: "the pod security level of the namespace forbids what its template asks for",
      remedy: {
        says: "change the securityContext as the message lists it, or the namespace's label pod-security.kubernetes.io/enforce",
      },
    };
  if (/webhook/.test(message))
    return {
      why: "an admission webhook refuses it or does not answer",
      remedy: {
        command: "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
        says: "shows whose it is: look whether its pods run",
      },
    };
  if (/serviceaccount/i.test(message))
    return {
      why: "its service account does not exist",
      remedy: {
        command: `kubectl get serviceaccounts${namespace}`,
        says: "shows those that are there; create it, or mend the name in the template",
      },
    };
  return {
    why: "the API server refuses them",
    remedy: { says: "mend in the template what the message names" },
  };
}
