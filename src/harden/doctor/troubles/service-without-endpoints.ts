import { pods, services } from "../../../kube/kinds.ts";
import type { Container, Pod, Service, ServicePort } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import { sendsTo } from "../../sends-to.ts";
import { inNamespace, listed } from "../commands.ts";
import type { Examined } from "../examined.ts";
import { whyNotReady } from "../pod-reason.ts";
import type { Found, Trouble } from "../trouble.ts";

/** Judged by pods and ports, not by a ping: a ClusterIP answers none, and slim images have no ping. */
export const serviceWithoutEndpoints: Trouble = {
  id: "service-without-endpoints",
  title: "A Service leads nowhere",
  *find(examined) {
    for (const service of examined.view.list(services)) {
      const found = explain(service, examined);
      if (found !== undefined) yield { object: nameOf(service), ...found };
    }
  },
};

function explain(service: Service, examined: Examined): Omit<Found, "object"> | undefined {
  const { selector = {}, type } = service.spec;
  // Others lead elsewhere, or to endpoints that somebody else writes.
  if (type === "ExternalName" || Object.keys(selector).length === 0) return undefined;
  const { namespace } = service.metadata;
  const theirs = examined.view
    .list(pods, namespace)
    .filter(
      (pod) =>
        sendsTo(service, pod.metadata.labels) &&
        pod.status.phase !== "Succeeded" &&
        pod.status.phase !== "Failed",
    );
  if (theirs.length === 0) return withoutPods(service, selector, examined);
  const ready = theirs.filter((pod) => whyNotReady(pod, examined) === undefined);
  const owners = new Map(
    theirs.map((pod) => [examined.ownerOf(pod).metadata.uid ?? pod.metadata.name, examined.ownerOf(pod)]),
  );
  const concerns = [...[...owners.values()].map(nameOf), ...theirs.map(nameOf)];
  if (ready.length === 0 && service.spec.publishNotReadyAddresses !== true) {
    const [first] = theirs as [Pod];
    return {
      concerns,
      cause: `${theirs.length === 1 ? "the pod that it selects is not" : `none of the ${theirs.length} pods that it selects is`} ready: every request to it is refused`,
      evidence: theirs.slice(0, 3).map((pod) => `pod ${pod.metadata.name} ${whyNotReady(pod, examined)}`),
      remedies: [
        {
          command: `holdfast doctor pod/${first.metadata.name}${inNamespace(first)}`,
          says: "tells why that pod is not ready",
        },
      ],
    };
  }
  for (const port of service.spec.ports ?? []) {
    const missed = missedBy(port, theirs);
    if (missed !== undefined) return { concerns, ...missed };
  }
  return undefined;
}

function withoutPods(
  service: Service,
  selector: Readonly<Record<string, string>>,
  examined: Examined,
): Omit<Found, "object"> {
  const wanted = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const { namespace } = service.metadata;
  const meant = examined.subjects.filter(
    ({ workload, labels }) => workload.metadata.namespace === namespace && sendsTo(service, labels),
  );
  const [scaled] = meant;
  if (scaled !== undefined) {
    return {
      concerns: meant.map(({ workload }) => nameOf(workload)),
      cause: `${scaled.workload.kind} ${scaled.workload.metadata.name}, which it is for, has no pods`,
      evidence: [`spec.replicas is ${scaled.replicas}`],
      remedies:
        scaled.replicas === 0
          ? [
              {
                command: `kubectl scale ${scaled.workload.kind.toLowerCase()}/${scaled.workload.metadata.name}${inNamespace(service)} --replicas=1`,
                says: "starts one",
              },
            ]
          : [
              {
                command: `holdfast doctor ${scaled.workload.kind.toLowerCase()}/${scaled.workload.metadata.name}${inNamespace(service)}`,
                says: "tells why there is none",
              },
            ],
    };
  }
  const near = examined.subjects
    .filter(
      ({ workload, labels }) =>
        workload.metadata.namespace === namespace &&
        Object.keys(selector).some((key) => labels[key] !== undefined),
    )
    .map(
      ({ workload, labels }) =>
        `${workload.kind} ${workload.metadata.name} has ${Object.keys(selector)
          .flatMap((key) => (labels[key] === undefined ? [] : `${key}=${labels[key]}`))
          .join(", ")}`,
    );
  return {
    cause: `no pod of its namespace has ${wanted.join(", ")}: every request to it is refused`,
    evidence: near.slice(0, 3),
    remedies: [
      {
        command: `kubectl get pods${inNamespace(service)} --show-labels`,
        says: "shows the labels that there are; mend spec.selector, or the labels in the workload's template",
      },
    ],
  };
}

/** A port that no container serves. A number may be served without being declared, a name may not. */
function missedBy(
  { name, port, targetPort = port }: ServicePort,
  theirs: readonly Pod[],
): Omit<Found, "object" | "concerns"> | undefined {
  const containers: Container[] = theirs.flatMap(({ spec }) => [
    ...spec.containers,
    ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always"),
  ]);
  const declared = containers.flatMap(({ ports = [] }) => ports);
  const isMissed =
    typeof targetPort === "string"
      ? !declared.some((one) => one.name === targetPort)
      : // Where every container declares ports, one that none of them has is a slip.
        containers.every(({ ports = [] }) => ports.length > 0) &&
        !declared.some(({ containerPort }) => containerPort === targetPort);
  if (!isMissed) return undefined;
  const known = [
    ...new Set(
      declared.map((one) =>
        one.name === undefined ? String(one.containerPort) : `${one.containerPort} (${one.name})`,
      ),
    ),
  ];
  return {
    cause: `its port ${name ?? port} leads to ${typeof targetPort === "string" ? `a port named ${targetPort}` : `port ${targetPort}`}, which no container of its pods has: ${typeof targetPort === "string" ? "it has no endpoints for it" : "requests are refused by the pods"}`,
    evidence: [`containers have ${known.length === 0 ? "no ports" : listed(known)}`],
    remedies: [
      {
        says: `set targetPort of port ${name ?? port} to ${known.length === 0 ? "the number that the program listens on" : listed(known)}`,
      },
    ],
  };
}
