import { pods, services } from "../../../kube/kinds.ts";
import type { Pod } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import { nearestName } from "../../nearest.ts";
import { sendsTo } from "../../sends-to.ts";
import { inNamespace, listed } from "../commands.ts";
import type { Examined } from "../examined.ts";
import { barrierBetween } from "../network-policies.ts";
import { whyNotReady } from "../pod-reason.ts";
import { type StoreLink, storeLinks } from "../store-links.ts";
import type { Found, Trouble } from "../trouble.ts";

/** Judged by names, ports, endpoints and policies: a ping of a ClusterIP is never answered, and says nothing. */
export const storeUnreachable: Trouble = {
  id: "store-unreachable",
  title: "A workload cannot reach the store of its sessions or data",
  *find(examined) {
    for (const subject of examined.subjects) {
      const told = new Set<string>();
      for (const link of storeLinks(subject, examined.view)) {
        const found = explain(link, examined);
        if (found === undefined || told.has(found.cause)) continue;
        told.add(found.cause);
        yield found;
      }
    }
  },
};

function explain(link: StoreLink, examined: Examined): Found | undefined {
  const { subject, container, variable, name, namespace, port, service } = link;
  const object = nameOf(subject.workload);
  const says = `variable ${variable} of container ${container} names ${name}${port === undefined ? "" : `, port ${port}`}`;
  if (service === undefined) {
    const all = examined.view.list(services, namespace).map(({ metadata }) => metadata.name);
    const near = nearestName(name, all);
    return {
      object,
      cause: `it looks for its store at ${name}, and namespace ${namespace} has no Service of that name`,
      evidence: [says, `the namespace has ${listed(all)}`],
      remedies: [
        near === undefined
          ? { says: `create Service ${name}, or set ${variable} to the one that leads to the store` }
          : {
              command: `kubectl set env ${subject.workload.kind.toLowerCase()}/${subject.workload.metadata.name}${inNamespace(subject.workload)} -c ${container} ${variable}=…`,
              says: `set it anew with ${near} in the place of ${name}, if that is the store`,
            },
      ],
    };
  }
  const concerns = [nameOf(service)];
  const served = (service.spec.ports ?? []).find((one) => one.port === port);
  if (port !== undefined && served === undefined && service.spec.clusterIP !== "None") {
    const known = (service.spec.ports ?? []).map((one) => String(one.port));
    return {
      object,
      concerns,
      cause: `it looks for its store at port ${port} of Service ${name}, which has port ${listed(known)}`,
      evidence: [says],
      remedies: [
        {
          says: `set the port to ${listed(known)} in the workload's variables, or add port ${port} to the Service`,
        },
      ],
    };
  }
  const theirs = examined.view
    .list(pods, namespace)
    .filter(({ metadata }) => sendsTo(service, metadata.labels));
  if (Object.keys(service.spec.selector ?? {}).length === 0) return undefined;
  const ready = theirs.filter((pod) => whyNotReady(pod, examined) === undefined);
  if (ready.length === 0) {
    return {
      object,
      concerns: [...concerns, ...theirs.map(nameOf), ...theirs.map((pod) => nameOf(examined.ownerOf(pod)))],
      cause: `its store ${name} has no pod that is ready: whatever it keeps there, sessions too, cannot be read or written`,
      evidence: [
        says,
        ...(theirs.length === 0
          ? [`Service ${name} selects no pod`]
          : theirs.slice(0, 3).map((pod) => `pod ${pod.metadata.name} ${whyNotReady(pod, examined)}`)),
      ],
      remedies: [
        {
          command: `holdfast doctor svc/${name} -n ${namespace}`,
          says: "tells why the store does not answer",
        },
      ],
    };
  }
  return blocked(link, ready[0] as Pod, concerns, says, examined);
}

function blocked(
  { subject, name, port, service }: StoreLink,
  store: Pod,
  concerns: Found["concerns"],
  says: string,
  examined: Examined,
): Found | undefined {
  const [web] = subject.pods;
  const [first] = service?.spec.ports ?? [];
  const target = (service?.spec.ports ?? []).find((one) => one.port === port) ?? first;
  const number =
    typeof target?.targetPort === "number"
      ? target.targetPort
      : (store.spec.containers
          .flatMap(({ ports = [] }) => ports)
          .find((one) => one.name === target?.targetPort)?.containerPort ?? target?.port);
  if (web === undefined || number === undefined) return undefined;
  const barrier = barrierBetween(web, store, number, examined.view);
  if (barrier === undefined) return undefined;
  const { policy, direction } = barrier;
  return {
    object: nameOf(subject.workload),
    concerns: [...(concerns ?? []), nameOf(store)],
    cause: `NetworkPolicy ${policy.metadata.name} does not let it ${direction === "Ingress" ? "in to" : "out to"} port ${number} of its store ${name}: connections are dropped without an answer`,
    evidence: [
      says,
      direction === "Ingress"
        ? `the policy selects pod ${store.metadata.name}, and no rule lets in pods with ${labelText(web)}`
        : `the policy selects pod ${web.metadata.name}, and no rule lets it out to pods with ${labelText(store)}`,
    ],
    remedies: [
      {
        command: `kubectl edit networkpolicy ${policy.metadata.name}${inNamespace(policy)}`,
        says:
          direction === "Ingress"
            ? `add a rule: ingress from podSelector ${labelText(web)}, port ${number}`
            : `add a rule: egress to podSelector ${labelText(store)}, port ${number} (and to port 53, for names)`,
      },
    ],
  };
}

/** Those labels that stay the same from one pod to the next. */
function labelText({ metadata: { labels = {} } }: Pod): string {
  return Object.entries(labels)
    .filter(([key]) => !/pod-template-hash|controller-revision-hash|pod-name|pod-index/.test(key))
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}
