import { findCondition } from "../../../kube/conditions.ts";
import { daemonSets, deployments, jobs, statefulSets } from "../../../kube/kinds.ts";
import type { Condition, Job, KubeObject } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import { inNamespace } from "../commands.ts";
import { type Examined, seenMs } from "../examined.ts";
import type { Remedy, Trouble } from "../trouble.ts";

/** Pods that the API server does not take: there is no pod to look at, only its maker's complaint. */
export const podsRefused: Trouble = {
  id: "pods-refused",
  title: "Pods are refused before they are made",
  *find(examined) {
    for (const { maker, wanted, has } of makersOf(examined)) {
      if (has >= wanted) continue;
      const makers = maker.kind === "Deployment" ? examined.replicaSetsOf(maker) : [maker];
      const condition = findCondition(maker.status?.conditions, "ReplicaFailure");
      const event = makers
        .flatMap((each) => examined.eventsOf(nameOf(each)).filter(({ reason }) => reason === "FailedCreate"))
        .sort((a, b) => seenMs(a) - seenMs(b))
        .at(-1);
      const message = condition?.status === "True" ? condition.message : event?.message;
      if (message === undefined) continue;
      const { why, remedy } = explain(message, inNamespace(maker));
      yield {
        object: nameOf(maker),
        cause: `${wanted - has} of its ${wanted} pods cannot be made: ${why}`,
        evidence: [`FailedCreate: ${message}`],
        remedies: [remedy],
      };
    }
  },
};

interface Maker {
  readonly maker: KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] } };
  /** How many pods there are to be, and how many there are. */
  readonly wanted: number;
  readonly has: number;
}

function makersOf({ view }: Examined): Maker[] {
  return [
    ...[...view.list(deployments), ...view.list(statefulSets)].map((maker) => ({
      maker,
      wanted: maker.spec.replicas,
      has: maker.status?.replicas ?? 0,
    })),
    ...view.list(daemonSets).map((maker) => ({
      maker,
      wanted: maker.status?.desiredNumberScheduled ?? 0,
      has: maker.status?.currentNumberScheduled ?? 0,
    })),
    ...view
      .list(jobs)
      .filter(({ status }) => !(status?.conditions ?? []).some(isEnd))
      .map((maker) => ({ maker, wanted: podsOfJob(maker), has: maker.status?.active ?? 0 })),
  ];
}

function isEnd({ type, status }: Condition): boolean {
  return status === "True" && ["Complete", "Failed", "Suspended"].includes(type);
}

/** As many at a time as it may run, and no more than are still to succeed. */
function podsOfJob({ spec: { parallelism = 1, completions }, status }: Job): number {
  return Math.min(parallelism, (completions ?? parallelism) - (status?.succeeded ?? 0));
}

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
